"""Refuses to run with an invented authority where real people file."""

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

PACKAGE = "icpportal.gateways.miit.simulated."


@register
def no_simulator_in_production(app_configs: object, **kwargs: object) -> list[CheckMessage]:  # noqa: ARG001
    """Errors when simulators or the simulated authority are on outside the demo."""
    if settings.DEMO:
        return []
    rows = (
        (settings.SIMULATORS, "SIMULATORS is on in production.", "Set SIMULATORS=off.", "E001"),
        (
            settings.AUTHORITY_GATEWAY.startswith(PACKAGE),
            "AUTHORITY_GATEWAY is the simulated authority in production.",
            "Name the gateway to the ministry's interface in AUTHORITY_GATEWAY.",
            "E002",
        ),
    )
    return [Error(words, hint=hint, id=f"simulated_authority.{number}") for wrong, words, hint, number in rows if wrong]
