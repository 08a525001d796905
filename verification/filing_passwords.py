"""Checks filing passwords (备案密码) with the authority; never stores them as typed, never repeats a wrong one.

An attempt is counted before it is judged, against the order, the account and the filing number together: either all
three have one left or nothing is counted. A correct one, or one without an answer, is refunded. Call `ask` outside a
transaction.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from icpportal.alarms import portions
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.miit.base import authority
from icpportal.gateways.miit.types import PasswordAnswer
from icpportal.gateways.request_budget import Busy, request_budget
from icpportal.privacy.blind_index import blind_index
from verification import attempts
from verification.models import WrongPassword

logger = logging.getLogger(__name__)

LIMITS = ("filing_password_order", "filing_password_account", "filing_password_number")
WRONG_KEPT = timedelta(days=1)


class State(StrEnum):
    """The result of asking."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"  # the authority has locked this number for a while
    UNKNOWN_NUMBER = "unknown_number"
    UNREACHABLE = "unreachable"  # no answer: nothing was counted
    PAUSED = "paused"  # one of our own limits is used up until `until`; the authority was not asked
    BUSY = "busy"  # too many requests under way here: nothing was asked or counted


STATES = {
    PasswordAnswer.RIGHT: State.RIGHT,
    PasswordAnswer.WRONG: State.WRONG,
    PasswordAnswer.LOCKED: State.LOCKED,
    PasswordAnswer.UNKNOWN_NUMBER: State.UNKNOWN_NUMBER,
    PasswordAnswer.CANNOT_TELL: State.UNREACHABLE,
}
COSTS_NOTHING = (State.RIGHT, State.UNREACHABLE)


@dataclass(frozen=True)
class Outcome:
    """The result; `left` attempts after a wrong one, and `until` when a pause ends, also after the last attempt.

    `digest` is set only when the password is right: its MD5 in hexadecimal, for the report; store it encrypted.
    """

    state: State
    left: int = 0
    until: datetime | None = None
    digest: str = field(default="", repr=False)


@sensitive_variables()
def ask(
    number: str, password: str, *, order_key: str, account_key: str, is_owner: bool = False, now: datetime | None = None
) -> Outcome:
    """Asks whether this is the filing password of the subject number ("京ICP备00000000号", without the website's "-1").

    The account that owns the filing (`is_owner`) has attempts on the number that nobody else can use up. Variables of
    this call and of everything below it stay out of error reports.
    """
    moment = now or timezone.now()
    keys = _keys(number, order_key, account_key, is_owner=is_owner)
    try:
        with request_budget() as question:
            attempt = attempts.consume_all(keys, now=moment)
            if not attempt.ok:
                return Outcome(State.PAUSED, until=attempt.until)
            return _check(number, password, keys, question.left, moment)
    except Busy:
        return Outcome(State.BUSY, left=attempts.least_left(keys, now=moment))


def paused_until(
    number: str, *, order_key: str, account_key: str, is_owner: bool = False, now: datetime | None = None
) -> datetime | None:
    """Until when attempts are used up; `None` when one may be made."""
    return attempts.paused_until(_keys(number, order_key, account_key, is_owner=is_owner), now=now)


def _keys(number: str, order_key: str, account_key: str, *, is_owner: bool) -> tuple[attempts.Key, ...]:
    whose = f"{number} {account_key}" if is_owner else number
    return tuple(zip(LIMITS, (order_key, account_key, whose), strict=True))


def _check(number: str, password: str, keys: Sequence[attempts.Key], seconds: float, moment: datetime) -> Outcome:
    known = wrong_digest(number, password)
    if WrongPassword.objects.filter(digest=known, at__gt=moment - WRONG_KEPT).exists():
        return _refusal(State.WRONG, keys, moment)
    state = _ask_authority(number, password, seconds)
    if state in COSTS_NOTHING:
        attempts.refund_all(keys)
    if state == State.RIGHT:
        return Outcome(state, digest=md5_hex(password))
    if state == State.WRONG:
        row = WrongPassword(digest=known, at=moment)
        WrongPassword.objects.bulk_create([row], update_conflicts=True, unique_fields=["digest"], update_fields=["at"])
    return _refusal(state, keys, moment)


def _refusal(state: State, keys: Sequence[attempts.Key], moment: datetime) -> Outcome:
    left = attempts.least_left(keys, now=moment)
    return Outcome(state, left=left, until=None if left else attempts.paused_until(keys, now=moment))


def _ask_authority(number: str, password: str, seconds: float) -> State:
    try:
        return STATES[authority().check_password(number, password, timeout=seconds)]
    except Retryable:
        return State.UNREACHABLE
    except Refused as problem:
        logger.error("filing password refused", extra={"code": problem.code})
        return State.UNREACHABLE


@sensitive_variables()
def wrong_digest(number: str, password: str) -> str:
    """The digest by which a wrong value of a number is recognised."""
    return blind_index("wrong_filing_password", f"{number}\x1f{password}")


@sensitive_variables()
def md5_hex(password: str) -> str:
    """The form in which the ministry's report carries a filing password (ICPmm): its interface requires MD5."""
    return hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()


def purge(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Deletes wrong values older than a day; returns how many."""
    old = WrongPassword.objects.filter(at__lte=(now or timezone.now()) - WRONG_KEPT)
    return portions.delete(old, dry_run=dry_run)
