"""Refuses in production a gateway that is only for the demo, that is not encrypted, or that does not exist."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string

from icpportal.gateways.registry import GATEWAYS, Fault, faults

OWN = "gateways."  # other errors are those of `icpportal/operations/checks/`


@register
def gateways_fit_production(
    app_configs: Sequence[AppConfig] | None, **kwargs: Sequence[str] | None
) -> list[CheckMessage]:  # noqa: ARG001
    """Reports an error outside the demo for each gateway that must not serve people."""
    if settings.DEMO:
        return []
    clear = [fault for each in GATEWAYS if (fault := each.address_fault())]
    return [_error(fault) for fault in (*faults(), *clear) if fault.rule.startswith(OWN)]


@register("portal", deploy=True)
def gateways_exist(app_configs: Sequence[AppConfig] | None, **kwargs: Sequence[str] | None) -> list[CheckMessage]:  # noqa: ARG001
    """Reports an error for each gateway of the provider's own that cannot be loaded: every call would fail."""
    if settings.DEMO:
        return []
    return [
        Error(
            f"{each.setting} is {each.path}: it cannot be loaded ({trouble}).",
            hint="The dotted name of a class whose module all processes find (docs/gateways.md).",
            id="gateways.E006",
        )
        for each in GATEWAYS
        if each.path and not each.fault() and (trouble := _trouble_of_loading(each.path))
    ]


def _trouble_of_loading(path: str) -> str:
    try:
        import_string(path)
    except Exception as problem:  # noqa: BLE001 -- a module of the provider's own may raise anything
        return type(problem).__name__
    return ""


def _error(fault: Fault) -> CheckMessage:
    return Error(fault.says, hint=fault.hint, id=fault.rule)
