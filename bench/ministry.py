"""`python -m bench.ministry [ORDERS]`: reports orders and fetches answers over SOAP, with random faults."""

import json
import sys
import tempfile
from pathlib import Path

from bench import world  # noqa: F401 -- first: it sets the portal up

# isort: split
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from tests.demo.ministry.process import start_simulator
from tests.transfers.many import carry


def main(orders: int) -> None:
    """Prints the figures; exit code 1 when anything is wrong."""
    with tempfile.TemporaryDirectory(prefix="ministry-") as folder:
        simulator = start_simulator(Path(folder))
        try:
            simulator.point(settings)
            call_command("migrate", verbosity=0)
            figures = carry(simulator.client, orders, limit=3600)
        finally:
            simulator.stop()
    print(json.dumps({"vendor": connection.vendor, **figures.as_dict()}, ensure_ascii=False, indent=2))
    sys.exit(bool(figures.wrong))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
