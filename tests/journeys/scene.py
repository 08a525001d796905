"""A portal's data, its mover, and workers that start, stop and are killed."""

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

from tests import migrated
from tests.demo.ministry.process import start_simulator
from tests.journeys.portal import QUIET, ROOT, database, own_redis

WORKER = ("worker", "--concurrency", "2", *QUIET)
ENDS = {
    "12": ["12", "phone_due", "accept_photo", "reported"],
    "44": ["44", "authority_review", "accept_photo", "reported"],
}


class Scene:
    """A portal's data, its mover, and workers that start and stop."""

    celery = ("-m", "celery")

    def __init__(self, folder: Path, environment: dict[str, str], *, root: Path = ROOT) -> None:
        self.folder, self.environment, self.root = folder, environment, root
        self.started: list[subprocess.Popen] = []
        self.log = (folder / "celery.log").open("w")
        self.ministry = start_simulator(folder / "ministry")
        environment["SIMULATOR_URL"] = self.ministry.url
        if environment["DATABASE_URL"].startswith("sqlite"):
            migrated.copy_to(folder / "portal.sqlite3")
        self.mover = self.run("-m", "tests.journeys.mover", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, *command: str, **how: Any) -> subprocess.Popen:
        how.setdefault("stdout", self.log)
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=self.root,
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
        """A worker with its two children, taking tasks."""
        process = self.run(*self.celery, "-A", "icpportal", *WORKER)
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
    """Checks four times a second: most checks fork the mover, and twenty kept a processor busy."""
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, problem
        time.sleep(0.25)


@contextlib.contextmanager
def opened(tmp_path: Path, **settings: str) -> Iterator[Scene]:
    with database(dict(os.environ)) as own:
        environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{tmp_path / 'portal.sqlite3'}",
            **own,
            **own_redis(),
            "VAR_DIR": str(tmp_path),
            **settings,
        }
        scene = Scene(tmp_path, environment)
        try:
            yield scene
        finally:
            scene.end()


def is_over(told: dict[str, Any]) -> bool:
    states = Counter(state for _channel, state in told["messages"].values())
    moved = all(len(order) == len(ENDS["12"]) for order in told["orders"].values())
    return moved and set(states) == {"delivered"}
