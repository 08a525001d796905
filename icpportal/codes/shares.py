"""What one code uses of several limits: all are counted together, and the first that has too little left refuses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from icpportal.codes import limits
from icpportal.codes.refusals import NotSent


@dataclass(frozen=True)
class Share:
    """What is used of one limit, and the exception if too little is left, given from when there is enough again."""

    attempt: limits.Attempt
    refusal: Callable[[datetime], NotSent]


def count_shares(shares: Sequence[Share], now: datetime) -> dict[str, int]:
    """Counts all; returns how much each limit has used by then. Call it inside a transaction that a refusal ends."""
    used = limits.count_all([each.attempt for each in shares], now)
    for share in () if used else shares:  # one has too little left: which
        allowed = limits.count(share.attempt, now)
        if allowed.until:
            raise share.refusal(allowed.until)
        used[share.attempt.name] = 0
    return used
