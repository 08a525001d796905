from collections.abc import Sequence

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


def check_life(**kwargs: Sequence[AppConfig] | Sequence[str] | None) -> list[checks.CheckMessage]:
    """Reports what the lifecycle table of a backdrop lacks (system check)."""
    from icpportal.lifecycle.system_check import check_table  # noqa: PLC0415 -- app ready
    from icpportal.outbox.texts import catalogue  # noqa: PLC0415 -- app ready
    from verification.backdrops.lifecycle import TABLE  # noqa: PLC0415 -- app ready
    from verification.backdrops.state_labels import SENTENCES  # noqa: PLC0415 -- app ready
    from verification.models.backdrop_states import REQUESTED  # noqa: PLC0415 -- app ready

    return check_table(TABLE, name="backdrops", sentences=SENTENCES, has_message=catalogue.has, initial=REQUESTED)


class VerificationConfig(AppConfig):
    name = "verification"
    label = "verification"
    verbose_name = _("Photos")

    def ready(self) -> None:
        checks.register(check_life)
