"""Asks the register about open phone windows (短信核验): many at once, those asked longest ago first.

A round is short whatever the register does, and a silent register is left alone for a while. What it told, and when, is
recorded, so that a deadline is judged without another question.
"""

import logging
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import Enum, auto
from time import monotonic
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from icpportal.alarms import leases, rows
from icpportal.alarms.actions import clear, open_alarm
from icpportal.gateways.errors import NotYet, Refused, Retryable
from icpportal.gateways.miit.base import authority
from icpportal.gateways.miit.types import PhoneState
from icpportal.gateways.request_budget import within
from icpportal.lifecycle import AUTHORITY, MoveNotAllowed
from transfers.models import Order, PhoneCheck, PhoneRegister, PhoneWindow
from transfers.orders import queries
from transfers.orders.kinds import is_in
from transfers.orders.machine import ORDER, has_changed
from transfers.orders.rows import Group

logger = logging.getLogger(__name__)
JOB = "phones.asked"  # the job name under which orders are set aside
ALARM = "phones.silent"
SILENCES = 3  # rounds without an answer before operations are told
IN_ONE_QUESTION = 50
JUDGED = 2_000  # ended windows judged in one sweep
PATIENCE = 3.0  # seconds for one question
LEASE = timedelta(seconds=30)  # longer than a round can take
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 60, 120))
WATCHED = timedelta(minutes=5)  # a window is asked about in every round for so long after its owner looked at it
ENDS_SOON = timedelta(minutes=10)
LOOK_NOTED = timedelta(minutes=1)
TRIES = 5
COLUMNS = ("mobile_masked", "sent_at", "confirmed_at", "wrong")
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
    with _turn(now) as register:
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
            _leave_alone(register, trouble, now)
        else:
            _note_answer(register)
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
    news = [order.pk for order in orders if _is_news(order, told[order.report_key], known[order.pk])]
    waiting = Order.objects.filter(queries.phones_open(), pk__in=news)
    taken = rows.each(JOB, waiting, lambda order: _take_one(order, told, now), reference=NAME)
    done = set(known) - set(news) | {pk for pk in taken.done if pk}
    _note([order for order in orders if order.pk in done], told_at=now)
    return done


def _is_news(order: Order, told: list[PhoneState], known: list[PhoneCheck]) -> bool:
    return _all_in_time(order, told) or _to_columns(known) != _to_columns(told)


def _to_columns(phones: Iterable[PhoneCheck | PhoneState]) -> dict[str, list[str | int | datetime | None]]:
    return {str(phone.role): [getattr(phone, name) for name in COLUMNS] for phone in phones}


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


# --- the lease of a round ----------------------------------------------------------------------


@contextmanager
def _turn(now: datetime) -> Iterator[PhoneRegister | None]:
    """The register for one round; `None` while another round runs, or while it rests after a silence."""
    PhoneRegister.objects.get_or_create(pk=1)
    holder = secrets.token_hex(8)
    with transaction.atomic(durable=True):  # no network call inside a transaction
        free = PhoneRegister.objects.filter(leases.is_over("leased_until", LEASE))
        ours = free.update(holder=holder, leased_until=leases.end(LEASE))
    register = PhoneRegister.objects.filter(pk=1, holder=holder).first() if ours else None
    try:
        yield None if register and _rests(register, now) else register
    finally:
        PhoneRegister.objects.filter(holder=holder).update(holder="", leased_until=None)


def _rests(register: PhoneRegister, now: datetime) -> bool:
    """Whether it is left alone; a moment too far ahead was written by a clock that was set back since."""
    return register.waits_until is not None and now < register.waits_until <= now + PAUSES[-1]


def _leave_alone(register: PhoneRegister, trouble: Exception, now: datetime) -> None:
    silences = register.silences + 1
    until = now + PAUSES[min(silences, len(PAUSES)) - 1]
    PhoneRegister.objects.filter(pk=register.pk).update(silences=silences, waits_until=until)
    logger.warning("phone register left alone", extra={"trouble": type(trouble).__name__, "silences": silences})
    if silences >= SILENCES or isinstance(trouble, Refused):
        open_alarm(ALARM, detail=type(trouble).__name__)


def _note_answer(register: PhoneRegister) -> None:
    if register.silences:
        PhoneRegister.objects.filter(pk=register.pk).update(silences=0, waits_until=None)
        clear(ALARM)


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


def take_told(order: Order, told: list[PhoneState], *, now: datetime) -> None:
    """Records what the register tells of an order's phones; moves the order on when all were verified in time."""
    write_down(order, told)
    if _all_in_time(order, told):
        _phones_done(order, now)


def _all_in_time(order: Order, told: list[PhoneState]) -> bool:
    in_time = [p for p in told if p.confirmed_at and (order.due_at is None or p.confirmed_at < order.due_at)]
    return bool(told) and len(in_time) == len(told)


def write_down(order: Order, told: list[PhoneState]) -> None:
    """Writes one row for each person, and only news, because it is asked every few seconds."""
    known = {check.role: check for check in queries.phone_checks(order)}
    for phone in told:
        news = {name: getattr(phone, name) for name in COLUMNS}
        check = known.pop(str(phone.role), None)
        if check is None or any(getattr(check, name) != value for name, value in news.items()):
            PhoneCheck.objects.update_or_create(order=order, report=order.report, role=phone.role, defaults=news)
    if known:
        queries.phone_checks(order).filter(role__in=known).delete()


def _phones_done(order: Order, now: datetime) -> None:
    for _ in range(TRIES):
        if not is_in(order, Group.PHONES_OPEN):
            return  # another process has just recorded the same
        try:
            ORDER.apply(order, "phones_done", by=AUTHORITY, facts=queries.facts_of(order), now=now)
        except MoveNotAllowed:
            if not has_changed(order):
                raise
            order.refresh_from_db()
        else:
            return
    raise MoveNotAllowed("phones_done: the order moved meanwhile")
