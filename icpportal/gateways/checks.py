"""Refuses in production a gateway that is only for the demo, or that is not encrypted."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from icpportal.gateways.registry import GATEWAYS, Fault, faults

OWN = "gateways."  # other errors are those of `icpportal/operations/checks.py`


@register
def gateways_fit_production(
    app_configs: Sequence[AppConfig] | None, **kwargs: Sequence[str] | None
) -> list[CheckMessage]:  # noqa: ARG001
    """Reports an error outside the demo for each gateway that must not serve people."""
    if settings.DEMO:
        return []
    clear = [fault for each in GATEWAYS if (fault := each.address_fault())]
    return [_error(fault) for fault in (*faults(), *clear) if fault.rule.startswith(OWN)]


def _error(fault: Fault) -> CheckMessage:
    return Error(fault.says, hint=fault.hint, id=fault.rule)
