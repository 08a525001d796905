"""Creates the demo's data in the data folder of VAR_DIR without starting a portal: `python -m`, this module."""

import os

import django

from tests.passwords import at_least_cost


def main() -> None:
    """What `manage.py demo` does before it starts web, worker and beat."""
    django.setup()
    at_least_cost()
    from django.conf import settings

    from demo.management.commands import demo
    from demo.supervisor.processes import Supervisor

    port = int(settings.PUBLIC_BASE_URL.rpartition(":")[2])
    parts = demo.parts(port, int(os.environ["SIMULATOR_PORT"]))
    supervisor = Supervisor(
        parts, logs=settings.VAR_DIR / "log", environment=demo.environment(port), say=lambda _line: None
    )
    try:
        demo.prepare(supervisor, seed=True)
    finally:
        supervisor.stop()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "icpportal.settings")
    main()
