"""Reasons why a code or a link is not sent."""

from datetime import datetime


class NotSent(Exception):
    """Nothing was sent, and nothing was counted."""


class TooSoon(NotSent):
    """A code was just sent; `seconds` until the next one is possible."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"{seconds} s")
        self.seconds = seconds


class TooMany(NotSent):
    """The destination, account, client or number range has reached its limit, until `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


class BudgetSpent(TooMany):
    """The portal's budget of text messages is used up until `until`."""


class VirtualNumber(NotSent):
    """Numbers of virtual operators get no text messages."""
