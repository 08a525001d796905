"""The real simulator as a process for tests: `start_simulator(folder)` returns its address and client."""

import os
import socket
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.management.commands.simulator import command
from demo.ministry.api.client import SimulatorClient
from tests.strict_gunicorn import ARGUMENTS

ROOT = Path(__file__).resolve().parents[3]
SECONDS_TO_START = 60
PATHS = {
    "MIIT_FILES_URL": "ISPWebService/upDownLoad",
    "MIIT_FILES_WSDL": "ISPWebService/upDownLoad?wsdl",
    "MIIT_STATUS_URL": "BeianStatusWebService/queryBeianStatus",
    "MIIT_STATUS_WSDL": "BeianStatusWebService/queryBeianStatus?wsdl",
    "MIIT_PASSWORD_URL": "BeianStatusWebService/verifyBamm",
    "MIIT_PASSWORD_WSDL": "BeianStatusWebService/verifyBamm?wsdl",
    "MIIT_PHONES_URL": "phones",
}
KEPT = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")


@dataclass
class Simulator:
    """A running simulator."""

    url: str
    process: subprocess.Popen[bytes]
    database: Path
    log: Path

    @property
    def client(self) -> SimulatorClient:
        """A client of its JSON API."""
        return SimulatorClient(self.url)

    @property
    def settings(self) -> dict[str, str]:
        """The settings that point a portal here."""
        return {"SIMULATOR_URL": self.url} | {name: f"{self.url}/{path}" for name, path in PATHS.items()}

    def point(self, settings: Any) -> None:
        """Points the portal with these settings here."""
        for name, value in self.settings.items():
            setattr(settings, name, value)

    def stop(self) -> None:
        """Stops it and waits for its end."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(15)

    def log_text(self) -> str:
        """Its log."""
        return self.log.read_text("utf-8")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_simulator(folder: Path, *, port: int | None = None, **environment: str) -> Simulator:
    """Starts one with its database and log in `folder`; started again there, it has the same data."""
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    database, log = folder / "simulator.sqlite3", folder / "simulator.log"
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    # as `manage.py demo` starts it; `manage.py simulator serve` becomes the same after loading the portal
    led = {
        "DJANGO_SETTINGS_MODULE": "demo.ministry.settings",
        "PYTHONPATH": str(ROOT),
        "SIMULATOR_DB": str(database.resolve()),
        "VAR_DIR": str(folder),
    }
    with log.open("ab") as out:
        process = subprocess.Popen(
            command("127.0.0.1", port),
            cwd=folder,
            env={**kept, **ARGUMENTS, **led, **environment},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    simulator = Simulator(f"http://127.0.0.1:{port}", process, database, log)
    _wait(simulator)
    return simulator


def _wait(simulator: Simulator) -> None:
    ends = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < ends:
        if simulator.process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{simulator.url}/healthz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    simulator.stop()
    raise AssertionError(f"the simulator did not start:\n{simulator.log_text()}")
