"""What pg_dump and pg_restore are told of the database: that of the portal, and asked as the portal asks it."""

import pytest

from icpportal.backup import database
from icpportal.configuration.database import POSTGRES_OPTIONS
from icpportal.configuration.environment import database as taken_apart
from icpportal.database.base import DatabaseWrapper

ALWAYS = {"PATH", "PGCLIENTENCODING", "PGCONNECT_TIMEOUT"}


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (
            "postgres://portal:p%40ss@one.invalid:5433/portal",
            {"PGHOST": "one.invalid", "PGPORT": "5433", "PGUSER": "portal", "PGPASSWORD": "p@ss"},
        ),
        ("postgres://portal@/portal?host=/srv/sockets", {"PGHOST": "/srv/sockets", "PGUSER": "portal"}),
        (
            "postgres://portal@one.invalid/portal?sslmode=verify-full&sslrootcert=/etc/ca.pem",
            {"PGHOST": "one.invalid", "PGUSER": "portal", "PGSSLMODE": "verify-full", "PGSSLROOTCERT": "/etc/ca.pem"},
        ),
    ],
)
def test_they_are_told_all_that_the_address_says(
    url: str, told: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {"TIME_ZONE": None, **taken_apart(url)}
    found["OPTIONS"] = POSTGRES_OPTIONS | found.get("OPTIONS", {})
    monkeypatch.setattr(database, "connection", DatabaseWrapper(found))

    environment = database._environment()
    assert {name: value for name, value in environment.items() if name not in ALWAYS} == told | {"PGDATABASE": "portal"}
