"""A deadline as a calendar file (.ics, RFC 5545): no names or numbers in it, alarms before it, a stable identity."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

ALARMS = (timedelta(hours=24), timedelta(hours=3), timedelta(minutes=30))
LENGTH = timedelta(minutes=15)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    for plain, safe in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, safe)
    return text


def _folded(line: str) -> str:
    """RFC 5545 §3.1: no line over 75 octets, never cut inside a character."""
    pieces: list[str] = []
    piece = ""
    for char in line:
        if len((piece + char).encode()) > (75 if not pieces else 74):
            pieces.append(piece)
            piece = ""
        piece += char
    return "\r\n ".join([*pieces, piece])


def _alarm(before: timedelta, words: str) -> list[str]:
    trigger = f"-PT{int(before.total_seconds() // 60)}M"
    return ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{words}", f"TRIGGER:{trigger}", "END:VALARM"]


def deadline_ics(order: Any, *, now: datetime | None = None) -> str:
    """The calendar file of the order's deadline, in the owner's language; a moved deadline has a higher SEQUENCE."""
    with translation.override(order.owner.language):
        words = _escaped(_("Confirm the phones: order %(ref)s") % {"ref": order.reference})
        where = _escaped(settings.PUBLIC_BASE_URL + order.get_absolute_url())
    host = urlsplit(settings.PUBLIC_BASE_URL).hostname
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//ICP filing portal//deadline//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{order.reference}-{order.report}@{host}",
        f"SEQUENCE:{order.version}",
        f"DTSTAMP:{_stamp(now or timezone.now())}",
        f"DTSTART:{_stamp(order.due_at - LENGTH)}",
        f"DTEND:{_stamp(order.due_at)}",
        f"SUMMARY:{words}",
        f"URL:{where}",
        *[line for before in ALARMS for line in _alarm(before, words)],
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "\r\n".join(_folded(line) for line in lines) + "\r\n"
