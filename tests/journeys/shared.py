"""One portal for all processes of a run: the first that needs it starts it, and it ends after the last has finished.

`python -m`, this module with a folder, is its keeper: it ends the portal as soon as no process holds the folder's lock
any more, not even a killed test process.
"""

import contextlib
import fcntl
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from tests.journeys.portal import ROOT, Portal, running


@contextlib.contextmanager
def shared(common: Path) -> Iterator[Portal]:
    """The run's portal, for the duration of the block; after the last block, the portal has ended."""
    folder = common / "shared"
    folder.mkdir(exist_ok=True)
    with users(folder) as held:
        fcntl.flock(held, fcntl.LOCK_SH)  # waits for a keeper that has begun to end
        with contextlib.ExitStack() as forks:
            yield Portal(**connection(folder), forks=forks)
        fcntl.flock(held, fcntl.LOCK_UN)
        while portal_file(folder).exists() and nobody_holds(held):
            time.sleep(0.05)  # until the keeper has noticed
        fcntl.flock(held, fcntl.LOCK_SH)


def users(folder: Path) -> IO[str]:
    """Holders of a lock on this open file use the portal."""
    return (folder / "users").open("a")


def portal_file(folder: Path) -> Path:
    return folder / "portal.json"


def nobody_holds(held: IO[str]) -> bool:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(held, fcntl.LOCK_UN)
    return True


def connection(folder: Path) -> dict[str, Any]:
    """Its address and environment; the first caller starts it, the others wait."""
    with (folder / "starting").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        file = portal_file(folder)
        if not file.exists():
            with (folder / "keeper.out").open("a") as log:
                keeper = subprocess.Popen(
                    [sys.executable, "-m", "tests.journeys.shared", str(folder)],
                    cwd=ROOT,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            while not file.exists():
                assert keeper.poll() is None, (folder / "keeper.out").read_text()
                time.sleep(0.1)
        facts: dict[str, Any] = json.loads(file.read_text())
        return facts


def keep(folder: Path) -> None:
    """Starts the portal, writes its address, and ends it when nobody uses it any more."""
    number = len(list(folder.glob("data-*")))
    data = folder / f"data-{number}"
    data.mkdir()
    file = portal_file(folder)
    with users(folder) as held, running(data, common=folder.parent) as portal:
        unfinished = folder / "portal.part"
        unfinished.write_text(json.dumps({"url": portal.url, "environment": portal.environment}))
        unfinished.rename(file)
        fcntl.flock(held, fcntl.LOCK_EX)
        file.unlink()


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
