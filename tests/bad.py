"""Rows that cannot be read: what a damaged table, a lost key or a fault of ours leaves in the database."""

from typing import Any

from django.db import connection, models

from icpportal.alarms.models import Alarm, SetAside
from icpportal.alarms.queries import open_alarms
from icpportal.privacy.crypto import seal

KEY = "s1:lost:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"  # of a key that PII_KEYS does not hold


def ways(row: models.Model, column: str) -> dict[str, str]:
    """Everything that may lie in a sealed column and is not what belongs there."""
    place = f"{row._meta.label_lower}.{column}:{row.pk}"
    return {
        "garbage": "garbage",
        "lost key": KEY,
        "cut short": "s1:demo:AAA",
        "not base64": "s1:demo:@",
        "not JSON": seal(b"{", bound_to=place),
        "another shape": seal(b"[1, 2]", bound_to=place),
        "nothing": seal(b"null", bound_to=place),
    }


WAYS = ("garbage", "lost key", "cut short", "not base64", "not JSON", "another shape", "nothing")


def spoil(row: models.Model, column: str, way: str = "garbage") -> str:
    """Put nonsense into one column of one row, past everything that would refuse it; what was there."""
    table, key = (connection.ops.quote_name(name) for name in (row._meta.db_table, row._meta.pk.column))
    name = connection.ops.quote_name(column)
    pk = row._meta.pk.get_db_prep_value(row.pk, connection)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM {table} WHERE {key} = %s", [pk])  # noqa: S608 -- names of ours
        (before,) = cursor.fetchone()
        cursor.execute(f"UPDATE {table} SET {name} = %s WHERE {key} = %s", [ways(row, column).get(way, way), pk])  # noqa: S608
    return before


def aside() -> list[tuple[str, str]]:
    """What is set aside: job and reference."""
    return sorted(SetAside.objects.values_list("job", "reference"))


def causes() -> list[str]:
    """Of the alarms that are open."""
    return sorted(open_alarms().values_list("cause", flat=True))


def personal(*words: str) -> list[str]:
    """Those of `words` that operations can read in alarms or rows set aside."""
    told: list[Any] = [*Alarm.objects.values_list(), *SetAside.objects.values_list()]
    return [word for word in words if word in str(told)]
