"""Values typed on the command line; a wrong one is refused with an example of a right one."""

from argparse import ArgumentTypeError
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from icpportal.time_format import BEIJING

HIGHEST_PORT = 65535
MINUTES_MOST = timedelta(days=1) / timedelta(minutes=1)


def typed_count(text: str) -> int:
    """A number of things, from 1 on."""
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError(f"{text}: write a whole number from 1 on, such as 100")
    return int(text)


def typed_port(text: str) -> int:
    """A port to listen on."""
    if not text.isdecimal() or not 0 < int(text) <= HIGHEST_PORT:
        raise ArgumentTypeError(f"{text}: write a port from 1 to {HIGHEST_PORT}, such as 8000")
    return int(text)


def typed_minutes(text: str) -> float:
    """A number of minutes, at most those of a day."""
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found <= MINUTES_MOST:
        raise ArgumentTypeError(f"{text}: write a number of minutes, such as 5")
    return found


def typed_day(text: str) -> date:
    """A day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text}: write it like 2026-11-24") from None


def typed_moment(text: str) -> datetime:
    """A moment; without an offset it is Beijing time."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise ArgumentTypeError(f"{text}: write it like 2026-11-24T16:20 (Beijing time) or 2026-11-24T16:20+08:00")
    return found if timezone.is_aware(found) else found.replace(tzinfo=BEIJING)
