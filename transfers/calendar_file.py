"""A deadline as a calendar file (.ics, RFC 5545): no names or numbers in it, alarms before it, a stable identity."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from transfers import states

ALARMS = (timedelta(hours=24), timedelta(hours=3), timedelta(minutes=30))
# what the deadline of a state ends
WORDS: dict[str, Promise] = {
    states.PHONE_DUE: _("Confirm the phones: order %(ref)s"),
    states.DRAFT: _("Send the draft: order %(ref)s"),
    states.RETURNED: _("Mend and send again: order %(ref)s"),
    states.PHOTO_DUE: _("Send the photo: order %(ref)s"),
    states.LAPSED: _("Send again: order %(ref)s"),
    states.AUTHORITY_RETURNED: _("Mend and send again: order %(ref)s"),
    states.COOLING_OFF: _("The cancellation goes out: order %(ref)s"),
}
OTHERWISE = _("Deadline: order %(ref)s")
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


def _identity(order: Any) -> str:
    """Stable as long as it is the same deadline: of the phones, one a report; of anything else, one a state."""
    return f"{order.reference}-{order.report if order.state == states.PHONE_DUE else order.state}"


def _alarm(before: timedelta, words: str) -> list[str]:
    trigger = f"-PT{int(before.total_seconds() // 60)}M"
    return ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{words}", f"TRIGGER:{trigger}", "END:VALARM"]


def deadline_ics(order: Any, *, now: datetime | None = None) -> str:
    """The calendar file of the order's deadline, in the owner's language; a moved deadline has a higher SEQUENCE."""
    with translation.override(order.owner.language):
        words = _escaped(str(WORDS.get(order.state, OTHERWISE)) % {"ref": order.reference})
        where = _escaped(settings.PUBLIC_BASE_URL + order.get_absolute_url())
    host = urlsplit(settings.PUBLIC_BASE_URL).hostname
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//ICP filing portal//deadline//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{_identity(order)}@{host}",
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
