"""A statement that hangs, as behind a lock, holds no thread of the web for longer than a quarter of a minute."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from django.db import OperationalError, connections

from icpportal.database import base
from tests import fresh
from tests.icpportal.production import PRODUCTION, ROOT, environment

SERVED = "import icpportal.{module}\nfrom django.db import connection\nprint(connection.statement_seconds)"
OTHERS = "from django.db import connection\nprint(connection.statement_seconds)"


@pytest.mark.parametrize(
    ("program", "seconds"), [(SERVED.format(module="wsgi"), "15"), (SERVED.format(module="asgi"), "15"), (OTHERS, "0")]
)
def test_the_web_alone_bounds_its_statements(program: str, seconds: str) -> None:
    given = environment(PRODUCTION | {"DJANGO_SETTINGS_MODULE": "icpportal.settings"})
    done = fresh.run("-c", program, folder=ROOT, environment=given)
    assert done.stdout.strip() == seconds, done.stderr


@pytest.fixture
def bounded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(base.DatabaseWrapper, "statement_seconds", 0.2)
    with closing(connections.create_connection("default")) as found:
        yield found


@pytest.mark.services
@pytest.mark.django_db
def test_a_statement_that_hangs_is_given_up_and_the_connection_goes_on(bounded: Any) -> None:
    with bounded.cursor() as cursor, pytest.raises(OperationalError, match="statement timeout"):
        cursor.execute("SELECT pg_sleep(20)")
    with bounded.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


@pytest.mark.services
@pytest.mark.django_db
def test_what_the_address_of_the_database_says_is_kept(bounded: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    own = "-c statement_timeout=7000 -c plan_cache_mode=auto"
    monkeypatch.setitem(bounded.settings_dict["OPTIONS"], "options", own)
    with bounded.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout'), current_setting('plan_cache_mode')")
        assert cursor.fetchone() == ("7s", "auto")
