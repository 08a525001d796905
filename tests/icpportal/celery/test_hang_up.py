"""SIGHUP, as by a terminal that is closed or a `systemctl reload`: Celery starts the worker's program anew."""

import os

from tests import fresh
from tests.icpportal.production import ROOT

HUNG_UP = """
import os, runpy, sys
from unittest.mock import patch
from celery.apps import worker

sys.argv = ["worker.py", "worker", "--queues", "codes"]
hang_up = lambda *given, **named: worker._reload_current_worker()
with patch("click.Command.main", hang_up), patch("celery.platforms.close_open_fds"), patch("os.execv", print):
    runpy.run_module("icpportal.celery", run_name="__main__", alter_sys=True)
"""


def test_a_worker_that_is_hung_up_starts_itself_again_as_it_was_started():
    done = fresh.run("-c", HUNG_UP, folder=ROOT, environment={**os.environ, "PORTAL_MODE": "demo"})

    assert "'-m', 'icpportal.celery', 'worker', '--queues', 'codes']" in done.stdout, done.stderr
