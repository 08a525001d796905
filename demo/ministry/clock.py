"""The authority's clock, which can be put forward, and how the authority behaves."""

from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from demo.ministry.models import Behaviour
from icpportal.fields.types import Json

ONLY = 1
SETTABLE = tuple(
    field.name for field in Behaviour._meta.concrete_fields if not field.primary_key and field.name != "clock_ahead"
)


def conduct() -> Behaviour:
    """How the authority behaves now."""
    return Behaviour.objects.filter(pk=ONLY).first() or Behaviour.objects.get_or_create(pk=ONLY)[0]


def set_conduct(**changes: Json) -> Behaviour:
    """Changes its behaviour; `SETTABLE` names what can be changed."""
    row = conduct()
    for name, value in changes.items():
        setattr(row, name, value)
    row.full_clean()
    row.save(update_fields=list(changes))
    return row


def now() -> datetime:
    """The authority's time."""
    return timezone.now() + timedelta(seconds=conduct().clock_ahead)


def advance_clock(seconds: int) -> datetime:
    """Puts the clock forward (never back) and returns its time; `auto_progress.settle` then does what is due."""
    if seconds < 0:
        raise ValueError("a clock runs forward")
    conduct()
    Behaviour.objects.filter(pk=ONLY).update(clock_ahead=F("clock_ahead") + seconds)
    return now()
