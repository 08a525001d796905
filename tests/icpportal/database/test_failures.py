"""What a command says about a database that answers and cannot do what was asked."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, ProgrammingError, connections

from icpportal.database import failures
from icpportal.gateways.miit.models import MinistryLine


@pytest.fixture
def another_session() -> Iterator[Any]:
    with closing(connections.create_connection("default")) as found:
        yield found


def said(problem: DatabaseError) -> str:
    return failures.explain(problem)


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_a_lock_that_somebody_holds_is_called_so_with_the_session_and_what_to_do(another_session: Any) -> None:
    another_session.set_autocommit(False)
    with another_session.cursor() as cursor:
        cursor.execute("SET application_name = 'night backup'")
        cursor.execute("LOCK TABLE miit_ministryline")
        cursor.execute("SELECT pg_backend_pid()")
        (process,) = cursor.fetchone()

    with connections["default"].cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
    with pytest.raises(OperationalError) as refused:
        MinistryLine.objects.filter(sending_waits_because="of Chen").update(sending_waits_because="")
    first, *others = said(refused.value).splitlines()

    assert first.startswith("Another session holds a lock that this command needs, and lock_timeout ran out")
    assert any(line.startswith(f"  process {process}: night backup of ") and ", since " in line for line in others)
    assert "pg_terminate_backend" in others[-1]
    assert "Chen" not in said(refused.value)

    another_session.rollback()
    assert said(refused.value).splitlines()[1:] == ["The lock has been released since: run the command again."]


@pytest.mark.parametrize(
    ("message", "begins"),
    [
        ("connection failed: Connection refused", "The database does not answer: "),
        ('connection failed: FATAL: password authentication failed for user "portal"', "The database refuses the "),
        ("connection failed: FATAL: sorry, too many clients already", "PostgreSQL accepts no more connections: "),
        ("connection failed: FATAL: the database system is starting up", "PostgreSQL is starting or stopping: "),
        ("database is locked", "Another process holds the lock of the database file: "),
        ("database or disk is full", "The disk of the database is full: "),
        ("no such table: miit_report", "A table is missing: run manage.py migrate: "),
    ],
)
def test_an_error_without_a_code_is_told_by_its_words(message: str, begins: str) -> None:
    assert said(OperationalError(message)).startswith(begins)


def test_an_option_of_database_url_that_nobody_knows_is_named() -> None:
    words = said(ProgrammingError('invalid connection option "sslmod"'))

    assert (
        words
        == 'DATABASE_URL has an option behind its ? that PostgreSQL does not know: invalid connection option "sslmod"'
    )


def test_a_fault_of_ours_is_not_explained_away() -> None:
    assert said(IntegrityError("UNIQUE constraint failed")) == ""
