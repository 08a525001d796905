"""The fault switches: which fault of a method, how often, for how long."""

import secrets

from django.db.models import F, QuerySet

from demo.ministry.models import Fault

METHODS = ("upload", "download", "acknowledge", "previous", "status", "password", "phones")
ALL = "all"

# kind → the methods it applies to; comments say what its value means
EVERY = METHODS
KINDS: dict[str, tuple[str, ...]] = {
    "down": EVERY,  # the connection is dropped without an answer
    "slow": EVERY,  # value: seconds
    "http": EVERY,  # value: the status, 500 when empty
    "garbage": EVERY,  # a proxy's page instead of an answer
    "maintenance": ("upload", "download"),  # 901, 902
    "code": EVERY,  # value: the return code of every answer
    "sequence": ("upload",),  # 14; value: the number it claims to miss
    "lost": ("upload", "acknowledge"),  # done, but the connection is dropped before the answer
    "hash": ("download", "previous"),  # a wrong hash
    "cut": ("download",),  # half of the zip, with the right hash for it
    "bare": ("download",),  # 3 ("go on calling") without a file
    "again": ("acknowledge",),  # a file is sent again after its acknowledgement
    "extra": EVERY,  # elements that no document names, in the answer
    "extra_in_file": ("download",),  # the same in every file that is written from now on
    "unknown_code": ("download",),  # a processing code that no table has, likewise
    "several": ("download",),  # several Jgxx in one result, likewise
    "padded": ("password",),  # white space around VerifyRes
}
ON_WRITING = ("extra_in_file", "unknown_code", "several")
DEFAULTS = {"slow": "30", "http": "500", "code": "999", "sequence": "0"}


class NoSuchSwitch(ValueError):
    """No such method, or the fault does not apply to it."""


def switch(
    method: str, kind: str, *, on: bool = True, value: str = "", times: int | None = None, percent: int = 100
) -> list[Fault]:
    """Switches a fault on or off for a method, or for `all` it applies to; returns every switch that is on."""
    if kind not in KINDS:
        raise NoSuchSwitch(f"there is no fault {kind}: choose one of {', '.join(sorted(KINDS))}")
    methods = KINDS[kind] if method == ALL else (method,)
    if not set(methods) <= set(KINDS[kind]):
        raise NoSuchSwitch(f"no fault {kind} for {method}")
    whole = value.replace(".", "", 1) if kind == "slow" else value  # may have a decimal point
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
    """Switches all faults off."""
    Fault.objects.all().delete()


def switched_on() -> list[Fault]:
    """Every switch that is on."""
    return list(Fault.objects.all())


def on_calls(method: str) -> dict[str, str]:
    """The faults that affect this call, each with its value."""
    return _striking(Fault.objects.filter(method=method).exclude(kind__in=ON_WRITING))


def on_writing() -> dict[str, str]:
    """The faults that affect a file while it is written."""
    return _striking(Fault.objects.filter(method="download", kind__in=ON_WRITING))


def _striking(rows: QuerySet[Fault]) -> dict[str, str]:
    """Uses up one strike of each fault that has a limit."""
    found = {}
    for row in rows.exclude(left=0):
        if row.percent < 100 and secrets.randbelow(100) >= row.percent:
            continue
        if row.left is None or Fault.objects.filter(pk=row.pk, left__gt=0).update(left=F("left") - 1):
            found[row.kind] = row.value
    return found
