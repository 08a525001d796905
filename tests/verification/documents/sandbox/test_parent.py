"""The child in its own process: its limits, and which of its answers are accepted."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from tests.verification.documents import pictures
from verification.documents.sandbox import launcher
from verification.documents.sandbox import parent as sandbox
from verification.documents.sandbox.parent import ChildCrashed, ExaminedPicture, open_picture
from verification.pictures.checks import Finding
from verification.pictures.papers import Paper


def test_a_picture_is_opened_in_a_separate_process():
    opened = open_picture(pictures.heic(), Paper.SHEET)

    assert (opened.refused, opened.width, opened.height) == ("", 1200, 900)
    assert pictures.open_image(opened.picture).size == (1200, 900)
    assert pictures.open_image(opened.preview).size == (640, 480)
    assert opened.facts["width"] == 1200


@pytest.mark.parametrize(
    ("draw", "refused"),
    [
        (lambda: pictures.png_claiming(9000, 9000), "file_pixels"),
        (lambda: pictures.jpeg()[:4000], "file_broken"),
        (lambda: b"%!PS", "file_type"),
    ],
)
def test_a_bomb_a_broken_picture_and_a_program_are_refused(draw: Callable[[], bytes], refused: str):
    assert open_picture(draw(), Paper.SHEET) == ExaminedPicture(refused=refused)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: (pictures.FIXTURES / "big.heic").read_bytes(),
        lambda: pictures.png_claiming(8000, 5000),
        lambda: pictures.jpeg(7300, 5470),
        lambda: pictures.jpeg(7300, 5470, progressive=True),
        lambda: pictures.webp(7300, 5470, method=0),
    ],
    ids=["heic", "png", "jpeg", "progressive", "webp"],
)
def test_forty_megapixels_of_each_kind_fit_into_memory_and_time(draw: Callable[[], bytes]):
    content = draw()
    began = time.monotonic()

    opened = open_picture(content, Paper.SHEET)

    assert opened.refused == ""
    assert max(opened.width, opened.height) == 4000
    assert time.monotonic() - began < sandbox.SECONDS / 2


def test_a_child_that_needs_more_memory_than_allowed_refuses(monkeypatch):
    monkeypatch.setattr(sandbox, "MEMORY", 200 * 1024 * 1024)

    assert open_picture(pictures.jpeg(7300, 5470), Paper.SHEET) == ExaminedPicture(refused="file_broken")


def stand_in(monkeypatch, tmp_path, code: str) -> None:
    """Another program in place of the child."""
    (tmp_path / "verification" / "documents" / "sandbox").mkdir(parents=True)
    (tmp_path / "verification" / "__init__.py").touch()
    (tmp_path / "verification" / "documents" / "__init__.py").touch()
    (tmp_path / "verification" / "documents" / "sandbox" / "__init__.py").touch()
    (tmp_path / "verification" / "documents" / "sandbox" / "child.py").write_text(code)
    monkeypatch.setattr(sandbox.settings, "BASE_DIR", tmp_path)
    monkeypatch.setattr(launcher, "IS_POSSIBLE", False)  # what the zygote forks: test_zygote.py


@pytest.mark.parametrize("code", ["import os\nos.kill(os.getpid(), 9)\n", "raise SystemExit(1)\n", "print('hello')\n"])
def test_a_child_that_dies_or_answers_nonsense_has_crashed(monkeypatch, tmp_path, code: str):
    stand_in(monkeypatch, tmp_path, code)

    with pytest.raises(ChildCrashed):
        open_picture(pictures.jpeg(), Paper.SHEET)


def test_a_child_that_does_not_end_is_killed(monkeypatch, tmp_path):
    stand_in(monkeypatch, tmp_path, "import time\ntime.sleep(60)\n")
    monkeypatch.setattr(sandbox, "SECONDS", 1)
    began = time.monotonic()

    with pytest.raises(ChildCrashed, match="TimeoutExpired"):
        open_picture(pictures.jpeg(), Paper.SHEET)

    assert time.monotonic() - began < 5


def test_a_child_ends_by_itself_when_its_worker_is_gone(tmp_path):
    program = tmp_path / "burn.py"
    program.write_text(
        "from verification.documents.sandbox.child import confine\n"
        "confine(memory=1 << 30, seconds=1, output=1024)\n"
        "while True: pass\n"
    )
    began = time.monotonic()

    done = subprocess.run([sys.executable, program], env={"PYTHONPATH": os.getcwd()}, check=False)

    assert -done.returncode in (signal.SIGALRM, signal.SIGXCPU, signal.SIGKILL)
    assert time.monotonic() - began < 5


def test_a_child_cannot_write_more_than_it_may(tmp_path):
    program = tmp_path / "write.py"
    program.write_text(
        "import sys\n"
        "from verification.documents.sandbox.child import confine\n"
        "confine(memory=1 << 30, seconds=5, output=1024)\n"
        "sys.stdout.buffer.write(b'x' * 100_000)\n"
    )

    with (tmp_path / "out").open("wb") as target:
        done = subprocess.run([sys.executable, program], env={"PYTHONPATH": os.getcwd()}, stdout=target, check=False)

    assert done.returncode != 0
    assert (tmp_path / "out").stat().st_size <= 1024


def test_a_child_gets_no_secret_of_ours(monkeypatch, tmp_path):
    os.environ["SECRET_KEY_FOR_TEST"] = "leak"
    stand_in(monkeypatch, tmp_path, f"import os\nopen({str(tmp_path / 'env')!r}, 'w').write(repr(dict(os.environ)))\n")

    with pytest.raises(ChildCrashed):
        open_picture(pictures.jpeg(), Paper.SHEET)
    del os.environ["SECRET_KEY_FOR_TEST"]

    seen = (tmp_path / "env").read_text()
    assert "leak" not in seen
    assert set(eval(seen)) <= {"PATH", "MALLOC_ARENA_MAX", "LANG", "LC_CTYPE", "OPENBLAS_NUM_THREADS"}


def answer(told: object, *parts: bytes) -> io.BytesIO:
    return io.BytesIO(json.dumps(told).encode() + b"\n" + b"".join(parts))


PICTURE, PREVIEW = pictures.jpeg(), pictures.jpeg(320, 240)
SIZE = {"width": 1200, "height": 900, "bytes": [len(PICTURE), len(PREVIEW)]}
LIKE = "0f" * 288
CAME = {"width": 2400, "height": 1800}
GOOD = {**SIZE, "facts": CAME, "likeness": LIKE, "findings": [["blur", [0, 0, 1, 1]]]}


def test_a_consistent_answer_is_accepted():
    assert sandbox.read_answer(answer(GOOD, PICTURE, PREVIEW)) == ExaminedPicture(
        picture=PICTURE, preview=PREVIEW, width=1200, height=900, facts=CAME, likeness=LIKE, findings=(Finding("blur"),)
    )


BARE = pictures.png()
NOTE = pictures.chunk(b"tEXt", b"Comment\x00home address")


BARE_WEBP = pictures.webp()


def with_picture(content: bytes) -> io.BytesIO:
    return answer({**GOOD, "bytes": [len(content), len(PREVIEW)]}, content, PREVIEW)


@pytest.mark.parametrize("content", [BARE, BARE_WEBP, pictures.webp(lossless=True)])
def test_a_png_or_webp_of_pixels_alone_is_accepted(content: bytes):
    assert sandbox.read_answer(with_picture(content)).picture == content


@pytest.mark.parametrize(
    "content",
    [
        BARE[:33] + NOTE + BARE[33:],
        BARE[:-12] + NOTE + BARE[-12:],
        BARE + b"<script>alert(1)</script>",
        BARE[:-4],
        BARE[:-12],
        BARE[:33],
        BARE_WEBP[:-100],
        BARE_WEBP + bytes(100),
        pictures.webp(exif=pictures.exif()),
        pictures.heic(),
    ],
    ids=[
        "note",
        "late-note",
        "behind-it",
        "cut",
        "no-end",
        "no-pixels",
        "cut-webp",
        "behind-webp",
        "note-webp",
        "heic",
    ],
)
def test_a_picture_with_more_than_pixels_or_in_another_format_counts_as_a_crash(content: bytes):
    with pytest.raises(ChildCrashed):
        sandbox.read_answer(with_picture(content))


def test_a_preview_is_always_a_jpeg():
    small = pictures.png(320, 240)

    with pytest.raises(ChildCrashed):
        sandbox.read_answer(answer({**GOOD, "bytes": [len(PICTURE), len(small)]}, PICTURE, small))


@pytest.mark.parametrize("draw", [pictures.png, pictures.webp])
def test_a_stored_picture_is_written_as_jpeg_in_a_child_for_readers_that_take_nothing_else(draw: Callable[[], bytes]):
    kept = open_picture(draw(), None).picture

    converted = pictures.open_image(sandbox.jpeg_of(kept))

    assert pictures.open_image(kept).format in ("PNG", "WEBP")
    assert (converted.format, converted.mode, converted.size) == ("JPEG", "RGB", (1200, 900))
    assert pictures.is_near(converted.getpixel((10, 10)), pictures.CORNER, by=6)
    assert sandbox.jpeg_of(PICTURE) is PICTURE


def test_a_picture_that_could_not_be_judged_is_accepted_all_the_same():
    opened = sandbox.read_answer(answer({**GOOD, "findings": None}, PICTURE, PREVIEW))

    assert (opened.picture, opened.findings) == (PICTURE, None)


HTML = b"<html><script>alert(1)</script></html>"


@pytest.mark.parametrize(
    "given",
    [
        io.BytesIO(b""),
        io.BytesIO(b"no json\n"),
        io.BytesIO(b"x" * 10_000_000),
        answer([]),
        answer({"bytes": [1]}),
        answer({**GOOD, "bytes": [len(HTML), len(PREVIEW)]}, HTML, PREVIEW),
        answer({**GOOD, "bytes": [len(PICTURE), len(HTML)]}, PICTURE, HTML),
        answer({**GOOD, "width": 1199}, PICTURE, PREVIEW),
        answer(GOOD, PICTURE[:10], PREVIEW),
        answer({**GOOD, "bytes": [len(PICTURE), len(PICTURE)]}, PICTURE, PICTURE),
        answer({**GOOD, "facts": {"width": "<b>", "height": 1}}, PICTURE, PREVIEW),
        answer(SIZE, PICTURE, PREVIEW),
        answer({**GOOD, "likeness": "<b>"}, PICTURE, PREVIEW),
        answer({**GOOD, "likeness": "f" * 999}, PICTURE, PREVIEW),
        answer({**GOOD, "findings": [["own words", [0, 0, 1, 1]]]}, PICTURE, PREVIEW),
        answer({**GOOD, "findings": [["blur", [0, 0, 7, 1]]]}, PICTURE, PREVIEW),
        answer({**GOOD, "findings": [["blur", [0.5, 0, 0.5, 1]]]}, PICTURE, PREVIEW),
        answer({**GOOD, "findings": [["blur", ["<b>", 0, 1, 1]]]}, PICTURE, PREVIEW),
        answer({**GOOD, "findings": "blur"}, PICTURE, PREVIEW),
    ],
)
def test_an_answer_that_does_not_match_its_bytes_counts_as_a_crash(given: io.BytesIO):
    with pytest.raises(ChildCrashed):
        sandbox.read_answer(given)


def test_an_unknown_reason_becomes_the_general_one():
    assert sandbox.read_answer(answer({"refused": "<b>own words</b>", "bytes": [0, 0]})) == ExaminedPicture(
        refused="file_broken"
    )
