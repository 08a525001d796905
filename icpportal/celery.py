"""The Celery application: workers and beat read their settings from Django's."""

import os

from celery import Celery
from click import Context, Option, Parameter

from icpportal.operations.startup import refuse_unfit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "icpportal.settings")
app = Celery("icpportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["icpportal"])


def _refuse_unfit(context: Context, option: Parameter, value: str | None) -> None:  # noqa: ARG001 -- click's signature
    refuse_unfit()


# An eager option of each command that serves: Celery reads the settings while it reads the other options, and all its
# signals come later.
for command in ("worker", "beat"):
    app.user_options[command].add(
        Option(("--fit",), is_flag=True, hidden=True, is_eager=True, expose_value=False, callback=_refuse_unfit)
    )
