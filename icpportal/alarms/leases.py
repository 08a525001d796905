"""Leases on rows by the database's clock, because clocks of machines differ and may be changed."""

from datetime import datetime, timedelta

from django.db.models import DateTimeField, Expression, ExpressionWrapper, Q, Value
from django.db.models.functions import Now


def end(lasts: timedelta, *, now: datetime | None = None) -> Expression:
    """When a lease that begins now ends; `now` replaces the database's clock in tests."""
    moment = Now() + lasts if now is None else Value(now + lasts)
    return ExpressionWrapper(moment, output_field=DateTimeField())


def is_over(column: str, lasts: timedelta, *, now: datetime | None = None) -> Q:
    """A condition: nobody holds the row.

    There is no lease, it has ended, or it ends later than any can: such a one was written before the database's clock
    was set back.
    """
    ends = {f"{column}__lte": end(timedelta(0), now=now)}
    return Q(**{f"{column}__isnull": True}) | Q(**ends) | Q(**{f"{column}__gt": end(2 * lasts, now=now)})
