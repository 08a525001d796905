"""The portal as started by the image, and the bare wizard on the same server, each with its own data."""

import contextlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.harness import processes, services, shared
from bench.harness.services import Missing, free_port
from demo.ministry.api.client import SimulatorClient

THREADS = "16"  # WEB_THREADS of the Dockerfile
CELERY = (sys.executable, "-m", "icpportal.celery")
LIGHT = ("--without-gossip", "--without-mingle", "--without-heartbeat")  # as docker-compose.yml starts them
START_SECONDS = 60.0
QUIET_SECONDS = 0.7


@dataclass
class Servers:
    """Running processes by group, and what each group used."""

    url: str
    folder: Path
    environment: dict[str, str]
    backends: processes.Backends
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, group: str, *command: str) -> None:
        """Starts one more process; its output goes to a file named after it in the folder."""
        with (self.folder / f"{group}.log").open("ab") as log:
            self.running[group] = subprocess.Popen(
                command, cwd=shared.ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )

    def cpu(self) -> dict[str, float]:
        """Seconds used by each group: its processes, all their children, and PostgreSQL."""
        used = {group: processes.family_cpu(process.pid) for group, process in self.running.items()}
        return {**used, "postgresql": self.backends.cpu()}

    def manage(self, *command: str) -> str:
        """The output of a management command or module run on these data."""
        done = subprocess.run(
            [sys.executable, *command],
            cwd=shared.ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Missing(f"{' '.join(command)} exited {done.returncode}: {done.stderr[-800:]}")
        return done.stdout

    def settle(self, group: str) -> None:
        """Waits until a group has been idle for a while."""
        ends, used = time.monotonic() + START_SECONDS, -1.0
        while time.monotonic() < ends:
            before, used = used, processes.family_cpu(self.running[group].pid)
            if used - before < 0.015:
                return
            time.sleep(QUIET_SECONDS)
        raise Missing(f"{group} does not come to rest")

    def wait(self, address: str, group: str) -> None:
        """Waits until an address answers 200."""
        ends = time.monotonic() + START_SECONDS
        while time.monotonic() < ends and self.running[group].poll() is None:
            with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
            time.sleep(0.1)
        raise Missing(f"{group} did not start: {(self.folder / f'{group}.log').read_text()[-800:]}")

    def stop(self) -> None:
        for process in reversed(self.running.values()):
            process.terminate()
        for process in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
            process.wait()


@dataclass
class Portal(Servers):
    """The portal with its simulated ministry."""

    simulator: SimulatorClient = field(default_factory=lambda: SimulatorClient(""))


def gunicorn(application: str, port: int) -> list[str]:
    """The server as started by the Dockerfile, with its flags, for any application."""
    match = re.search(r"exec gunicorn icpportal\.wsgi (.*)\"\]", (shared.ROOT / "Dockerfile").read_text("utf-8"))
    if match is None:
        raise Missing("the Dockerfile starts no gunicorn")
    flags = shlex.split(match[1].replace('\\"$WEB_THREADS\\"', THREADS))
    flags[flags.index("--bind") + 1] = f"127.0.0.1:{port}"
    return [sys.executable, "-m", "gunicorn", application, *flags]


@contextlib.contextmanager
def bare() -> Iterator[Servers]:
    """The bare wizard, on PostgreSQL."""
    port = free_port()
    with _servers("bare", port, {"DJANGO_SETTINGS_MODULE": "bench.bare.settings"}) as servers:
        servers.manage("-m", "django", "migrate", "-v0")
        servers.start("web", *gunicorn("bench.bare.wsgi", port))
        servers.wait(f"{servers.url}/", "web")
        yield servers


@contextlib.contextmanager
def portal(*, worker: int = 4, **settings: str) -> Iterator[Portal]:
    """The portal: two web processes, and one worker for all queues with this many children, or none.

    It runs as the demo, because only there the outside systems are simulated: unlike production it has
    a line on each page, no TLS, and no scanner. Beat does not run, so that only what people cause is measured.
    """
    port, beside = free_port(), free_port()
    with services.redis() as redis, shared.resources() as (template, static):
        environment = {
            "DJANGO_SETTINGS_MODULE": "icpportal.settings",
            "REDIS_URL": redis,
            "STATIC_ROOT": static,
            "SIMULATOR_URL": f"http://127.0.0.1:{beside}",
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
            "WEB_THREADS": THREADS,
            "LOG_LEVEL": "INFO",
            "DECISION_OPEN_SECONDS": "0",
            **settings,
        }
        with _servers("portal", port, environment, template) as servers:
            found = Portal(**vars(servers), simulator=SimulatorClient(environment["SIMULATOR_URL"]))
            found.start("simulator", sys.executable, "manage.py", "simulator", "serve", "--port", str(beside))
            found.manage("-m", "bench.harness.accounts")
            found.wait(f"{environment['SIMULATOR_URL']}/healthz", "simulator")
            found.start("web", *gunicorn("icpportal.wsgi", port))
            if worker:
                queues = "codes,pictures,ministry,rest"
                found.start("worker", *CELERY, "worker", "--queues", queues, "--concurrency", str(worker), *LIGHT)
            found.wait(f"{servers.url}/readyz", "web")
            yield found


@contextlib.contextmanager
def _servers(purpose: str, port: int, settings: dict[str, str], template: str = "template1") -> Iterator[Servers]:
    with services.database(purpose, template=template) as url, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        kept = {name: os.environ[name] for name in shared.KEPT if name in os.environ}
        environment = {**kept, "VAR_DIR": folder, "DATABASE_URL": url, **settings}
        with processes.Backends(url.rpartition("/")[2]) as backends:
            servers = Servers(f"http://127.0.0.1:{port}", Path(folder), environment, backends)
            try:
                yield servers
            finally:
                servers.stop()
                _keep_logs(Path(folder), purpose)


def _keep_logs(folder: Path, purpose: str) -> None:
    """Copies the servers' output to var/bench/, to look at when a part failed."""
    for log in folder.glob("*.log"):
        target = shared.ROOT / "var" / "bench" / "log" / f"{purpose}-{log.name}"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(log, target)
