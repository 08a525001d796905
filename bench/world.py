"""A portal of its own for measuring: data in a folder that goes away, seeded like the demo. Import before any model."""

import atexit
import io
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = tempfile.mkdtemp(prefix="portal-bench-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
os.environ.update(
    VAR_DIR=FOLDER,
    STATICFILES_BACKEND="django.contrib.staticfiles.storage.StaticFilesStorage",
    DJANGO_SETTINGS_MODULE="icpportal.settings",
    LOG_LEVEL="ERROR",
)

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from tests.demo.ministry.process import start_simulator  # noqa: E402


def prepare() -> None:
    """Tables, a simulated ministry and the demo's world. With DATABASE_URL: an empty database made for this."""
    simulator = start_simulator(Path(FOLDER) / "ministry")
    atexit.register(simulator.stop)
    simulator.point(settings)
    call_command("migrate", verbosity=0)
    call_command("seed_demo", verbosity=0, stdout=io.StringIO())


def heading(words: str) -> None:
    """Before a table."""
    print(f"\n{words} ({connection.vendor})\n{'':34}{'p50 ms':>8}{'p95 ms':>8}{'queries':>9}")


def measure(name: str, act: Callable[[], Any], *, times: int = 30, expect: int | None = None) -> None:
    """Does it once unmeasured, then so often; prints half, nearly all, and the queries of one time."""
    with CaptureQueriesContext(connection) as asked:
        first = act()
    queries = len(asked)  # the next request empties the log
    if expect is not None and first.status_code != expect:
        print(f"{name:34}not measured: HTTP {first.status_code}{problems(first)}")
        return
    took = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        took.append((time.perf_counter() - began) * 1000)
    p95 = statistics.quantiles(took, n=20)[-1]
    print(f"{name:34}{statistics.median(took):8.1f}{p95:8.1f}{queries:9}")


def problems(answer: Any) -> str:
    """What a form that was refused complains about."""
    form = (answer.context or {}).get("form") if hasattr(answer, "context") else None
    return f" {dict(form.errors)}" if form is not None and form.errors else ""


def browser(user: Any) -> Client:
    """A signed-in client."""
    client = Client()
    client.force_login(user)
    return client
