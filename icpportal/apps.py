"""The composition root as an app, with its own row and checks and those of the gateways."""

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin import apps as admin_apps


class IcpportalConfig(AppConfig):
    name = "icpportal"
    label = "icpportal"

    def ready(self) -> None:
        from allauth.mfa.signals import authentication_failed  # noqa: PLC0415 -- app ready

        from icpportal.accounts.sign_in.second_factor import note_wrong  # noqa: PLC0415 -- app ready
        from icpportal.gateways import checks as gateway_checks  # noqa: F401, PLC0415 -- app ready
        from icpportal.operations.checks import registered  # noqa: F401, PLC0415 -- app ready
        from icpportal.operations.monitoring import error_reports  # noqa: PLC0415 -- app ready

        error_reports.start(settings.SENTRY_DSN)
        authentication_failed.connect(note_wrong, dispatch_uid="note_wrong_second_factor")


class ReviewDeskConfig(admin_apps.AdminConfig):
    """Django's admin with the portal's own site."""

    default = False
    default_site = "icpportal.admin_site.ReviewDesk"
