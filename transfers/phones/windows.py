"""Asks the register about open phone windows (短信核验): many at once, those asked longest ago first.

A round is short whatever the register does. What it told, and when, is recorded, so that a deadline is judged without
another question.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import Enum, auto
from time import monotonic
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from icpportal.alarms import rows
from icpportal.gateways.errors import NotYet, Refused, Retryable
from icpportal.gateways.miit.base import authority
from icpportal.gateways.miit.types import PhoneState
from icpportal.gateways.request_budget import within
from transfers.models import Order, PhoneCheck, PhoneWindow
from transfers.orders import queries
from transfers.orders.kinds import is_in
from transfers.orders.rows import Group
from transfers.phones.register import SILENCES, leave_alone, note_answer, one_round
from transfers.phones.stated_phones import is_news, take_told

logger = logging.getLogger(__name__)
JOB = "phones.asked"  # the job name under which orders are set aside
IN_ONE_QUESTION = 50
JUDGED = 2_000  # ended windows judged in one sweep
PATIENCE = 3.0  # seconds for one question
WATCHED = timedelta(minutes=5)  # a window is asked about in every round for so long after its owner looked at it
ENDS_SOON = timedelta(minutes=10)
LOOK_NOTED = timedelta(minutes=1)
NAME = "reference"
ASKED_BY = (NAME, "report", "state", "due_at")

Told = dict[str, list[PhoneState]]  # by report key
Window = TypeVar("Window")


class Word(Enum):
    """What is known about a window that has ended."""

    TOLD = auto()  # what is recorded was told after its end
    UNKNOWN = auto()  # the register gave no answer, or does not know this report
    NOT_TELLING = auto()  # this authority has no such register
    REFUSED = auto()
    NOT_YET = auto()  # could not be asked, for a reason of ours


TROUBLES = ((NotYet, Word.NOT_YET), (Retryable, Word.UNKNOWN), (Refused, Word.REFUSED))


# --- the job -----------------------------------------------------------------------------------


def ask(*, now: datetime | None = None) -> int:
    """Runs one round over the windows that are due; returns how many the register told about.

    Returns 0 while another round runs.
    """
    now, told = now or timezone.now(), 0
    with one_round(now) as register:
        if register is None:
            return 0
        try:
            # smaller batches after a silence: one report may be what makes the register fail
            for batch in _in_time(_whose_turn(now), IN_ONE_QUESTION >> 2 * min(register.silences, SILENCES) or 1):
                words = list(_ask(batch, now).values())
                told += words.count(Word.TOLD)
                if Word.NOT_TELLING in words:
                    break
        except NotYet as problem:
            logger.info("phones are asked in the next round", extra={"reason": str(problem)})
        except (Retryable, Refused) as trouble:
            leave_alone(register, trouble, now)
        else:
            note_answer(register)
    PhoneWindow.objects.exclude(order__in=Order.objects.filter(queries.phones_open())).delete()
    return told


def record_look(order: Order, *, now: datetime | None = None) -> None:
    """Records that the owner is on the order's page: its open window is then asked about in every round."""
    now = now or timezone.now()
    if not is_in(order, Group.PHONES_OPEN) or not settings.AUTHORITY_TELLS_PHONES:
        return
    if not PhoneWindow.objects.filter(order=order, looked_at__gt=now - LOOK_NOTED).exists():
        _note([order], looked_at=now)


def is_told(order: Order) -> bool:
    """Whether the authority tells who has verified a phone of this order, even if it has not yet."""
    if settings.AUTHORITY_TELLS_PHONES:
        return True
    return queries.phone_checks(order).exclude(mobile_masked="").exists()


def _whose_turn(now: datetime) -> list[Order]:
    """The windows of this round; at most half are those somebody waits for, so that no other is forgotten."""
    first = list(due_every_round(now)[: settings.PHONES_IN_A_ROUND // 2])
    others = due(now).exclude(pk__in=[order.pk for order in first])
    return first + list(others[: settings.PHONES_IN_A_ROUND - len(first)])


def due_every_round(now: datetime) -> QuerySet[Order]:
    """Open windows asked about in every round, longest ago first: watched, or about to end."""
    return _longest_ago(now).filter(_is_due_every_round(now))


def due(now: datetime) -> QuerySet[Order]:
    """Those, and windows last asked long enough ago, or in the future by a clock that was set back since."""
    pause = settings.PHONES_ASKED_EVERY
    never, long_ago = Q(phone_window__tried_at=None), Q(phone_window__tried_at__lte=now - pause)
    ahead = Q(phone_window__tried_at__gt=now + pause)
    return _longest_ago(now).filter(never | long_ago | ahead | _is_due_every_round(now))


def _is_due_every_round(now: datetime) -> Q:
    return Q(phone_window__looked_at__gt=now - WATCHED) | Q(due_at__lte=now + ENDS_SOON)


def _longest_ago(now: datetime) -> QuerySet[Order]:
    over = Q(due_at__lte=now, phone_window__told_at__gte=F("due_at"))
    open_ones = Order.objects.filter(queries.phones_open()).exclude(over).only(*ASKED_BY)
    return open_ones.order_by(F("phone_window__tried_at").asc(nulls_first=True), "due_at")


def _in_time(windows: Sequence[Window], at_once: int) -> Iterator[Sequence[Window]]:
    """Yields batches while the round's time lasts."""
    ends = monotonic() + settings.PHONES_ROUND_SECONDS
    for start in range(0, len(windows), at_once):
        if monotonic() >= ends:
            return
        yield windows[start : start + at_once]


def _ask(batch: Sequence[Order], now: datetime) -> dict[UUID, Word]:
    """Asks about one batch and applies the answers; failing orders are left out. Raises what the register raises."""
    try:
        told = _states_by_report([order.report_key for order in batch])
    except (Retryable, Refused):
        _note(batch, tried_at=now)  # the others come first in the next round
        raise
    if told is None:
        return {order.pk: Word.NOT_TELLING for order in batch}
    _note(batch, tried_at=now)
    done = _take([order for order in batch if order.report_key in told], told, now)
    words = dict.fromkeys(done, Word.TOLD)
    return words | {order.pk: Word.UNKNOWN for order in batch if order.report_key not in told}


def _states_by_report(report_keys: Sequence[str]) -> Told | None:
    with within(PATIENCE):
        return authority().phones_of(report_keys)


def _take(orders: Sequence[Order], told: Told, now: datetime) -> set[UUID]:
    """Applies the news to each order and notes when it was told; an order that fails is set aside."""
    known: dict[UUID, list[PhoneCheck]] = {order.pk: [] for order in orders}
    for check in PhoneCheck.objects.filter(order__in=known, report=F("order__report")):
        known[check.order_id].append(check)
    news = [order.pk for order in orders if is_news(order, told[order.report_key], known[order.pk])]
    waiting = Order.objects.filter(queries.phones_open(), pk__in=news)
    taken = rows.each(JOB, waiting, lambda order: _take_one(order, told, now), reference=NAME)
    done = set(known) - set(news) | {pk for pk in taken.done if pk}
    _note([order for order in orders if order.pk in done], told_at=now)
    return done


def _take_one(order: Order, told: Told, now: datetime) -> UUID | None:
    """The order's key, unless it was reported again since the question."""
    if order.report_key not in told:
        return None
    take_told(order, told[order.report_key], now=now)
    return order.pk


def _note(orders: Iterable[Order], **moment: datetime) -> None:
    """Writes in one statement, whether or not the rows exist."""
    PhoneWindow.objects.bulk_create(
        [PhoneWindow(order=order, **moment) for order in orders],
        update_conflicts=True,
        unique_fields=["order"],
        update_fields=list(moment),
    )


# --- for other modules -------------------------------------------------------------------------


def word_on(over_since: datetime, *, now: datetime) -> dict[UUID, Word]:
    """What is known of each window that had ended at `over_since`, by order; those without an entry wait.

    Asks only about those not told since their end, within the bounds of one round. A register that hangs costs one
    question.
    """
    over = Order.objects.filter(queries.phones_open(), due_at__lte=over_since)
    answered = Q(phone_window__told_at__gte=F("due_at"))
    words = dict.fromkeys(over.filter(answered).order_by("due_at").values_list("pk", flat=True)[:JUDGED], Word.TOLD)
    left = list(over.exclude(answered).order_by("due_at").only(*ASKED_BY)[: settings.PHONES_IN_A_ROUND])
    for batch in _in_time(left, IN_ONE_QUESTION):
        try:
            words |= _ask(batch, now)
        except (Retryable, Refused) as trouble:
            word = next(word for kind, word in TROUBLES if isinstance(trouble, kind))
            return words | {order.pk: word for order in batch}
    return words


class Foretold:
    """The register's answer about reports just accepted, so that the first message can name the phones.

    It is asked at the first need, within a few seconds altogether: processing does not wait for it.
    """

    def __init__(self, report_keys: Sequence[str]) -> None:
        self.keys = report_keys
        self.told: Told | None = None

    def of(self, report_key: str) -> list[PhoneState]:
        """The phones of a report; `[]` when not told in time."""
        if self.told is None:
            self.told = self._ask()
        return self.told.get(report_key, [])

    def _ask(self) -> Told:
        told: Told = {}
        try:
            for keys in _in_time(self.keys, IN_ONE_QUESTION):
                told |= _states_by_report(keys) or {}
        except (Retryable, Refused) as problem:
            logger.info("phones not told", extra={"reason": type(problem).__name__})
        return told


def refresh(order: Order, *, now: datetime) -> bool:
    """Asks about one order; returns whether the register told anything. Raises `Retryable` when it is unreachable."""
    phones = authority().phones(order.report_key)
    if phones is not None:
        take_told(order, phones, now=now)
    return phones is not None
