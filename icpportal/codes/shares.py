"""What one code uses of several limits: all are counted together, and the first that has too little left refuses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from icpportal.codes import limits
from icpportal.codes.refusals import NotSent

TRIES = 3  # a limit may be reset between counting and reading


@dataclass(frozen=True, slots=True)
class Requester:
    """Who requests a code, as limits count it: the address of the browser, and the account; "" for none."""

    client: str = ""
    account: str = ""
    is_staff: bool = False


@dataclass(frozen=True)
class Share:
    """What is used of one limit, and the exception if too little is left, given from when there is enough again."""

    attempt: limits.Attempt
    refusal: Callable[[datetime], NotSent]


def count_shares(shares: Sequence[Share], now: datetime) -> dict[str, int]:
    """Counts all; returns how much each limit has used by then. A refusal counts nothing.

    What refuses is only read: counted one by one, in another order than together, two requests could wait for each
    other.
    """
    attempts = [each.attempt for each in shares]
    for _try in range(TRIES):
        if used := limits.count_all(attempts, now):
            return used
        free_again = limits.free_again(attempts, now)
        for share in shares:
            if share.attempt.name in free_again:
                raise share.refusal(free_again[share.attempt.name])
    raise shares[0].refusal(now)
