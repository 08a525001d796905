"""A real portal for journeys: `manage.py demo` with web, worker and beat, on its own data."""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.request import urlopen

import psycopg
import pytest
from psycopg import sql

from tests import fresh, migrated
from tests.strict_gunicorn import ARGUMENTS

ROOT = Path(__file__).resolve().parent.parent.parent
# as docker-compose.yml starts workers
QUIET = ("--loglevel", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat")
START_SECONDS = 180  # others may be starting at the same time


@dataclass
class Portal:
    """Its address, and the environment that points `manage.py` to its data."""

    url: str
    environment: dict[str, str]
    process: subprocess.Popen | None = None  # the supervisor's, if we started it
    forks: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)  # ends what commands are forked from

    def manage(self, *command: str, check: bool = True) -> str:
        """Runs a management command on this portal's data; returns its output."""
        done = self._run("manage.py", *command)
        if check and done.returncode:
            raise AssertionError(f"{command} exited {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    @cached_property
    def _run(self) -> Callable[..., subprocess.CompletedProcess[str]]:
        """Runs a program in a fork of the project, which is started once: that is nearly all of a command's time."""
        return self.forks.enter_context(fresh.started(ROOT, self.environment))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def addresses(port: int) -> dict[str, str]:
    """The addresses of portal and simulator: the demo restarts itself when it has to find them."""
    beside = free_port()
    simulator = {"SIMULATOR_PORT": str(beside), "SIMULATOR_URL": f"http://127.0.0.1:{beside}"}
    return {"PUBLIC_BASE_URL": f"http://127.0.0.1:{port}", **simulator}


def own_redis() -> dict[str, str]:
    """A Redis database for what a test starts: two portals must not take each other's tasks.

    The run has 9 to 11 and 13 to 15, and each process with browsers one of these: they start portals at the same time.
    """
    server = os.environ.get("REDIS_URL", "").rpartition("/")[0]
    number = {"gw1": 7, "gw2": 8}.get(os.environ.get("PYTEST_XDIST_WORKER", ""), 12)
    return {"REDIS_URL": f"{server}/{number}" if server else ""}


@contextlib.contextmanager
def database(environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """On PostgreSQL a migrated database of its own; SQLite is in the data folder anyway."""
    url = environment.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield {}
        return
    name = f"journey_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(create.format(sql.Identifier(name), sql.Identifier(migrated.template(url))))
    try:
        yield {"DATABASE_URL": f"{url.rpartition('/')[0]}/{name}"}
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def run_wide(factory: pytest.TempPathFactory) -> Path:
    """The folder shared by the processes of a run."""
    folder = factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


def fill_as_demo(folder: Path, common: Path) -> None:
    """Copies the demo's data there, created once a run, because that takes as long as the rest of a start."""
    made = common / "filled"
    with (common / "filled.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            unfinished = common / "unfinished"
            unfinished.mkdir()
            migrated.copy_to(unfinished / "portal.sqlite3")
            environment = {**os.environ, "VAR_DIR": str(unfinished), **addresses(free_port())}
            subprocess.run([sys.executable, "-m", "tests.journeys.filled"], cwd=ROOT, env=environment, check=True)
            unfinished.rename(made)
    shutil.copytree(made, folder, dirs_exist_ok=True)


def take_a_table(database: Path) -> None:
    """Undoes one migration, which `migrate` then applies. All of them take ten seconds, and have run before."""
    with contextlib.closing(sqlite3.connect(database, autocommit=True)) as connection:
        connection.execute("DROP TABLE django_session")
        connection.execute("DELETE FROM django_migrations WHERE app = 'sessions'")


@contextlib.contextmanager
def running(
    folder: Path, *, empty: bool = False, seeds: bool = True, common: Path | None = None, **settings: str
) -> Iterator[Portal]:
    """A running portal, until the block ends; then nothing of it is left.

    `empty`: it creates what is missing itself, like a portal started by a person. Without `seeds` it has no invented
    data; with them, those in the folder `common` to a run are copied.
    """
    port = free_port()
    with database(dict(os.environ)) as own:
        environment = {
            **os.environ,
            **ARGUMENTS,
            **own,
            "VAR_DIR": str(folder),
            "CODE_RESEND_SECONDS": "1",
            **({} if empty else addresses(port)),
            **settings,
        }
        if not own and common:
            fill_as_demo(folder, common)
        elif not own:
            migrated.copy_to(folder / "portal.sqlite3")
            if empty:
                take_a_table(folder / "portal.sqlite3")
        log = (folder / "demo.out").open("w")
        program = "manage.py" if empty else "tests/passwords.py"
        process = subprocess.Popen(
            [sys.executable, program, "demo", "--port", str(port), *([] if seeds else ["--no-seed"])],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            wait_until_ready(f"http://127.0.0.1:{port}/readyz", process, folder)
            with contextlib.ExitStack() as forks:
                yield Portal(f"http://127.0.0.1:{port}", environment, process, forks)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
            log.close()


def wait_until_ready(url: str, process: subprocess.Popen, folder: Path) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), urlopen(url, timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.3)
    raise AssertionError(f"the portal did not start: {(folder / 'demo.out').read_text()[-2000:]}")
