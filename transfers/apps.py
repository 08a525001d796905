"""Orders on their way."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


def check_life(**kwargs: object) -> list[checks.CheckMessage]:
    """The table of the life of an order lacks nothing (system check)."""
    from icpportal.lifecycle.system_check import check_table  # noqa: PLC0415 -- app ready
    from icpportal.outbox import catalogue  # noqa: PLC0415 -- app ready
    from transfers import states  # noqa: PLC0415 -- app ready
    from transfers.lifecycle import TABLE  # noqa: PLC0415 -- app ready
    from transfers.sentences import SENTENCES  # noqa: PLC0415 -- app ready

    return check_table(TABLE, name="transfers", sentences=SENTENCES, has_message=catalogue.has, initial=states.DRAFT)


class TransfersConfig(AppConfig):
    name = "transfers"
    label = "transfers"
    verbose_name = _("Transfers")

    def ready(self) -> None:
        checks.register(check_life)
