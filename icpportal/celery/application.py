"""The Celery application; workers and beat read their settings from Django's."""

import gc
import os
import sys
import traceback
from collections.abc import Callable
from types import ModuleType

from celery import Celery
from celery.loaders.app import AppLoader
from celery.signals import celeryd_after_setup
from click import Context, Option, Parameter
from django.conf import settings
from django.utils.log import configure_logging

from icpportal.celery.connections import start_with_django
from icpportal.operations.startup import refuse_unfit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "icpportal.settings")
app = Celery("icpportal", fixups=[start_with_django])
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["icpportal"])


class NamesAlone(AppLoader):
    """Beat's loader: it sends tasks by name and needs nothing of the portal in memory."""

    def import_default_modules(self) -> list[ModuleType]:
        """Imports nothing."""
        return []


def _worker_is_fit(context: Context, option: Parameter, value: str | None) -> None:  # noqa: ARG001 -- click's signature
    refuse_unfit()


def _beat_is_fit(context: Context, option: Parameter, value: str | None) -> None:  # noqa: ARG001 -- click's signature
    _in_a_process_of_its_own(refuse_unfit)
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)  # normally done while the portal is loaded
    app.loader = NamesAlone(app)


def _in_a_process_of_its_own(check: Callable[[], None]) -> None:
    """Runs it in a child process, or exits with its code; what it loads is freed with it."""
    if child := os.fork():
        _pid, status = os.waitpid(child, 0)
        if code := os.waitstatus_to_exitcode(status):
            sys.exit(code)
        return
    try:
        check()
    except SystemExit as end:
        sys.stderr.flush()
        os._exit(end.code if isinstance(end.code, int) else 1)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


# An eager option of each command that serves: Celery reads the settings while it reads the other options, and all its
# signals come later.
for command, is_fit in (("worker", _worker_is_fit), ("beat", _beat_is_fit)):
    app.user_options[command].add(
        Option(("--fit",), is_flag=True, hidden=True, is_eager=True, expose_value=False, callback=is_fit)
    )


@celeryd_after_setup.connect
def _share_memory(**_told: object) -> None:
    """Everything is loaded and no child forked yet: memory the collector does not touch stays shared."""
    gc.collect()
    gc.freeze()
