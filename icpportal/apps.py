from django.apps import AppConfig


class IcpportalConfig(AppConfig):
    name = "icpportal"
    label = "icpportal"

    def ready(self) -> None:
        from icpportal.gateways import checks  # noqa: F401, PLC0415 -- app ready
