"""The Celery application: workers and beat read their settings from Django's."""

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

from icpportal.operations.startup import refuse_unfit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "icpportal.settings")
app = Celery("icpportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["icpportal"])


class NamesAlone(AppLoader):
    """What beat loads: it asks for tasks by their names, and needs nothing of the portal in its memory."""

    def import_default_modules(self) -> list[ModuleType]:
        """None."""
        return []


def _worker_is_fit(context: Context, option: Parameter, value: str | None) -> None:  # noqa: ARG001 -- click's signature
    refuse_unfit()


def _beat_is_fit(context: Context, option: Parameter, value: str | None) -> None:  # noqa: ARG001 -- click's signature
    _in_a_process_of_its_own(refuse_unfit)
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)  # otherwise done while the portal is loaded
    app.loader = NamesAlone(app)


def _in_a_process_of_its_own(check: Callable[[], None]) -> None:
    """Does it, or ends with its code; what it has loaded is gone with it."""
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
    """All is loaded, no child is forked yet: what the collector does not touch, the children share."""
    gc.collect()
    gc.freeze()
