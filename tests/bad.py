"""Unreadable rows: what a damaged table, a lost key or a bug of ours leaves in the database."""

from typing import Any

from django.db import connection, models

from icpportal.alarms.models import Alarm, SetAside
from icpportal.alarms.queries import open_alarms
from icpportal.privacy.crypto import seal

KEY = "s1:lost:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"  # of a key that is not in PII_KEYS


def ways(row: models.Model, column: str) -> dict[str, str]:
    """All kinds of invalid content of a sealed column."""
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
    """Writes an invalid value into one column of one row, past all checks; returns the old value."""
    table, key = (connection.ops.quote_name(name) for name in (row._meta.db_table, row._meta.pk.column))
    name = connection.ops.quote_name(column)
    pk = row._meta.pk.get_db_prep_value(row.pk, connection)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM {table} WHERE {key} = %s", [pk])  # noqa: S608 -- names of ours
        (before,) = cursor.fetchone()
        cursor.execute(f"UPDATE {table} SET {name} = %s WHERE {key} = %s", [ways(row, column).get(way, way), pk])  # noqa: S608
    return before


def aside() -> list[tuple[str, str]]:
    """The rows set aside: job and reference."""
    return sorted(SetAside.objects.values_list("job", "reference"))


def causes() -> list[str]:
    """The causes of open alarms."""
    return sorted(open_alarms().values_list("cause", flat=True))


def personal(*words: str) -> list[str]:
    """Those of `words` that operations can read in alarms or rows set aside."""
    readable: list[Any] = [*Alarm.objects.values_list(), *SetAside.objects.values_list()]
    return [word for word in words if word in str(readable)]
