from django.apps import AppConfig


class SimulatedAuthorityConfig(AppConfig):
    """The invented authority of the demo; the folder can be deleted when the wire to the ministry is there."""

    name = "icpportal.gateways.miit.simulated"
    label = "simulated_authority"

    def ready(self) -> None:
        from icpportal.gateways.miit.simulated import checks  # noqa: F401, PLC0415 -- app ready
