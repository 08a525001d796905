from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class FilingsConfig(AppConfig):
    name = "filings"
    label = "filings"
    verbose_name = _("Filing register")

    def ready(self) -> None:
        from filings.system_checks import legacy_lives, rule_profile_exists  # noqa: PLC0415 -- app ready

        checks.register(rule_profile_exists)
        checks.register(legacy_lives)
