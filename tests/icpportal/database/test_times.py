"""Times come from PostgreSQL as Django would read them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.db import DataError, connection
from psycopg.postgres import types
from psycopg.pq import Format

from icpportal.database.times import UtcLoader

pytestmark = [pytest.mark.services, pytest.mark.django_db]
TIMESTAMPTZ = types["timestamptz"].oid
TIMES = [
    ("2026-12-01 08:00:00.123456+08", datetime(2026, 12, 1, 0, 0, 0, 123456, UTC)),
    ("2026-12-01 08:00:00.5+00", datetime(2026, 12, 1, 8, 0, 0, 500000, UTC)),
    ("2026-12-01 08:00:00+00", datetime(2026, 12, 1, 8, tzinfo=UTC)),
    ("1927-12-31 23:59:59+00", datetime(1927, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ("0044-03-15 00:00:00+00", datetime(44, 3, 15, tzinfo=UTC)),
    (None, None),
]


def read(text: str | None) -> datetime | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [text])
        found: datetime | None = cursor.fetchone()[0]
    return found


@contextmanager
def zone(name: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', %s, false)", [name])
        try:
            yield
        finally:
            cursor.execute("SELECT set_config('TimeZone', 'UTC', false)")


def test_the_portal_reads_times_itself():
    connection.ensure_connection()

    assert connection.connection.adapters.get_loader(TIMESTAMPTZ, Format.TEXT) is UtcLoader


@pytest.mark.parametrize(("text", "expected"), TIMES)
def test_a_time_is_read_in_utc(text: str | None, expected: datetime | None):
    found = read(text)

    assert found == expected
    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize("name", ["Asia/Shanghai", "Asia/Kolkata", "America/St_Johns"])
def test_a_time_is_the_same_when_somebody_has_set_another_zone(name: str):
    """As a statement of an operator or a database's own default may."""
    with zone(name):
        found = read("2026-12-01 00:00:00.25+00")

    assert found == datetime(2026, 12, 1, 0, 0, 0, 250000, UTC)
    assert found is not None
    assert found.tzinfo is UTC


@pytest.mark.parametrize(("text", "says"), [("infinity", "too large"), ("0044-03-15 00:00:00+00 BC", "too small")])
def test_what_is_no_time_of_pythons_is_refused_in_words(text: str, says: str):
    with pytest.raises(DataError, match=says):
        read(text)
