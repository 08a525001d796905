"""Masks of personal values for lists, logs and messages (GB/T 35273-2020, 7.2)."""

from collections.abc import Callable

from django.utils.translation import gettext

from icpportal.privacy.crypto import Unreadable

CLOSED = "closed.invalid"  # host of the address of erased accounts


def readable(shown: Callable[[], str]) -> str:
    """A sealed value for a list, or a note that it cannot be read: other rows still can."""
    try:
        return shown()
    except Unreadable:
        return gettext("cannot be read")


def mask_name(name: str) -> str:
    """`陈*例`: the first and last character; of two characters the first."""
    if len(name) <= 1:
        return "*" if name else ""
    return f"{name[0]}*" if len(name) == 2 else f"{name[0]}*{name[-1]}"


def mask_account(shown: str) -> str:
    """An account as pages show it, its name masked; one without a name is shown by its address, masked already."""
    return shown if "@" in shown else mask_name(shown)


def mask_mobile(mobile: str) -> str:
    """`139****0002`."""
    return f"{mobile[:3]}****{mobile[-4:]}" if len(mobile) >= 8 else "*" * len(mobile)


def mask_number(number: str) -> str:
    """`9164***019L`: first and last four characters of a long number, first and last of a short one."""
    if len(number) < 3:
        return "*" * len(number)
    return f"{number[:4]}***{number[-4:]}" if len(number) > 12 else f"{number[0]}***{number[-1]}"


def mask_email(email: str) -> str:
    """`w***@example.com`; for an erased account, that it is closed."""
    local, at, host = email.partition("@")
    if host == CLOSED:
        return gettext("a closed account")
    return f"{local[:1]}***{at}{host}" if at else mask_name(email)


def mask_address(address: str) -> str:
    """`宁夏回***`: the first three characters, the province."""
    return f"{address[:3]}***" if address else ""
