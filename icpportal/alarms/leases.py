"""How long a row is one worker's, by the database's clock: the clocks of two machines differ, and one may be set."""

from datetime import datetime, timedelta

from django.db.models import DateTimeField, Expression, ExpressionWrapper, Q, Value
from django.db.models.functions import Now


def end(lasts: timedelta, *, now: datetime | None = None) -> Expression:
    """The moment when a lease that begins now is over; `now` stands for the database's clock, in tests."""
    moment = Now() + lasts if now is None else Value(now + lasts)
    return ExpressionWrapper(moment, output_field=DateTimeField())


def is_over(column: str, lasts: timedelta, *, now: datetime | None = None) -> Q:
    """Nobody has the row: no lease, one that is over, or one that ends later than any can.

    Such a one was written before the database's clock was set back.
    """
    ends = {f"{column}__lte": end(timedelta(0), now=now)}
    return Q(**{f"{column}__isnull": True}) | Q(**ends) | Q(**{f"{column}__gt": end(2 * lasts, now=now)})
