"""What is owed, what is late, and what a person has been told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils import timezone

from icpportal.accounts.models import User
from icpportal.alarms import leases
from icpportal.outbox.models import OWED, SITE, Message, State

UNREAD = "unread_notes"  # of an account that a request came from
LATE = timedelta(minutes=5)
SKEW = timedelta(minutes=10)  # between the clocks of two hosts, at most
APART = timedelta(hours=1)  # between the messages of one event, at most
STUBBORN = 5  # attempts without success
SHOWN = 200

FAILED_WORDS = "could not be sent"
UNKNOWN_WORDS = "unknown whether it was sent"
LATE_WORDS = "overdue: is a worker running?"
STUBBORN_WORDS = "tried again and again"


@dataclass(frozen=True)
class MessageProblem:
    """One message that operations should look at, and why. Nothing personal."""

    key: str
    reference: str
    channel: str
    reason: str


def lease() -> timedelta:
    """How long a worker has a message that it sends."""
    return timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


def due(now: datetime | None = None, *, codes: bool | None = None) -> QuerySet[Message]:
    """What may be sent now, and what a killed worker left behind; longest due first. `codes` alone, or all but them.

    Whether it was killed is told by the database's clock: another host's may be minutes off.
    """
    moment = now or timezone.now()
    left_behind = Q(state=State.SENDING) & leases.is_over("leased_until", lease(), now=now)
    waits = Q(state=State.WAITING, next_at__lte=moment)
    found = Message.objects.filter(waits | left_behind, next_at__lte=moment + SKEW).order_by("next_at")
    return found if codes is None else found.filter(is_secret=codes)


def failed() -> QuerySet[Message]:
    """What failed for good and nobody has given up yet."""
    return Message.objects.filter(failed_at__isnull=False, given_up_at=None).order_by("failed_at")


def alarm_of(channel: str) -> str:
    """The cause under which operations hear of messages of which nobody knows whether they were sent."""
    return f"{channel}.unknown"


def overdue(now: datetime) -> QuerySet[Message]:
    """What should have left a while ago."""
    return Message.objects.filter(next_at__lt=now - LATE, state__in=OWED).order_by("next_at")


def repeatedly_failed() -> QuerySet[Message]:
    """What was tried again and again."""
    return Message.objects.filter(next_at__isnull=False, attempts__gte=STUBBORN).order_by("next_at")


def trouble(now: datetime | None = None) -> list[MessageProblem]:
    """What operations should look at, the oldest of each kind first; reads only what is owed or failed."""
    kinds = [
        (FAILED_WORDS, failed()),
        (LATE_WORDS, overdue(now or timezone.now())),
        (STUBBORN_WORDS, repeatedly_failed()),
    ]
    found: dict[str, MessageProblem] = {}
    for reason, rows in kinds:
        for key, reference, channel, state in rows.values_list("key", "reference", "channel", "state")[:SHOWN]:
            why = UNKNOWN_WORDS if state == State.UNKNOWN else reason
            found.setdefault(key, MessageProblem(key=key, reference=reference, channel=channel, reason=why))
    return list(found.values())


def oldest_waiting(now: datetime) -> datetime | None:
    """Since when the message that is longest overdue should have been sent; `None` when nothing is due."""
    return due(now).values_list("next_at", flat=True).first()


def waiting(*, now: datetime | None = None) -> dict[str, int]:
    """How many messages are due, by channel."""
    rows = due(now).order_by("channel").values_list("channel").annotate(number=Count("pk"))
    return dict(rows)


def notes(user: User, *, now: datetime | None = None) -> QuerySet[Message]:
    """What the reader finds on the site, newest first; a note that is for later is not there yet."""
    mine = Message.objects.filter(user=user, channel=SITE)
    return mine.exclude(state=State.FAILED).exclude(state=State.WAITING, next_at__gt=now or timezone.now())


def notes_before(user: User, pk: UUID) -> QuerySet[Message]:
    """The reader's notes that are older than the one given; all of them when that one is not theirs."""
    mark = notes(user).filter(pk=pk).values_list("created_at", flat=True).first()
    if mark is None:
        return notes(user)
    return notes(user).filter(Q(created_at__lt=mark) | Q(created_at=mark, pk__lt=pk))


def unread(user: User) -> int:
    """How many notes the reader has not opened; what was read with the account of the request costs no query."""
    told: int | None = getattr(user, UNREAD, None)
    return notes(user).filter(read_at=None).count() if told is None else told


def unread_along(now: datetime) -> Combinable:
    """That number, to be read with the account of a request."""
    mine = Message.objects.filter(user=OuterRef("pk"), channel=SITE, read_at=None).exclude(state=State.FAILED)
    there = mine.exclude(state=State.WAITING, next_at__gt=now).order_by().values("user")
    return Coalesce(Subquery(there.annotate(number=Count("*")).values("number")), 0)


def deliveries_of_event(user: User, notes: Iterable[Message], channels: Iterable[str]) -> dict[str, list[Message]]:
    """What told this reader of the same events as these notes by these channels, by event; one query."""
    told = {note.event: note.created_at for note in notes}
    found: dict[str, list[Message]] = {event: [] for event in told}
    moments = told.values() or [timezone.now()]
    # all that tell of an event are written together: by their time an index finds them side by side
    about_then = min(moments) - APART, max(moments) + APART
    mine = Message.objects.filter(user=user, channel__in=list(channels), created_at__range=about_then)
    rows = mine.filter(event__in=told).defer("payload")
    for message in rows.order_by("channel", "created_at"):
        found[message.event].append(message)
    return found


def about(reference: str) -> QuerySet[Message]:
    """Every message about one order, oldest first, without what it says."""
    return Message.objects.filter(reference=reference).exclude(reference="").defer("payload").order_by("created_at")


def templates_of(keys: Iterable[str]) -> dict[str, str]:
    """Which message of the catalogue each key was; one query."""
    return dict(Message.objects.filter(key__in=list(keys)).values_list("key", "template"))
