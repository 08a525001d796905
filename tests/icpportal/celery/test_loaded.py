"""What the processes of Celery load, and hand on to their children."""

import gc
import os
from pathlib import Path

from celery.signals import celeryd_after_setup

from icpportal.wsgi import application
from tests import fresh

BEAT = """
import sys
from icpportal.celery import application as celery
celery._beat_is_fit(None, None, "")
celery.app.loader.import_default_modules()
celery.app.finalize()
ours = ("icpportal.", "transfers.", "filings.", "verification.")
print(len(celery.app.conf.beat_schedule), [n for n in sys.modules if n.startswith(ours) and n.endswith(".models")])
"""
SERVES = """
import sys
from icpportal.celery import __main__ as program
print(*sorted(program.serve.commands), "prompt_toolkit" in sys.modules)
"""
ROOT = Path(__file__).resolve().parents[3]


def said_by(program: str) -> str:
    done = fresh.run("-c", program, folder=ROOT, environment=dict(os.environ))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_beat_knows_what_to_ask_for_and_loads_no_tables():
    scheduled, _space, loaded = said_by(BEAT).partition(" ")

    assert int(scheduled) > 10
    assert loaded == "[]"


def test_what_serves_is_started_without_an_editor_of_command_lines():
    assert said_by(SERVES) == "beat worker False"


def test_what_a_worker_has_loaded_is_left_alone_by_the_collector_of_its_children():
    gc.unfreeze()
    celeryd_after_setup.send(sender="worker", instance=None, conf=None)
    try:
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()


def test_what_gunicorn_preloads_holds_no_connection():
    """Two processes that share one would read each other's answers."""
    program = "from icpportal.wsgi import application; from django.db import connection; print(connection.connection)"

    assert said_by(program) == "None"
    assert callable(application)
