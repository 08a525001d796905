"""A database that can only be read, as after a failover: what the person sees, and what the log says."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.db import InternalError, OperationalError, connection
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from psycopg.errors import LockNotAvailable, ReadOnlySqlTransaction

from icpportal.accounts.models import User
from icpportal.database.failures import is_outage
from icpportal.database.log_lines import OutagesInWords
from tests.transfers.builders import make_user, sign_in

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


def cannot_write(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Refuses what a standby of PostgreSQL refuses, with its errors."""
    verb = sql.split(maxsplit=1)[0].upper()
    if verb in ("INSERT", "UPDATE", "DELETE"):
        raise read_only(verb)
    return execute(sql, params, many, context)


def read_only(verb: str) -> InternalError:
    """The error of Django, caused by that of the driver."""
    problem = InternalError(f"cannot execute {verb} in a read-only transaction")
    problem.__cause__ = ReadOnlySqlTransaction(str(problem))
    return problem


@pytest.fixture
def lin() -> User:
    return make_user("lin@example.com", language="en")


def failed(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The lines about failures, with their tracebacks."""
    return [f"{each.getMessage()}{each.exc_info or ''}" for each in caplog.records if each.levelname == "ERROR"]


def test_who_saves_while_nothing_can_be_written_reads_that_nothing_is_lost(
    lin: User, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    reader = sign_in(client, lin)
    reader.raise_request_exception = False

    with connection.execute_wrapper(cannot_write):
        page = reader.post(reverse("account_language"), {"language": "zh-hans"}, headers=ENGLISH)

    text = page.content.decode()
    assert (page.status_code, page["Retry-After"]) == (503, "120")
    assert "Everything you saved is safe" in text
    assert "What you just sent was not saved" in text
    (line,) = failed(caplog)
    assert line.startswith("The database can only be read: ")
    assert "InternalError" not in line


@pytest.mark.parametrize("words", ["read-only", "database is locked"])
def test_a_session_that_cannot_be_written_is_not_taken_for_one_that_was_ended(
    words: str, lin: User, client: Client
) -> None:
    """It was an `UpdateError`, which Django answers with 400: the session was deleted."""

    def refuse(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if words == "read-only":
            return cannot_write(execute, sql, *rest)
        raise OperationalError(words)

    session = sign_in(client, lin).session
    session["seen"] = 1

    with connection.execute_wrapper(refuse), pytest.raises((InternalError, OperationalError), match=words):
        session.save()


def test_a_request_that_fails_in_its_view_and_with_its_session_has_one_line_in_the_log() -> None:
    request = HttpRequest()

    def line(problem: Exception) -> logging.LogRecord | None:
        trouble = (type(problem), problem, None)
        record = logging.LogRecord("django.request", logging.ERROR, "", 1, "%s", ("/x",), trouble)
        record.request = request
        return record if OutagesInWords().filter(record) else None

    first, second = line(read_only("UPDATE")), line(read_only("UPDATE"))
    fault = line(InternalError("current transaction is aborted"))

    assert first is not None
    assert (first.getMessage()[:30], first.exc_info) == ("The database can only be read:", None)
    assert second is None
    assert fault is not None
    assert fault.exc_info is not None


def test_telling_an_outage_from_another_failure_leaves_the_connection_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """`explain` closes it to ask who holds a lock: a request may be in the middle of a transaction."""
    locked = OperationalError("canceling statement due to lock timeout")
    locked.__cause__ = LockNotAvailable(str(locked))
    monkeypatch.setattr(connection, "close", lambda: pytest.fail("the connection was closed"))

    assert not is_outage(locked)
    assert is_outage(OperationalError("connection refused"))


def test_a_page_that_only_reads_is_shown_while_nothing_can_be_written(lin: User, client: Client) -> None:
    reader = sign_in(client, lin)

    with connection.execute_wrapper(cannot_write):
        page = reader.get(reverse("dashboard"))

    assert page.status_code == 200
