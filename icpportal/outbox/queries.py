"""Reads of the outbox: what is due, what is late, and what a person was told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils import timezone

from icpportal.accounts.models import User
from icpportal.alarms import leases
from icpportal.outbox.models import OWED, SITE, Message, State
from icpportal.privacy.crypto import Unreadable

UNREAD = "unread_notes"  # attribute of a request's account
LATE = timedelta(minutes=5)
SKEW = timedelta(minutes=10)  # largest difference between the clocks of two hosts
APART = timedelta(hours=1)  # longest time between messages of one event
STUBBORN = 5  # attempts without success
REFUSED_WITHIN, REFUSED_LEAST = timedelta(hours=1), 5  # messages of one channel: fewer allow no conclusion
ADDRESSES_LEAST = 2  # of those messages: one address alone may be a full mailbox, or a phone that is off
PUT_OFF_FOR = timedelta(hours=1)  # after an attempt, once there were so many
TRIED_FOR = timedelta(days=3)  # a message that leaves now is hardly older
OUTSIDE = ("email", "sms")  # channels whose supplier may put off every message; the others have alarms of their own
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
    """How long a worker has a message it is sending."""
    return timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


def due(now: datetime | None = None, *, codes: bool | None = None) -> QuerySet[Message]:
    """Messages to send now, including those of a killed worker; longest due first.

    Only `codes`, or all but them. Whether a worker was killed is decided by the database's clock: other hosts' clocks
    may differ by minutes.
    """
    moment = now or timezone.now()
    return due_between(moment, moment + SKEW, codes=codes, now=now)


def due_between(
    moment: datetime, latest: datetime, *, codes: bool | None, now: datetime | None = None
) -> QuerySet[Message]:
    """The same for a query that is compiled for any moment; `latest` is `SKEW` later."""
    left_behind = Q(state=State.SENDING) & leases.is_over("leased_until", lease(), now=now)
    waits = Q(state=State.WAITING, next_at__lte=moment)
    found = Message.objects.filter(waits | left_behind, next_at__lte=latest).order_by("next_at")
    return found if codes is None else found.filter(is_secret=codes)


def failed_messages() -> QuerySet[Message]:
    """Finally failed messages that nobody has given up yet."""
    return Message.objects.filter(failed_at__isnull=False, given_up_at=None).order_by("failed_at")


def alarm_of(channel: str) -> str:
    """The cause of the alarm about messages of unknown fate."""
    return f"{channel}.unknown"


def overdue(now: datetime) -> QuerySet[Message]:
    """Messages that should have been sent a while ago."""
    return Message.objects.filter(next_at__lt=now - LATE, state__in=OWED).order_by("next_at")


def repeatedly_failed() -> QuerySet[Message]:
    """Messages retried again and again."""
    return Message.objects.filter(next_at__isnull=False, attempts__gte=STUBBORN).order_by("next_at")


def trouble(now: datetime | None = None) -> list[MessageProblem]:
    """What operations should look at, the oldest of each kind first; reads only what is due or failed."""
    kinds = [
        (FAILED_WORDS, failed_messages()),
        (LATE_WORDS, overdue(now or timezone.now())),
        (STUBBORN_WORDS, repeatedly_failed()),
    ]
    found: dict[str, MessageProblem] = {}
    for reason, rows in kinds:
        for key, reference, channel, state in rows.values_list("key", "reference", "channel", "state")[:SHOWN]:
            why = UNKNOWN_WORDS if state == State.UNKNOWN else reason
            found.setdefault(key, MessageProblem(key=key, reference=reference, channel=channel, reason=why))
    return list(found.values())


def refused_channels(now: datetime) -> list[str]:
    """Channels on which a supplier takes no message: several have failed or are put off, and none has left since."""
    return sorted({*_failed_channels(now), *put_off_channels()})


def put_off_channels() -> list[str]:
    """Those of which several messages have been tried again and again, as by a mail server over its quota."""
    return [channel for channel in OUTSIDE if _is_put_off(channel)]


def put_off(channel: str) -> QuerySet[Message]:
    """The channel's messages that wait after several attempts; next due first."""
    return repeatedly_failed().filter(channel=channel, state=State.WAITING)


def _is_put_off(channel: str) -> bool:
    enough = _enough_to_conclude(put_off(channel).order_by("-created_at", "pk"))
    if enough is None:
        return False
    since = enough.created_at
    recent = Message.objects.filter(created_at__gte=since - TRIED_FOR, channel=channel)  # by an index
    return not recent.filter(delivered_at__gte=since).exists()


def _enough_to_conclude(messages: QuerySet[Message]) -> Message | None:
    """The message with which there are enough of them to enough addresses; `None` when there are not."""
    newest = list(messages[:REFUSED_LEAST])  # mostly these tell: a payload may hold whole files
    if len(newest) < REFUSED_LEAST:
        return None
    addresses = set(map(_address_or_key, newest[:-1]))
    for message in chain(newest[-1:], messages[REFUSED_LEAST:SHOWN]):
        addresses.add(_address_or_key(message))
        if len(addresses) >= ADDRESSES_LEAST:
            return message
    return None


def _address_or_key(message: Message) -> str:
    """The address of a code is erased with it, and a row may be unreadable: those count as addresses of their own."""
    try:
        return str(message.payload.get("to") or message.key)
    except Unreadable:  # set aside by whoever delivers it; here it must not hide the others
        return message.key


def _failed_channels(now: datetime) -> list[str]:
    since = now - REFUSED_WITHIN
    failed = failed_messages().filter(failed_at__gt=since, state=State.FAILED, delivered_at=None).order_by()
    several = failed.values("channel").annotate(first=Min("failed_at"), n=Count("pk")).filter(n__gte=REFUSED_LEAST)
    left = Message.objects.filter(created_at__gt=since)  # by an index; an older one that leaves now changes little
    return [
        channel
        for channel, first in several.values_list("channel", "first")
        if not left.filter(channel=channel, delivered_at__gte=first).exists()
        and _enough_to_conclude(failed.filter(channel=channel).order_by("failed_at", "pk"))
    ]


def oldest_waiting(now: datetime) -> datetime | None:
    """Since when the longest-overdue message has been due; `None` when nothing is."""
    return due(now).values_list("next_at", flat=True).first()


def waiting(*, now: datetime | None = None) -> dict[str, int]:
    """How many messages are due, by channel."""
    rows = due(now).order_by("channel").values_list("channel").annotate(number=Count("pk"))
    return dict(rows)


def notes(user: User, *, now: datetime | None = None) -> QuerySet[Message]:
    """The reader's notes on the site, newest first, without future ones."""
    mine = Message.objects.filter(user=user, channel=SITE)
    return mine.exclude(state=State.FAILED).exclude(state=State.WAITING, next_at__gt=now or timezone.now())


def notes_before(user: User, pk: UUID) -> QuerySet[Message]:
    """The reader's notes older than the given one; all of them when that is not theirs."""
    mark = notes(user).filter(pk=pk).values_list("created_at", flat=True).first()
    if mark is None:
        return notes(user)
    return notes(user).filter(Q(created_at__lt=mark) | Q(created_at=mark, pk__lt=pk))


def unread(user: User) -> int:
    """The number of unread notes; no query if it was read with the request's account."""
    counted: int | None = getattr(user, UNREAD, None)
    return notes(user).filter(read_at=None).count() if counted is None else counted


def unread_along(now: datetime) -> Combinable:
    """The same number as a column of the account's query."""
    mine = Message.objects.filter(user=OuterRef("pk"), channel=SITE, read_at=None).exclude(state=State.FAILED)
    there = mine.exclude(state=State.WAITING, next_at__gt=now).order_by().values("user")
    return Coalesce(Subquery(there.annotate(number=Count("*")).values("number")), 0)


def deliveries_of_event(user: User, notes: Iterable[Message], channels: Iterable[str]) -> dict[str, list[Message]]:
    """What told this reader of the same events by these channels, by event; one query."""
    event_times = {note.event: note.created_at for note in notes}
    found: dict[str, list[Message]] = {event: [] for event in event_times}
    moments = event_times.values() or [timezone.now()]
    # messages of an event are written together: the index on time finds them side by side
    about_then = min(moments) - APART, max(moments) + APART
    mine = Message.objects.filter(user=user, channel__in=list(channels), created_at__range=about_then)
    rows = mine.filter(event__in=event_times).defer("payload")
    for message in rows.order_by("channel", "created_at"):
        found[message.event].append(message)
    return found


def about(reference: str) -> QuerySet[Message]:
    """Every message about one order, oldest first, without texts."""
    return Message.objects.filter(reference=reference).exclude(reference="").defer("payload").order_by("created_at")


def templates_of(keys: Iterable[str]) -> dict[str, str]:
    """The message of the catalogue for each key, in one query."""
    return dict(Message.objects.filter(key__in=list(keys)).values_list("key", "template"))
