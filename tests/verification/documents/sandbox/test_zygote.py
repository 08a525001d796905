"""A warm process forks a child per picture: whatever goes wrong with one picture affects no other."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from django.db import connection
from PIL import Image, ImageCms

from bench.photo_check import damage
from tests.verification.documents import pictures, strangers
from verification.documents.sandbox import child, launcher, parent
from verification.documents.sandbox.launcher import ChildCrashed
from verification.documents.sandbox.parent import ExaminedPicture, open_picture
from verification.pictures.papers import Paper

pytestmark = pytest.mark.skipif(not launcher.IS_POSSIBLE, reason="there is a zygote on Linux alone")
GOOD = pictures.jpeg()
ROOT = strangers.ROOT
FACE = ROOT / "tests" / "fixtures" / "face.jpg"


@pytest.fixture
def zygote(monkeypatch) -> Iterator[launcher.Zygote]:
    """A zygote of the test's own; a picture it does not open is not opened in another way."""
    own = launcher.Zygote()
    monkeypatch.setattr(launcher, "zygote", own)
    monkeypatch.setattr(launcher.subprocess, "run", partial(pytest.fail, "a process of its own was started"))
    yield own
    own.stop()


@pytest.fixture(scope="module")
def kept() -> Iterator[dict[Paper, launcher.Zygote]]:
    """One for each paper, because a zygote warmed up for one paper may lack what another needs."""
    made: dict[Paper, launcher.Zygote] = defaultdict(launcher.Zygote)
    yield made
    for each in made.values():
        each.stop()


@pytest.fixture
def from_kept(kept: dict[Paper, launcher.Zygote], monkeypatch) -> Callable[[bytes, Paper], ExaminedPicture]:
    """Opens a picture only with a zygote that has opened some before: starting one takes half a second."""
    monkeypatch.setattr(launcher.subprocess, "run", partial(pytest.fail, "a process of its own was started"))

    def opened(content: bytes, paper: Paper) -> ExaminedPicture:
        monkeypatch.setattr(launcher, "zygote", kept[paper])
        return open_picture(content, paper)

    return opened


@pytest.fixture
def taken_over(zygote: launcher.Zygote, settings, tmp_path: Path) -> Callable[[str], ExaminedPicture]:
    """Opens a picture that compromises the child, which then does what the test says."""
    settings.BASE_DIR = strangers.tree(tmp_path)
    return lambda act: open_picture(strangers.acting(GOOD, act), Paper.SHEET)


def pid_of(zygote: launcher.Zygote) -> int:
    assert zygote.process is not None
    return zygote.process.pid


def opens(content: bytes = GOOD) -> bool:
    return open_picture(content, Paper.SHEET).width == 1200


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def living_in(folder: Path) -> list[str]:
    """Processes started there."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            found += [each.parent.name] if os.readlink(each) == str(folder) else []
    return found


def wait(condition: Callable[[], bool], seconds: float = 10) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_all_pictures_of_a_process_use_one_zygote_and_none_leaves_a_process(zygote):
    assert opens()
    first = pid_of(zygote)

    assert all(opens() for _ in range(3))

    assert pid_of(zygote) == first
    assert children(first) == []


def test_a_picture_fits_into_no_free_part_of_a_warm_heap():
    """A child would fill it, a small page at a time."""
    code = """
import ctypes
from verification.documents.sandbox import zygote
zygote.LIBC.sbrk.restype = zygote.LIBC.malloc.restype = ctypes.c_void_p
zygote.warm()
zygote.prepare("sheet")
zygote.settle()
end = zygote.LIBC.sbrk(ctypes.c_long(0))
taken = [zygote.LIBC.malloc(ctypes.c_size_t(zygote.SMALL)) for _ in range(3)]
print([there + zygote.SMALL > end for there in taken])
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=launcher.ENVIRONMENT | launcher.LARGE_PAGES,
    )

    assert done.stdout == "[True, True, True]\n"


def test_a_zygote_with_little_memory_does_not_search_for_holes_for_ever():
    code = """
import resource
from pathlib import Path
from verification.documents.sandbox import zygote
zygote.set_memory({zygote.MMAP_THRESHOLD: zygote.SMALL})
used = int(Path("/proc/self/statm").read_text().split()[0]) * zygote.PAGE
resource.setrlimit(resource.RLIMIT_AS, (used + zygote.LARGEST_HOLE // 2,) * 2)
zygote.fill_holes()
print("ended")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=launcher.ENVIRONMENT, timeout=20
    )

    assert done.stdout == "ended\n"


@pytest.mark.parametrize(
    ("act", "because"),
    [
        ("HANG", "TimeoutExpired"),
        ("SPIN", "TimeoutExpired"),
        ("DIE", "-9"),
        ("ABORT", "-6"),
        ("LEAVE", "nonsense"),
        ("WRITE", "^1$"),
    ],
)
def test_a_compromised_child_affects_its_picture_only(zygote, taken_over, act: str, because: str):
    assert opens()
    before = pid_of(zygote)

    with pytest.raises(ChildCrashed, match=because):
        taken_over(act)

    assert opens()
    assert pid_of(zygote) == before
    assert children(before) == []


def test_a_child_that_uses_too_much_memory_is_refused_at_its_limit(zygote, taken_over):
    assert taken_over("EAT") == ExaminedPicture(refused="file_broken")
    assert opens()


def test_a_child_that_kills_the_zygote_dies_with_it_and_the_next_picture_has_another(zygote, taken_over, tmp_path):
    assert opens()
    before = pid_of(zygote)

    with pytest.raises(ChildCrashed, match="ZygoteGone"):
        taken_over("PARENT")

    wait(lambda: not living_in(tmp_path))
    assert opens()
    assert pid_of(zygote) != before


def test_a_zygote_killed_between_two_pictures_affects_none(zygote):
    assert opens()
    before = pid_of(zygote)
    os.kill(before, signal.SIGKILL)

    assert opens()

    assert pid_of(zygote) != before
    assert before not in children(os.getpid())  # not even as a zombie


@pytest.mark.parametrize("which", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_asked_to_end_finishes_its_picture(zygote, which: signal.Signals):
    """Signals sent to all processes at once: the worker decides when it ends."""
    assert opens()
    before = pid_of(zygote)
    os.kill(before, which)

    assert opens()

    assert pid_of(zygote) == before


@pytest.mark.parametrize(
    ("act", "count"),
    [
        pytest.param("FILES", 3, id="it has its source, its answer and nothing else"),
        pytest.param("LINE", 0, id="none of them is the line to the worker"),
        pytest.param("OPEN", 0, id="it opens no file and no connection"),
        pytest.param("GAIN", 1, id="it gains no rights"),
    ],
)
def test_a_child_can_do_nothing_but_answer(taken_over, act: str, count: int):
    with pytest.raises(ChildCrashed, match=f"^{40 + count}$"):
        taken_over(act)


@pytest.mark.django_db
def test_a_zygote_has_no_connection_of_ours_and_no_secret(zygote, monkeypatch):
    monkeypatch.setenv("SECRET_KEY_FOR_TEST", "leak")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert opens()
    ours, its = (sockets(pid) for pid in (os.getpid(), pid_of(zygote)))
    process = Path(f"/proc/{pid_of(zygote)}")

    assert {each.name for each in (process / "fd").iterdir()} == {"0", "1", "2"}
    assert len(its) == 1  # its pipe
    assert not ours & its
    assert b"leak" not in (process / "environ").read_bytes()
    assert not {"django", "psycopg", "redis"} & loaded_packages(process)


def sockets(pid: int) -> set[str]:
    links = (os.readlink(each) for each in Path(f"/proc/{pid}/fd").iterdir() if each.is_symlink())
    return {link for link in links if link.startswith("socket:")}


def loaded_packages(process: Path) -> set[str]:
    """The packages with compiled parts loaded in its memory."""
    return {part for line in (process / "maps").read_text().splitlines() for part in line.split("/")}


WORKER = """
import os, sys
sys.path.insert(0, {root!r})
os.environ["DJANGO_SETTINGS_MODULE"] = "icpportal.settings"
import django
django.setup()
from django.conf import settings
from tests.verification.documents import pictures, strangers
from verification.documents.sandbox import launcher
from verification.documents.sandbox.parent import open_picture
from verification.pictures.papers import Paper
assert open_picture(pictures.jpeg(), None).width == 1200
"""


def worker(code: str, tmp_path: Path) -> subprocess.Popen:
    """Another process that opens pictures."""
    return subprocess.Popen(
        [sys.executable, "-c", WORKER.format(root=str(ROOT)) + code],
        env={**os.environ, "PORTAL_MODE": "demo", "VAR_DIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )


def test_a_zygote_and_its_child_die_with_their_worker(tmp_path):
    tree = strangers.tree(tmp_path / "tree", seconds=600)
    code = f"""
launcher.zygote.stop()
settings.BASE_DIR = {str(tree)!r}
open_picture(pictures.jpeg(), None)
print(launcher.zygote.process.pid, flush=True)
open_picture(strangers.acting(pictures.jpeg(), "HANG"), None)
"""
    with worker(code, tmp_path) as process:
        assert process.stdout is not None
        its = int(process.stdout.readline())
        wait(lambda: bool(children(its)))
        picture = children(its)[0]

        process.kill()

        wait(lambda: not is_alive(its) and not is_alive(picture))


def test_a_forked_process_has_its_own_zygote(tmp_path):
    """As Celery forks its children, and gunicorn its workers."""
    code = """
first = launcher.zygote.process.pid
if os.fork() == 0:
    assert launcher.zygote.process is None
    assert open_picture(pictures.jpeg(), None).width == 1200
    print(launcher.zygote.process.pid != first, flush=True)
    launcher.zygote.stop()
    os._exit(0)
os.wait()
assert open_picture(pictures.jpeg(), None).width == 1200
print(launcher.zygote.process.pid == first)
"""
    with worker(code, tmp_path) as process:
        assert process.communicate()[0].split() == ["True", "True"]

    assert process.returncode == 0


def test_a_caller_that_stops_waiting_leaves_no_answer_for_the_next_picture(zygote, monkeypatch):
    class Interrupted(BaseException):
        pass

    def begun_then_interrupted(line, seconds):
        if heard(line, seconds) != launcher.BEGUN:
            raise Interrupted
        return launcher.BEGUN

    heard = launcher._receive
    with monkeypatch.context() as patched:
        patched.setattr(launcher, "_receive", begun_then_interrupted)
        with pytest.raises(Interrupted):
            open_picture(pictures.jpeg(800, 600), None)

    assert zygote.process is None
    assert open_picture(GOOD, None).width == 1200


def test_a_second_concurrent_picture_has_its_own_process(zygote, monkeypatch):
    monkeypatch.undo()
    zygote._lock.acquire()
    monkeypatch.setattr(launcher, "zygote", zygote)

    assert opens()
    assert zygote.process is None


def test_a_zygote_that_does_not_start_stops_no_picture(zygote, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(launcher, "zygote", zygote)
    monkeypatch.setattr(launcher, "ZYGOTE", "there.is.none")

    assert opens()
    assert zygote.process is None


def test_where_memory_files_do_not_exist_an_unnamed_one_is_used(monkeypatch):
    monkeypatch.delattr(os, "memfd_create")
    monkeypatch.setattr(launcher, "IS_POSSIBLE", False)

    with parent.memory_file("source") as file:
        assert not Path(str(file.name)).exists()
    assert opens()


PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SOME = Image.effect_noise((600, 400), 60)
KINDS: dict[str, Callable[[], bytes]] = {
    "jpeg": lambda: pictures.jpeg(exif=pictures.exif(6), icc_profile=PROFILE, comment=b"words"),
    "progressive": lambda: pictures.jpeg(progressive=True),
    "cmyk": lambda: pictures.encode(SOME.convert("CMYK"), "JPEG"),
    "grey": lambda: pictures.encode(SOME, "JPEG"),
    "two in one": lambda: pictures.encode(pictures.card(), "MPO", save_all=True, append_images=[pictures.card()]),
    "png": lambda: pictures.png(exif=pictures.exif(8), icc_profile=PROFILE),
    "palette": lambda: pictures.encode(SOME.convert("P"), "PNG", transparency=3),
    "deep": lambda: pictures.encode(Image.new("I;16", (600, 400), 9000), "PNG"),
    "with alpha": lambda: pictures.encode(SOME.convert("LA"), "PNG"),
    "webp": lambda: pictures.webp(exif=pictures.exif(3), xmp=b"<x:xmpmeta>words</x:xmpmeta>", icc_profile=PROFILE),
    "webp without loss": lambda: pictures.encode(SOME.convert("RGBA"), "WEBP", lossless=True),
    "heic": pictures.heic,
    "broken": lambda: pictures.png()[:500],
    "large": lambda: pictures.jpeg(5000, 2500),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_child_that_may_open_nothing_opens_every_kind_of_picture_like_any_other(from_kept, kind: str):
    content = KINDS[kind]()
    said, picture, preview = child.answer(content, pixels=40_000_000, paper=Paper.SHEET)

    opened = from_kept(content, Paper.SHEET)

    assert (opened.refused, opened.picture, opened.preview) == (said.get("refused", ""), picture, preview)
    assert opened.findings == (None if said.get("findings", ()) is None else tuple(said.get("findings", ())))


@pytest.mark.parametrize("key", damage.DAMAGES)
def test_a_child_that_may_open_nothing_finds_what_any_other_finds(from_kept, key: str):
    drawn = damage.DAMAGES[key](random.Random(1), [Image.open(FACE).convert("RGB")], 3)
    content = pictures.encode(drawn.picture, "JPEG", quality=90)
    said, _picture, _preview = child.answer(content, pixels=40_000_000, paper=drawn.paper)

    found = from_kept(content, drawn.paper).findings

    assert found == tuple(said["findings"] or ())
    assert said["findings"] is not None


def test_no_check_is_made_or_loaded_without_a_paper(zygote):
    opened = open_picture(GOOD, None)

    assert (opened.width, opened.likeness, opened.findings) == (1200, "", ())
    memory = Path(f"/proc/{pid_of(zygote)}/maps").read_text()
    assert not [name for name in ("numpy", "dlib") if name in memory]

    open_picture(GOOD, Paper.SHEET)
    memory = Path(f"/proc/{pid_of(zygote)}/maps").read_text()
    assert [name for name in ("numpy", "dlib") if name in memory] == ["numpy"]
