from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    name = "icpportal.outbox"
    label = "outbox"
    verbose_name = _("Outbox")

    def ready(self) -> None:
        from icpportal.accounts.sign_in.backend import read_along  # noqa: PLC0415 -- app ready
        from icpportal.outbox.queries import UNREAD, unread_along  # noqa: PLC0415 -- app ready

        read_along(UNREAD, unread_along)
