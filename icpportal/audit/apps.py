from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "icpportal.audit"
    label = "audit"
    verbose_name = _("Audit chain")

    def ready(self) -> None:
        from icpportal.audit import sources  # noqa: PLC0415 -- app ready

        sources.connect()
