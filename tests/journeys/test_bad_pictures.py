"""Bad pictures among good ones, through a real worker: they cost themselves alone."""

import json
import os
import signal
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.journeys.scene import Scene, opened, wait
from tests.verification.documents import strangers

pytestmark = pytest.mark.worker

PATIENCE = 120
BAD = ("HANG", "DIE", "EAT", "PARENT")
SETTINGS = "tests.journeys.taken_over"
BEGIN = """
import json, sys
import django
django.setup()
from django.utils import translation
from icpportal.outbox.wake import wake_worker
from tests.verification.documents import pictures, strangers
from verification.documents import actions
from verification.documents.upload_messages import reason_of
from verification.models.documents import Document
"""
SEND = """
def send(number, content):
    actions.receive(kind="lead_id", upload=pictures.upload(content), holder=f"T7Q4-{number:04}")
good = pictures.jpeg()
bad = [strangers.acting(good, act) for act in sys.argv[1:]]
for number, content in enumerate([good] * 5 + bad + [good] * 5):
    send(number, content)
"""
LOOK = """
translation.activate("en")
documents = Document.objects.order_by("holder")
print(json.dumps([[each.state, each.tries, str(reason_of(each)) if each.reason else ""] for each in documents]))
"""
AGAIN = """
for each in Document.objects.filter(state="checking"):
    wake_worker(actions.TASK, each.pk)
"""


class Seen(NamedTuple):
    """What became of one picture."""

    state: str
    tries: int
    reason: str


def look(scene: Scene) -> list[Seen]:
    with scene.run("-c", BEGIN + LOOK, stdout=-1, text=True) as process:
        told = process.communicate()[0]
    return [Seen(*each) for each in json.loads(told.splitlines()[-1])]


def do(scene: Scene, code: str, *words: str) -> None:
    assert scene.run("-c", BEGIN + code, *words).wait() == 0


def tree(folder: Path, seconds: int) -> Path:
    """Where the worker finds a sandbox that can be taken over, and all else as it is."""
    made = strangers.tree(folder, seconds)
    for name in ("static", "templates"):
        (made / name).symlink_to(strangers.ROOT / name)
    return made


def zygotes(folder: Path) -> list[int]:
    """Those that were started in this folder."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(each / "cwd") == str(folder) and b"sandbox.zygote" in (each / "cmdline").read_bytes():
                found.append(int(each.name))
        except OSError:  # it has ended
            continue
    return found


def test_of_fourteen_pictures_the_four_bad_ones_are_refused_and_the_others_are_ready(tmp_path: Path) -> None:
    folder = tree(tmp_path / "tree", seconds=3)
    with opened(tmp_path, TAKEN_OVER=str(folder), DJANGO_SETTINGS_MODULE=SETTINGS) as scene:
        scene.worker()
        do(scene, SEND, *BAD)

        wait(lambda: all(each.tries for each in look(scene)), "not all were tried", seconds=PATIENCE)
        for tries in (2, 3):
            do(scene, AGAIN)  # as the sweep does after a while
            wait(lambda at=tries: all(each.state != "checking" or each.tries >= at for each in look(scene)), "again")
        wait(lambda: all(each.state != "checking" for each in look(scene)), "not all were decided", seconds=PATIENCE)

        seen = look(scene)
        good, bad = seen[:5] + seen[9:], seen[5:9]
        assert {(each.state, each.tries, each.reason) for each in good} == {("ready", 1, "")}
        assert {each.state for each in bad} == {"refused"}
        assert [each.tries for each in bad] == [3, 3, 1, 3]
        assert len({each.reason for each in bad}) == 1
        assert "again" in bad[0].reason


def test_a_zygote_that_is_killed_keeps_no_picture_waiting(tmp_path: Path) -> None:
    folder = tree(tmp_path / "tree", seconds=20)
    with opened(tmp_path, TAKEN_OVER=str(folder), DJANGO_SETTINGS_MODULE=SETTINGS) as scene:
        scene.worker()
        do(scene, SEND)
        wait(lambda: all(each.state == "ready" for each in look(scene)), "not all are ready", seconds=PATIENCE)
        first = zygotes(folder)
        for each in first:
            os.kill(each, signal.SIGKILL)

        do(scene, SEND)
        wait(lambda: [each.state for each in look(scene)] == ["ready"] * 20, "the next ones wait", seconds=PATIENCE)

        assert {each.tries for each in look(scene)} == {1}
        assert 1 <= len(zygotes(folder)) <= 2  # one a child of the worker
        assert not set(first) & set(zygotes(folder))
