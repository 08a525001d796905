"""The portal in this process: on PostgreSQL, with the demo's data and a simulated ministry."""

import contextlib
import importlib
import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import django

from bench.harness import processes, services, shared


@contextlib.contextmanager
def inside(module: str, *, seed: bool = True) -> Iterator[tuple[Any, processes.Backends]]:
    """The module of `bench.inside`, which may import models at its top, and the backends that serve it.

    Once per process: the settings are read from here on.
    """
    with (
        shared.resources() as (template, static),
        services.database(module, template=template) as url,
        services.redis() as redis,
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        processes.Backends(url.rpartition("/")[2]) as backends,
    ):
        os.environ.update(
            DJANGO_SETTINGS_MODULE="icpportal.settings",
            DATABASE_URL=url,
            REDIS_URL=redis,
            STATIC_ROOT=static,
            VAR_DIR=folder,
            LOG_LEVEL="ERROR",
        )
        django.setup()
        with _filled(Path(folder), seed=seed):
            found: ModuleType = importlib.import_module(f"bench.inside.{module}")
            yield found, backends
        importlib.import_module("django.db").connections.close_all()


@contextlib.contextmanager
def _filled(folder: Path, *, seed: bool) -> Iterator[None]:
    """Starts the simulator and fills in the demo's people and orders."""
    settings = importlib.import_module("django.conf").settings
    call = importlib.import_module("django.core.management").call_command
    simulator = importlib.import_module("tests.demo.ministry.process").start_simulator(folder / "ministry")
    try:
        simulator.point(settings)
        if seed:
            call("seed_demo", verbosity=0, stdout=io.StringIO())
        yield
    finally:
        simulator.stop()
