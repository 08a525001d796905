"""Orders on their way."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TransfersConfig(AppConfig):
    name = "transfers"
    label = "transfers"
    verbose_name = _("Transfers")

    def ready(self) -> None:
        for name in ("transfers.system_checks", "transfers.review.search.parts"):  # they register themselves on import
            import_module(name)
