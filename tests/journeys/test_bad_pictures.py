"""Bad pictures among good ones, with a real worker: they affect only themselves."""

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


class Seen(NamedTuple):
    """The result for one picture."""

    state: str
    tries: int
    reason: str
    held: bool

    def came_to(self, tries: int) -> bool:
        """Whether it was decided, or given up after so many attempts: no worker takes what another one has."""
        return self.state != "checking" or (self.tries >= tries and not self.held)


def look(scene: Scene) -> list[Seen]:
    return [Seen(*each) for each in scene.ask("seen_pictures")]


def tree(folder: Path, seconds: int) -> Path:
    """Where the worker finds a sandbox that can be compromised, and everything else as it is."""
    made = strangers.tree(folder, seconds)
    for name in ("static", "templates"):
        (made / name).symlink_to(strangers.ROOT / name)
    return made


def zygotes(folder: Path) -> list[int]:
    """The processes started in this folder."""
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
        assert scene.ask("send_pictures", bad=BAD) is None

        wait(lambda: all(each.came_to(1) for each in look(scene)), "not all were tried", seconds=PATIENCE)
        for tries in (2, 3):
            assert scene.ask("look_again") is None  # as the sweep does after a while
            wait(lambda at=tries: all(each.came_to(at) for each in look(scene)), "again")
        wait(lambda: all(each.state != "checking" for each in look(scene)), "not all were decided", seconds=PATIENCE)

        seen = look(scene)
        good, bad = seen[:5] + seen[9:], seen[5:9]
        assert {(each.state, each.tries, each.reason) for each in good} == {("ready", 1, "")}
        assert {each.state for each in bad} == {"refused"}
        assert [each.tries for each in bad] == [3, 3, 1, 3]
        assert len({each.reason for each in bad}) == 1
        assert "again" in bad[0].reason


def test_a_killed_zygote_keeps_no_picture_waiting(tmp_path: Path) -> None:
    folder = tree(tmp_path / "tree", seconds=20)
    with opened(tmp_path, TAKEN_OVER=str(folder), DJANGO_SETTINGS_MODULE=SETTINGS) as scene:
        scene.worker()
        assert scene.ask("send_pictures", bad=[]) is None
        wait(lambda: all(each.state == "ready" for each in look(scene)), "not all are ready", seconds=PATIENCE)
        first = zygotes(folder)
        for each in first:
            os.kill(each, signal.SIGKILL)

        assert scene.ask("send_pictures", bad=[]) is None
        wait(lambda: [each.state for each in look(scene)] == ["ready"] * 20, "the next ones wait", seconds=PATIENCE)

        assert {each.tries for each in look(scene)} == {1}
        assert 1 <= len(zygotes(folder)) <= 2  # one per child of the worker
        assert not set(first) & set(zygotes(folder))
