"""Fault switches: what fails with a method, how often, for how long."""

import secrets

from django.db.models import F, QuerySet

from demo.ministry.models import Fault

METHODS = ("upload", "download", "acknowledge", "previous", "status", "password", "phones")
ALL = "all"

# kind → the methods it makes sense for, and what its value means
EVERY = METHODS
KINDS: dict[str, tuple[str, ...]] = {
    "down": EVERY,  # the connection is dropped without an answer
    "slow": EVERY,  # value: seconds
    "http": EVERY,  # value: the status, 500 when empty
    "garbage": EVERY,  # a page of a proxy instead of an answer
    "maintenance": ("upload", "download"),  # 901, 902
    "code": EVERY,  # value: the return code it answers with, whatever it was asked
    "sequence": ("upload",),  # 14; value: the number it claims to miss
    "lost": ("upload", "acknowledge"),  # done, and the connection dropped before the answer
    "hash": ("download", "previous"),  # a wrong hash
    "cut": ("download",),  # half of the zip, with the right hash for it
    "bare": ("download",),  # 3 ("go on calling") without a file
    "again": ("acknowledge",),  # a file comes once more after its acknowledgement
    "extra": EVERY,  # elements that no document names, in the answer
    "extra_in_file": ("download",),  # the same in every file that is written from now on
    "unknown_code": ("download",),  # a processing code that no table has, likewise
    "several": ("download",),  # several Jgxx in one result, likewise
    "padded": ("password",),  # white space around VerifyRes
}
ON_WRITING = ("extra_in_file", "unknown_code", "several")
DEFAULTS = {"slow": "30", "http": "500", "code": "999", "sequence": "0"}


class NoSuchSwitch(ValueError):
    """There is no such method, or this cannot go wrong with it."""


def switch(
    method: str, kind: str, *, on: bool = True, value: str = "", times: int | None = None, percent: int = 100
) -> list[Fault]:
    """Switches a fault on for a method or for `all` it makes sense for, or off; returns every switch that is on."""
    if kind not in KINDS:
        raise NoSuchSwitch(f"no such fault: {kind}")
    methods = KINDS[kind] if method == ALL else (method,)
    if not set(methods) <= set(KINDS[kind]):
        raise NoSuchSwitch(f"no fault {kind} for {method}")
    whole = value.replace(".", "", 1) if kind == "slow" else value  # it may be a part of a second
    if value and not whole.isdecimal():
        raise NoSuchSwitch("the value of a fault is a number")
    for name in methods:
        if on:
            wanted = {"value": value or DEFAULTS.get(kind, ""), "left": times, "percent": percent}
            Fault.objects.update_or_create(method=name, kind=kind, defaults=wanted)
        else:
            Fault.objects.filter(method=name, kind=kind).delete()
    return switched_on()


def lift() -> None:
    """Everything works again."""
    Fault.objects.all().delete()


def switched_on() -> list[Fault]:
    """Every switch that is on."""
    return list(Fault.objects.all())


def on_calls(method: str) -> dict[str, str]:
    """The faults that strike this one call, each with its value."""
    return _striking(Fault.objects.filter(method=method).exclude(kind__in=ON_WRITING))


def on_writing() -> dict[str, str]:
    """The faults that strike a file while it is written."""
    return _striking(Fault.objects.filter(method="download", kind__in=ON_WRITING))


def _striking(rows: QuerySet[Fault]) -> dict[str, str]:
    """One that is counted strikes once less from now on."""
    found = {}
    for row in rows.exclude(left=0):
        if row.percent < 100 and secrets.randbelow(100) >= row.percent:
            continue
        if row.left is None or Fault.objects.filter(pk=row.pk, left__gt=0).update(left=F("left") - 1):
            found[row.kind] = row.value
    return found
