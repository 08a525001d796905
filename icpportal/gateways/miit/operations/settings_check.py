"""Errors in the settings of the ministry's interface, in sentences without secrets."""

import ipaddress
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from icpportal.gateways.inventory import places
from icpportal.gateways.miit.client.account import account
from icpportal.gateways.miit.codes import code_names, table_numbers, tables
from icpportal.gateways.miit.documents import schema, versions

MD5_HEX = re.compile(r"[0-9a-fA-F]{32}")
KEPT_AT_LEAST = timedelta(days=90)  # "at least three months", says the interface
ADDRESSES = ("MIIT_FILES_URL", "MIIT_STATUS_URL", "MIIT_PASSWORD_URL")
DESCRIPTIONS = ("MIIT_FILES_WSDL", "MIIT_STATUS_WSDL", "MIIT_PASSWORD_WSDL")
SECRETS = ("MIIT_USER", "MIIT_PASSWORD")


class Rule(NamedTuple):
    """A condition that must not hold, and what to do about it."""

    broken: Callable[[], bool]
    words: str


def _is_no_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return True
    return False


RULES = (
    Rule(
        lambda: bool(settings.MIIT_SOURCE_ADDRESS) and _is_no_address(settings.MIIT_SOURCE_ADDRESS),
        "MIIT_SOURCE_ADDRESS is not an IP address of this machine",
    ),
    Rule(
        lambda: bool(settings.MIIT_PHONES_URL) and not _is_web(settings.MIIT_PHONES_URL),
        "MIIT_PHONES_URL is not an http or https address",
    ),
    Rule(
        lambda: not MD5_HEX.fullmatch(settings.MIIT_ICPMM_WITHOUT_PASSWORD),
        "MIIT_ICPMM_WITHOUT_PASSWORD is not an MD5 in hexadecimal",
    ),
    Rule(
        lambda: len(settings.MIIT_POLL_SECONDS) != 3 or not min(settings.MIIT_POLL_SECONDS) > 0,
        "MIIT_POLL_SECONDS is not three numbers of seconds, such as 10,300,600",
    ),
    Rule(lambda: settings.MIIT_CANCELLATION_REASON not in range(1, 1000), "MIIT_CANCELLATION_REASON is not 1 to 999"),
    Rule(lambda: settings.MIIT_FILES_KEPT < KEPT_AT_LEAST, "MIIT_FILES_KEPT is less than three months"),
)


def faults() -> list[str]:
    """Everything to correct in the settings."""
    found = [f"{name} is missing" for name in SECRETS if not getattr(settings, name)]
    found += [f"{name} is not an http or https address" for name in ADDRESSES if not _is_web(getattr(settings, name))]
    found += [
        f"{name} is neither an address nor a file here" for name in DESCRIPTIONS if _is_nowhere(getattr(settings, name))
    ]
    found += places.faults(settings.SERVER_PROVINCE, settings.SERVER_PLACES)
    found += code_names.faults(settings.MIIT_CODES) + code_names.method_faults(settings.PROVIDER_PRODUCTS)
    return found + _account() + [rule.words for rule in RULES if rule.broken()]


def open_questions(*, asks_password: bool) -> list[str]:
    """What no document tells and the authority must answer; a set setting counts as its answer."""
    found = table_numbers.doubts()
    if not asks_password and "MIIT_ICPMM_WITHOUT_PASSWORD" not in settings.SET_BY_OPERATOR:
        found.append(
            f"profile {settings.RULE_PROFILE} asks for no filing password, and a report carries the MD5 of nothing in "
            "its place: ask the administration what it wants there, then set MIIT_ICPMM_WITHOUT_PASSWORD"
        )
    if "MIIT_CANCELLATION_REASON" not in settings.SET_BY_OPERATOR:
        name = tables.name(tables.REASONS, settings.MIIT_CANCELLATION_REASON)
        theirs = f"“{name}” in the ministry's tables" if name else "a guess until its tables come (JCDM)"
        reason = f"{settings.MIIT_CANCELLATION_REASON} (Zxly), the reason for the end of an access, is {theirs}"
        found.append(f"{reason}: set MIIT_CANCELLATION_REASON")
    return found


def _account() -> list[str]:
    try:
        account()
        versions.version()
    except ImproperlyConfigured as problem:
        return [str(problem)]
    return []


def _is_web(address: str) -> bool:
    return address.startswith(("http://", "https://"))


def _is_nowhere(description: str) -> bool:
    """Whether a WSDL of its own cannot be read; one that belongs to an address is asked for later."""
    return not description.endswith("?wsdl") and not _is_web(description) and not Path(description).is_file()


def schema_fault() -> str | None:
    """None without schemas, "" when those of MIIT_XSD_DIR are valid, else their fault."""
    if not settings.MIIT_XSD_DIR:
        return None
    try:
        schema.check()
    except ImproperlyConfigured as problem:
        return str(problem)
    return ""
