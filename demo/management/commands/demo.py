"""`manage.py demo`: the whole portal on this machine, with invented data, until Ctrl-C."""

import fcntl
import logging
import os
import socket
import sys
import time
from argparse import ArgumentParser
from io import StringIO
from pathlib import Path
from typing import IO
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from demo.management.commands import simulator
from demo.supervisor import static_files
from demo.supervisor.interrupts import interruptible
from demo.supervisor.processes import Part, Supervisor
from icpportal.command_line.arguments import typed_port
from icpportal.operations import heartbeat
from icpportal.operations.monitoring import parts as portal_parts
from transfers.deadlines import sweep as deadlines

HOST = "127.0.0.1"
PORTS_TRIED = 30
SIMULATOR_SECONDS = 60.0


class Command(BaseCommand):
    help = "Starts web, worker and beat with invented data and simulated outside systems, until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=typed_port, default=os.environ.get("PORT", "8000"))
        parser.add_argument("--no-seed", action="store_true", help="start without filling in invented data")

    def handle(self, *, port: int, no_seed: bool, **options: str | int | None) -> None:
        if not settings.DEMO:
            raise CommandError("This is a production environment (PORTAL_MODE=production): the demo does not run here.")
        lock = take_lock(settings.VAR_DIR / "demo.lock")
        refuse_taken_port(port)
        beside = simulator_port(port)
        begin_again_with(f"http://{HOST}:{port}", f"http://{HOST}:{beside}", lock)
        supervisor = Supervisor(
            parts(port, beside),
            logs=settings.VAR_DIR / "log",
            environment=environment(port),
            say=lambda line: self.stdout.write(line),
        )
        try:
            with interruptible():
                self.stdout.write(f"Preparing {settings.VAR_DIR} (the first time it takes a little longer) …")
                seeded = prepare(supervisor, seed=not no_seed)
            refuse_taken_port(port)  # somebody else may have taken it since
        except BaseException as end:
            supervisor.stop()
            if isinstance(end, KeyboardInterrupt):
                raise CommandError("Stopped before everything was started.", returncode=130) from None
            raise
        supervisor.listen()
        self.stdout.write("Starting web, worker and beat …")
        supervisor.run(ready=lambda: answers(f"{HOST}:{port}/readyz"), when_ready=lambda: self.welcome(port, seeded))
        lock.close()
        self.stdout.write("Stopped: web, worker, beat and simulator are gone.")

    def welcome(self, port: int, seeded: str) -> None:
        """Prints what a person needs to know, once everything answers."""
        self.stdout.write(welcome(port, seeded))


def take_lock(path: Path) -> IO[str]:
    """The open lock file of this data folder, locked until this process ends for any reason."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        holder = lock.read().strip() or "?"
        raise CommandError(
            f"A demo already runs on {path.parent} (process {holder}): stop it first, or set VAR_DIR to another folder."
        ) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def refuse_taken_port(port: int) -> None:
    """`CommandError` in one line unless the port can be listened on."""
    why = port_trouble(port)
    if why:
        raise CommandError(
            f"Port {port} cannot be used ({why}): choose another, for example PORT={port_beside(port)} make demo"
        )


def port_trouble(port: int) -> str:
    """Why this port cannot be listened on; "" when it can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as problem:
            return getattr(problem, "strerror", None) or "not a port number"
    return ""


def port_beside(port: int) -> int:
    """Another port to suggest."""
    return port + 1 if 1024 <= port < 65535 else 8001


def simulator_port(port: int) -> int:
    """The simulated ministry's port: `SIMULATOR_PORT` if set, else the first free port after ours."""
    wanted = os.environ.get("SIMULATOR_PORT", "")
    if wanted:
        refuse_taken_port(int(wanted))
        return int(wanted)
    for candidate in range(port + 1, min(port + PORTS_TRIED, 65536)):
        if not port_trouble(candidate):
            return candidate
    raise CommandError(f"No free port from {port + 1} on for the simulator: set SIMULATOR_PORT to one.")


def begin_again_with(portal: str, simulator: str, lock: IO[str]) -> None:
    """Records the addresses of portal and simulator for this and later commands on the same data folder.

    Settings are read once, so the command restarts itself when an address changes. `PUBLIC_BASE_URL` takes precedence.
    """
    settings.PORTAL_NOTE.write_text(f"{portal}\n", "utf-8")
    settings.SIMULATOR_NOTE.write_text(f"{simulator}\n", "utf-8")
    known = "PUBLIC_BASE_URL" in os.environ or portal == settings.PUBLIC_BASE_URL
    if known and simulator == settings.SIMULATOR_URL:
        return
    lock.close()
    os.execve(sys.executable, [sys.executable, *sys.argv], dict(os.environ) | {"SIMULATOR_URL": simulator})  # noqa: S606


def prepare(supervisor: Supervisor, *, seed: bool) -> str:
    """Tables, style sheets, simulator, invented data; a second run changes nothing. Returns a summary of the data."""
    output = StringIO()
    logging.disable(logging.ERROR)  # a sample report that fails is logged as one; what stops the demo is raised
    supervisor.start("simulator")
    call_command("migrate", verbosity=0, interactive=False)
    static_files.collect()
    wait_for_simulator()
    if seed:
        call_command("seed_demo", stdout=output)
    first_round()
    connections.close_all()
    logging.disable(logging.NOTSET)
    return output.getvalue().strip()


def wait_for_simulator() -> None:
    """Waits until the simulated ministry answers; `CommandError` with the path of its log when it does not."""
    ends = time.monotonic() + SIMULATOR_SECONDS
    while time.monotonic() < ends:
        if answers(f"{settings.SIMULATOR_URL.removeprefix('http://')}/healthz"):
            return
        time.sleep(0.1)
    raise CommandError(f"The simulator did not start: see {settings.VAR_DIR / 'log' / 'simulator.log'}")


def first_round() -> None:
    """Runs what beat runs in its first minute, so that the health page is right at once."""
    deadlines.sweep()
    for job in ("sweep_deadlines", "reconcile", *(heartbeat.QUEUE + queue for queue in settings.QUEUES)):
        heartbeat.record_heartbeat(job)
    portal_parts.examine()


def environment(port: int) -> dict[str, str]:
    """The environment of the processes: ours, the public address, and scratch space in the data folder."""
    scratch = settings.VAR_DIR / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    ours = {
        "TMPDIR": str(scratch),
        "VAR_DIR": str(settings.VAR_DIR),
        "PYTHONPATH": path(),
        "SIMULATOR_URL": settings.SIMULATOR_URL,
    }
    return {"PUBLIC_BASE_URL": f"http://{HOST}:{port}"} | dict(os.environ) | ours


def path() -> str:
    """`PYTHONPATH` with the project first, so that the processes find it from any folder."""
    return os.pathsep.join(filter(None, (str(settings.BASE_DIR), os.environ.get("PYTHONPATH"))))


def parts(port: int, beside: int) -> list[Part]:
    """The three processes of the portal, and the simulated ministry."""
    python = (sys.executable, "-m")
    web = (
        "--bind",
        f"{HOST}:{port}",
        "--workers",
        "2",
        "--threads",
        str(settings.WEB_THREADS),
        "--graceful-timeout",
        "3",
        "--no-control-socket",
        "--preload",  # both workers are forked from a process that has loaded everything
    )
    return [
        Part("simulator", tuple(simulator.command(HOST, beside)), simulator.SETTINGS),
        Part("web", (*python, "gunicorn", "icpportal.wsgi", "--worker-class", "gthread", *web)),
        Part(
            "worker", (*python, "icpportal.celery", "worker", "--concurrency", "3", *all_queues(), *CELERY), niceness=10
        ),
        Part("beat", (*python, "icpportal.celery", "beat", "--schedule", beat_file(), "--loglevel", "INFO")),
    ]


CELERY = ("--loglevel", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat")


def all_queues() -> tuple[str, str]:
    """The queues of the one worker: all of them."""
    return ("--queues", ",".join(settings.QUEUES))


def beat_file() -> str:
    """The file where beat records its last runs."""
    return str(settings.VAR_DIR / "beat-schedule")


def answers(address: str) -> bool:
    """True if a server on this machine answers there."""
    try:
        with urlopen(f"http://{address}", timeout=2) as answer:
            return answer.status == 200
    except (URLError, OSError):
        return False


def welcome(port: int, seeded: str) -> str:
    """What a person needs to know at the start."""
    is_on = "ON" if settings.STAFF_SECOND_FACTOR else "OFF"
    return f"""
The ICP filing portal is ready:  http://{HOST}:{port}/

  mail and texts it sent         http://{HOST}:{port}/demo/messages/
  review desk (staff)            http://{HOST}:{port}/admin/
  the authority, simulated       {settings.SIMULATOR_URL}/
  Shanghai's photo app           http://{HOST}:{port}/demo/photo-app/

{seeded}

Everything is invented. Data and logs are in {settings.VAR_DIR}
The second factor of staff is {is_on} in this demo; in production it is on by default.
Ctrl-C stops everything.
"""
