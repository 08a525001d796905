"""The start of gunicorn, workers and beat: ends with a sentence where the settings must not serve people."""

import sys

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from icpportal.gateways import registry

EXIT_CODE = 3  # gunicorn's own for a worker that cannot boot: it stops instead of starting the next one


def refuse_unfit() -> None:
    """Ends this process, each fault in a sentence on standard error, unless it may serve."""
    found = faults()
    if not found:
        return
    for words in found:
        sys.stderr.write(f"The portal does not start. {words}\n")
    sys.exit(EXIT_CODE)


def faults() -> list[str]:
    """Why this process must not serve; empty in a demo, and where nothing is wrong."""
    try:
        settings.PORTAL_MODE  # noqa: B018 -- the first look reads the settings
    except ImproperlyConfigured as problem:
        return [str(problem)]
    if settings.DEMO:
        return []
    return _unfit_settings() or _foreign_keys()


def _unfit_settings() -> list[str]:
    from icpportal.configuration.environment import unchanged  # noqa: PLC0415 -- reading it may be the fault

    simulators = ["SIMULATORS is on: the ministry would be an invented one. Set SIMULATORS=off."]
    examples = [f"{name} still has a value of production.env.example: replace it by your own." for name in unchanged()]
    faults = [str(fault) for fault in registry.faults()]
    return [*(simulators if settings.SIMULATORS else []), *examples, *faults]


def _foreign_keys() -> list[str]:
    """Keys that are not those of the database. No connection stays open that processes to come would share."""
    django.setup()
    from icpportal.privacy.key_change import marks  # noqa: PLC0415 -- has models

    is_open = connection.connection is not None
    try:
        return list(filter(None, [marks.fault()]))
    finally:
        if not is_open:
            connection.close()
