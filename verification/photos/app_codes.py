"""Picture codes of the Shanghai app (图片验证码): asked of its system, together with the administrator's mobile.

An attempt is counted before it is judged, against the order, the account and the mobile together. A correct code, or
one without an answer, is refunded. Call `ask` outside a transaction.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.utils import timezone

from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.photo_app.base import photo_app
from icpportal.gateways.request_budget import Busy, request_budget
from verification import attempts

logger = logging.getLogger(__name__)

LIMITS = ("photo_code_order", "photo_code_account", "photo_code_mobile")


class State(StrEnum):
    """The result of asking."""

    FOUND = "found"
    WRONG = "wrong"
    UNREACHABLE = "unreachable"  # no answer: nothing was counted
    PAUSED = "paused"  # a limit of ours is used up until `until`; nobody was asked
    BUSY = "busy"  # too many requests under way here: nothing was asked or counted


@dataclass(frozen=True)
class Outcome:
    """The result: the bytes of the photo as received, the attempts left for this order, the end of a pause."""

    state: State
    content: bytes = field(default=b"", repr=False)
    left: int = 0
    until: datetime | None = None


def ask(code: str, mobile: str, *, order_key: str, account_key: str, now: datetime | None = None) -> Outcome:
    """Fetches the photo for which the app gave this code to this mobile."""
    moment = now or timezone.now()
    keys = tuple(zip(LIMITS, (order_key, account_key, mobile), strict=True))
    try:
        with request_budget() as question:
            attempt = attempts.consume_all(keys, now=moment)
            if not attempt.ok:
                return Outcome(State.PAUSED, until=attempt.until)
            state, content = _fetch(code, mobile, question.left)
    except Busy:
        return Outcome(State.BUSY)
    if state != State.WRONG:
        attempts.refund_all(keys)
        return Outcome(state, content)
    return Outcome(state, left=attempts.attempts_left(*keys[0], now=moment))


def _fetch(code: str, mobile: str, seconds: float) -> tuple[State, bytes]:
    try:
        content = photo_app().picture(code, mobile, timeout=seconds)
    except Retryable:
        return State.UNREACHABLE, b""
    except Refused as problem:
        logger.error("photo app refused", extra={"code": problem.code})
        return State.UNREACHABLE, b""
    return (State.WRONG, b"") if content is None else (State.FOUND, content)
