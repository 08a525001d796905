"""What the processes of Celery import, and pass on to their children."""

import gc
import os
from pathlib import Path

from celery.signals import celeryd_after_setup

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


def test_beat_knows_its_tasks_and_loads_no_models():
    scheduled, _space, loaded = said_by(BEAT).partition(" ")

    assert int(scheduled) > 10
    assert loaded == "[]"


def test_serving_processes_start_without_a_command_line_editor():
    assert said_by(SERVES) == "beat worker False"


def test_what_a_worker_has_loaded_is_ignored_by_the_garbage_collector_of_its_children():
    gc.unfreeze()
    celeryd_after_setup.send(sender="worker", instance=None, conf=None)
    try:
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.freeze()  # as before: the tests that were collected, which need not be scanned


def test_what_gunicorn_preloads_holds_no_connection():
    """Two processes that share one would read each other's answers."""
    loads = "from icpportal.wsgi import application; from django.db import connection"

    assert said_by(f"{loads}; print(callable(application), connection.connection)") == "True None"


def test_the_first_page_in_a_language_need_not_compile_the_paths_of_all_pages():
    loads = "from icpportal.wsgi import application; from django.urls import get_resolver"

    assert said_by(f"{loads}; print(*sorted(get_resolver()._reverse_dict))") == "en zh-hans"
