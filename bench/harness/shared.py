"""Shared by the parts of one run and made once: a migrated database to copy, and the collected static files."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.harness import services

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE, STATIC = "BENCH_TEMPLATE", "BENCH_STATIC"  # environment variables that pass them to the parts' processes
KEPT = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")


@contextlib.contextmanager
def prepare() -> Iterator[None]:
    """Makes both and names them in the environment of the parts; `Missing` if there is no PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, services.database("template") as url:
        _manage("migrate", "-v0", VAR_DIR=folder, DATABASE_URL=url)
        static = str(Path(folder) / "static")
        _manage("collectstatic", "--noinput", "-v0", VAR_DIR=folder, DATABASE_URL=url, STATIC_ROOT=static)
        os.environ.update({TEMPLATE: url.rpartition("/")[2], STATIC: static})
        yield


@contextlib.contextmanager
def resources() -> Iterator[tuple[str, str]]:
    """The name of the migrated database and the folder of static files: those of the run, else new ones."""
    if TEMPLATE in os.environ:
        yield os.environ[TEMPLATE], os.environ[STATIC]
        return
    with prepare():
        yield os.environ[TEMPLATE], os.environ[STATIC]
    del os.environ[TEMPLATE], os.environ[STATIC]


def _manage(*command: str, **settings: str) -> None:
    """Runs a management command of the portal."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    environment = {**kept, "DJANGO_SETTINGS_MODULE": "icpportal.settings", **settings}
    subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)
