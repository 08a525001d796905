"""Why a code or a link does not go out."""

from datetime import datetime


class NotSent(Exception):
    """Nothing was sent, and nothing was counted."""


class TooSoon(NotSent):
    """A code has just been sent; `seconds` until the next one may be."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"{seconds} s")
        self.seconds = seconds


class TooMany(NotSent):
    """The destination, the account, the client or the range of numbers has had its share; `until` when."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


class BudgetSpent(TooMany):
    """The portal has sent as many text messages as it may, to whomever; `until` when."""


class VirtualNumber(NotSent):
    """No text messages go to numbers of virtual operators."""
