"""The real worker is killed twenty times, between commit and delivery, in the middle of a delivery and of an upload.

In the end every order is in its right state, every message was delivered as its key, every report is in once. Then
those who send and fetch are killed while the ministry keeps them waiting, with the settings of production.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.icpportal.gateways.miit.simulator.process import start_simulator
from tests.journeys.portal import ROOT, database, own_redis

pytestmark = pytest.mark.worker

KILLS = 20
WORKER = ("worker", "--concurrency", "2", "--loglevel", "INFO", "--without-gossip", "--without-mingle")
DURING = ("text not out", "report not in", "file not out", "text out", "report in", "file out")
ENDS = {
    "12": ["12", "phone_due", "accept_photo", "reported"],
    "44": ["44", "authority_review", "accept_photo", "reported"],
}


class Scene:
    """A portal's data, its mover, and workers that come and go."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder, self.environment = folder, environment
        self.started: list[subprocess.Popen] = []
        self.log = (folder / "celery.log").open("w")
        self.ministry = start_simulator(folder / "ministry")
        environment["SIMULATOR_URL"] = self.ministry.url
        self.run("manage.py", "migrate", "-v0").wait()
        self.mover = self.run("-m", "tests.journeys.mover", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, *command: str, **how: Any) -> subprocess.Popen:
        how.setdefault("stdout", self.log)
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment,
            stderr=self.log,
            start_new_session=True,
            **how,
        )
        self.started.append(process)
        return process

    def ask(self, do: str, **request: Any) -> Any:
        self.mover.stdin.write(json.dumps({"do": do, **request}) + "\n")
        self.mover.stdin.flush()
        return json.loads(self.mover.stdout.readline())

    def worker(self) -> subprocess.Popen:
        """A worker that has its two children and takes tasks."""
        process = self.run("-m", "celery", "-A", "icpportal", *WORKER)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        wait(lambda: len(children.read_text().split()) == 2, "no worker came up")
        return process

    def stall_at(self, point: str) -> None:
        (self.folder / "stalled").unlink(missing_ok=True)
        (self.folder / "stall").write_text(point)

    def wait_until_stalled(self) -> None:
        wait((self.folder / "stalled").exists, "no delivery reached the point")
        (self.folder / "stall").unlink()

    def end(self) -> None:
        self.ministry.stop()
        for process in self.started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            for stream in filter(None, (process.stdin, process.stdout)):
                stream.close()
        self.log.close()


def wait(condition: Callable[[], Any], problem: str, seconds: float = 40) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, problem
        time.sleep(0.05)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    quick = {
        "MIIT_CONNECT_SECONDS": "2",
        "MIIT_FILES_SECONDS": "3",
        "DJANGO_SETTINGS_MODULE": "tests.journeys.short_lease",
        "SMS_GATEWAY": "tests.journeys.stalling.StallingSms",
        "AUTHORITY_GATEWAY": "tests.journeys.stalling.StallingAuthority",
    }
    with opened(tmp_path, **quick) as scene:
        yield scene


@contextlib.contextmanager
def opened(tmp_path: Path, **settings: str) -> Iterator[Scene]:
    with database(dict(os.environ)) as own:
        environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{tmp_path / 'portal.sqlite3'}",
            **own,
            **own_redis(12),
            "VAR_DIR": str(tmp_path),
            **settings,
        }
        scene = Scene(tmp_path, environment)
        try:
            yield scene
        finally:
            scene.end()


def killed_at_commit(scene: Scene, reference: str, *, silent: bool) -> int:
    """The worker dies as the move is committed; what is owed lies there untouched."""
    worker = scene.worker()

    scene.ask("move", reference=reference, kill=worker.pid, silent=silent)

    code = worker.wait(timeout=10)
    states = {state for _channel, state in scene.ask("owed", reference=reference)}
    assert states <= {"waiting", "sending"}
    return code


def killed_in_delivery(scene: Scene, reference: str, point: str) -> int:
    """The worker dies at `point` of a delivery; the message stays its own until the lease is over."""
    wait(lambda: scene.ask("line_is_free"), "the line was never free")
    scene.stall_at(point)
    worker = scene.worker()
    scene.ask("move", reference=reference, kill=0, silent=False)
    scene.wait_until_stalled()

    os.killpg(worker.pid, signal.SIGKILL)

    return worker.wait(timeout=10)


SETTLED = 60  # seconds, where 180 are asked for


@pytest.mark.parametrize("victims", ["those who call", "the whole worker"])
def test_killed_in_the_middle_of_a_download_and_of_an_upload_all_settles_within_a_minute(
    tmp_path: Path, victims: str
) -> None:
    """B16: it took four minutes, as long as the longest call and a minute more."""
    with opened(tmp_path) as scene:
        references = scene.ask("place", number=2)
        for method in ("download", "upload"):
            scene.ministry.client.fault(method, "slow", value="100", times=1)
        worker = scene.worker()
        scene.run("-m", "celery", "-A", "icpportal", "beat", "--schedule", str(tmp_path / "beat"))
        for reference in references:
            scene.ask("move", reference=reference, kill=0, silent=False)
        wait(lambda: len(scene.ask("holders")) == 2 and is_stalled(scene), "nobody called the ministry")
        holders = scene.ask("holders")

        killed_at = time.monotonic()
        if victims == "those who call":
            for pid in holders.values():
                os.kill(pid, signal.SIGKILL)
        else:
            os.killpg(worker.pid, signal.SIGKILL)
            scene.worker()

        ends = killed_at + SETTLED - time.monotonic()
        wait(lambda: scene.ask("fetched") and is_over(scene.ask("summary")), "it did not settle", seconds=ends)
        told = scene.ask("summary")
        assert sorted(told["orders"].values()) == sorted(ENDS.values())
        assert (told["sequences"], told["parked"]) == ([1, 2], 0)
        assert not set(scene.ask("holders").values()) & set(holders.values())
        scene.ministry.process.kill()  # it would wait for the calls that it still stalls


def is_stalled(scene: Scene) -> bool:
    """Both calls have reached the ministry, which says nothing."""
    return not any(fault["left"] for fault in scene.ministry.client.faults())


def is_over(told: dict[str, Any]) -> bool:
    states = Counter(state for _channel, state in told["messages"].values())
    moved = all(len(order) == len(ENDS["12"]) for order in told["orders"].values())
    return moved and set(states) == {"delivered"}


def test_twenty_killed_workers_lose_no_message_and_double_none(scene: Scene, tmp_path: Path) -> None:
    references = scene.ask("place", number=KILLS)

    codes = []
    for turn, reference in enumerate(references):
        if turn % 2:
            codes.append(killed_in_delivery(scene, reference, DURING[turn // 2 % len(DURING)]))
        else:
            codes.append(killed_at_commit(scene, reference, silent=turn % 4 == 0))

    assert codes == [-signal.SIGKILL] * KILLS
    left = Counter(state for _channel, state in scene.ask("summary")["messages"].values())
    assert left["waiting"] + left["sending"] > 0  # or nothing was at stake

    scene.worker()
    scene.run("-m", "celery", "-A", "icpportal", "beat", "--schedule", str(tmp_path / "beat"), "--loglevel", "INFO")
    wait(lambda: is_over(scene.ask("summary")), "something is still owed", seconds=60)

    told = scene.ask("summary")
    assert list(told["orders"].values()).count(ENDS["12"]) == KILLS // 2
    assert list(told["orders"].values()).count(ENDS["44"]) == KILLS // 2
    sheets = Counter(json.loads(path.read_text())["key"] for path in (tmp_path / "messages").glob("*.json"))
    leaving = {key for key, (channel, _state) in told["messages"].items() if channel in ("sms", "email")}
    assert sheets == Counter(leaving)
    assert told["reports"] == told["keys_of_reports"]
    assert told["sequences"] == list(range(1, KILLS + 1))
    received = scene.ministry.client.reports(limit=2 * KILLS)
    assert sorted(row["own_id"] for row in received) == told["own_ids"]
    assert {row["stage"] for row in received} == {"waiting"}
    assert told["parked"] == 0
