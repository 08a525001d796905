"""Personal values as they may be shown in lists, logs and messages (GB/T 35273-2020, 7.2)."""

from collections.abc import Callable

from django.utils.translation import gettext

from icpportal.privacy.crypto import Unreadable

CLOSED = "closed.invalid"  # the host of the address that an erased account has


def readable(shown: Callable[[], str]) -> str:
    """What a list shows of a sealed value, and in its place that it cannot be read: the other rows can."""
    try:
        return shown()
    except Unreadable:
        return gettext("cannot be read")


def mask_name(name: str) -> str:
    """`陈*例`: the first and last character, the middle as one star; two characters keep the first."""
    if len(name) <= 1:
        return "*" if name else ""
    return f"{name[0]}*" if len(name) == 2 else f"{name[0]}*{name[-1]}"


def mask_mobile(mobile: str) -> str:
    """`139****0002`."""
    return f"{mobile[:3]}****{mobile[-4:]}" if len(mobile) >= 8 else "*" * len(mobile)


def mask_number(number: str) -> str:
    """`9164***019L`: first and last four of a long number, first and last one of a short one."""
    if len(number) < 3:
        return "*" * len(number)
    return f"{number[:4]}***{number[-4:]}" if len(number) > 12 else f"{number[0]}***{number[-1]}"


def mask_email(email: str) -> str:
    """`w***@example.com`; of an account that was erased, that it is closed."""
    local, at, host = email.partition("@")
    if host == CLOSED:
        return gettext("a closed account")
    return f"{local[:1]}***{at}{host}" if at else mask_name(email)


def mask_address(address: str) -> str:
    """`宁夏回***`: the first three characters, the province."""
    return f"{address[:3]}***" if address else ""
