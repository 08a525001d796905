from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MinistryConfig(AppConfig):
    """The ministry's interface: queue, sent files, received files."""

    name = "icpportal.gateways.miit"
    label = "miit"
    verbose_name = _("Ministry's interface")

    def ready(self) -> None:
        from icpportal.gateways.miit import checks  # noqa: F401, PLC0415 -- app ready
