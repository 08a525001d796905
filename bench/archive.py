"""`python -m bench.archive [ORDERS]`: what each job of beat costs with nothing due, for a small and a large archive.

Once with 2,000 ended orders, once with 200,000 or the number given over three years, each with its papers, messages,
report and answer. DATABASE_URL names an empty database made for this; without it a file is used.
"""

import resource
import sys
import time
from contextlib import suppress
from pathlib import Path

from bench import world  # first: it sets the portal up

# isort: split
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.module_loading import import_string

from icpportal.gateways import storage
from icpportal.gateways.errors import Refused, Retryable
from tests.demo.ministry.process import start_simulator
from tests.years import fill
from verification.documents import rounds

SMALL, LARGE = 2_000, 200_000


def main(orders: int) -> None:
    simulator = start_simulator(Path(world.FOLDER) / "ministry")
    try:
        simulator.point(settings)
        call_command("migrate", verbosity=0)
        compare(orders)
    finally:
        simulator.stop()


def compare(orders: int) -> None:
    """The same jobs over both archives; the archived files are assumed to exist."""
    storage.days = lambda _alias: []
    rounds.listing = lambda _alias, _day: set()
    rounds.lost_documents = lambda _references: []
    filled = 0
    for number in (SMALL, orders):
        began = time.monotonic()
        fill(number - filled, begin=filled)
        filled = number
        print(f"\n{number:,} orders ({connection.vendor}), made in {time.monotonic() - began:.0f} s")
        print(f"{'':20}{'s':>8}{'queries':>9}{'MB grown':>10}")
        for task in dict.fromkeys(entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()):
            measure(task)


def measure(task: str) -> None:
    run = import_string(task)
    with suppress(Retryable, Refused):
        run()
    before, began = memory(), time.monotonic()
    with CaptureQueriesContext(connection) as asked, suppress(Retryable, Refused):
        run()
    seconds = time.monotonic() - began
    print(f"{task.rpartition('.')[2]:20}{seconds:8.2f}{len(asked):9}{memory() - before:10.1f}")


def memory() -> float:
    """The peak memory of this process, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else LARGE)
