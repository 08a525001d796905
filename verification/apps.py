from django.apps import AppConfig
from django.core import checks


def check_life(**kwargs: object) -> list[checks.CheckMessage]:
    """The table of the life of a backdrop lacks nothing (system check)."""
    from icpportal.lifecycle.system_check import check_table  # noqa: PLC0415 -- app ready
    from icpportal.outbox import catalogue  # noqa: PLC0415 -- app ready
    from verification.backdrops.lifecycle import TABLE  # noqa: PLC0415 -- app ready
    from verification.backdrops.sentences import SENTENCES  # noqa: PLC0415 -- app ready
    from verification.backdrops.states import REQUESTED  # noqa: PLC0415 -- app ready

    return check_table(TABLE, name="backdrops", sentences=SENTENCES, has_message=catalogue.has, initial=REQUESTED)


class VerificationConfig(AppConfig):
    name = "verification"
    label = "verification"

    def ready(self) -> None:
        checks.register(check_life)
