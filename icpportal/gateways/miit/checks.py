"""Refuses a simulated authority in production, and settings with which nothing reaches the real one."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from icpportal.gateways.addresses import is_this_machine

ADDRESSES = ("MIIT_FILES_URL", "MIIT_STATUS_URL", "MIIT_PASSWORD_URL", "MIIT_PHONES_URL")


def is_simulated(address: str) -> bool:
    """Whether the address is this machine's or the simulator's."""
    host = urlsplit(address).hostname or ""
    simulator = urlsplit(settings.SIMULATOR_URL)
    if address and urlsplit(address).netloc == simulator.netloc:
        return True
    return is_this_machine(host)


@register
def no_simulator_in_production(
    app_configs: Sequence[AppConfig] | None, **kwargs: Sequence[str] | None
) -> list[CheckMessage]:  # noqa: ARG001
    """Reports an error outside the demo when simulators are on, or the ministry's address is the simulator's."""
    if settings.DEMO:
        return []
    found: list[CheckMessage] = []
    if settings.SIMULATORS:
        found.append(Error("SIMULATORS is on in production.", hint="Set SIMULATORS=off.", id="miit.E001"))
    return found + [
        Error(
            f"{name} is this machine, or the simulator.",
            hint="The address that the administration gave you.",
            id="miit.E002",
        )
        for name in ADDRESSES
        if is_simulated(getattr(settings, name))
    ]


@register("portal", deploy=True)
def line_can_work(app_configs: Sequence[AppConfig] | None, **kwargs: Sequence[str] | None) -> list[CheckMessage]:  # noqa: ARG001
    """Names what `miit status` would, before a worker fails with it; backups and pages go on with such a line."""
    from icpportal.gateways.miit.operations import settings_check  # noqa: PLC0415 -- other processes need none of it

    if settings.DEMO:
        return []
    found = settings_check.faults() + list(filter(None, [settings_check.schema_fault()]))
    hint = "docs/ministry.md, “Settings”."
    return [
        Error(f"{words.rstrip('.')}: the ministry's interface cannot work.", hint=hint, id="miit.E003")
        for words in found
    ]
