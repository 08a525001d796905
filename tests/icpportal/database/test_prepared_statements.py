"""PostgreSQL parses and plans the queries of every page once a connection, and nobody sees a change of the schema."""

import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any

import pytest
from django.db import (
    DatabaseError,
    DataError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    connection,
    connections,
)
from django.db.models import CharField, F, UUIDField, Value
from django.db.models.functions import Concat
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from icpportal.accounts.models import User
from icpportal.codes.models import Allowance
from icpportal.database.base import DatabaseWrapper
from icpportal.database.prepared import CompiledDelete, CompiledQuery, insert_whole
from icpportal.database.prepared_cursor import Statements
from icpportal.database.prepared_updates import CompiledUpdate
from icpportal.privacy.models import FileKey
from tests.transfers.builders import make_user

pytestmark = [pytest.mark.services, pytest.mark.django_db]
PREPARED = "SELECT statement, generic_plans, array_length(parameter_types, 1) FROM pg_prepared_statements"
STATEMENT = "SELECT name, size FROM shelf WHERE name = %s"
UPDATE = "UPDATE shelf SET size = %s WHERE name = %s"
UPDATE_PREPARED = "UPDATE shelf SET size = $1 WHERE name = $2"
INSERT = "INSERT INTO shelf (name, size) VALUES (%s, 5) RETURNING size::bigint"  # as `insert_whole` does
CHANGES = [
    "ALTER TABLE shelf ALTER COLUMN name TYPE varchar(40)",
    "ALTER TABLE shelf ALTER COLUMN size TYPE bigint",
    "ALTER TABLE shelf ADD COLUMN colour text NOT NULL DEFAULT 'red'",
    "CREATE INDEX ON shelf (name)",
    "ALTER TABLE shelf RENAME TO board; CREATE TABLE shelf AS SELECT name, size::integer FROM board; DROP TABLE board",
]


@pytest.fixture(autouse=True)
def as_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DatabaseWrapper, "prepares_in_transactions", False)


@pytest.fixture
def kept() -> Iterator[Any]:
    """A connection of the web, and a small table."""
    with closing(connections.create_connection("default")) as found:
        make = "CREATE TABLE shelf (name varchar(20), size integer); INSERT INTO shelf VALUES ('low', 3)"
        run(found, make)
        yield found
        found.close()
        run(found, "DROP TABLE shelf")


def run(kept: Any, sql: str) -> None:
    with kept.cursor() as cursor:
        cursor.execute(sql)


def found_by(kept: Any, name: str | int = "low", statement: str = STATEMENT) -> list[tuple[Any, ...]]:
    with kept.prepared_cursor() as cursor:
        cursor.execute(statement, [name])
        return list(cursor.fetchall())


def write(kept: Any, size: int = 4) -> int:
    with kept.prepared_cursor(has_fixed_columns=True) as cursor:
        cursor.execute(UPDATE, [size, "low"])
        return int(cursor.rowcount)


def insert(kept: Any) -> int:
    with kept.prepared_cursor(has_fixed_columns=True) as cursor:
        cursor.execute(INSERT, ["high"])
        found: int = cursor.fetchone()[0]
    return found


@contextmanager
def transaction_of(kept: Any) -> Iterator[None]:
    """A transaction that leaves nothing."""
    kept.set_autocommit(False)
    kept.in_atomic_block = True
    try:
        yield
    finally:
        kept.in_atomic_block = False
        kept.rollback()
        kept.set_autocommit(True)


def prepared(kept: Any) -> list[tuple[str, int, int]]:
    with kept.cursor() as cursor:
        cursor.execute(PREPARED)
        return list(cursor.fetchall())


def forget_all() -> None:
    """Has the tests' own connection forget what others prepared on it."""
    run(connection, "DEALLOCATE ALL")
    connection._statements = Statements(connection.connection, connection.wrap_database_errors)


def by_another(sql: str) -> None:
    """A migration, on a connection of its own."""
    with closing(connections.create_connection("default")) as other:
        run(other, sql)


def test_a_repeated_query_is_planned_for_all_values_once(kept: Any) -> None:
    for name in ("low", "high", "low", "high", "low", "high", "low"):
        assert found_by(kept, name) == ([("low", 3)] if name == "low" else [])

    assert prepared(kept) == [(STATEMENT.replace("%s", "$1"), 7, 1)]


def test_other_statements_are_not_prepared(kept: Any) -> None:
    found_by(kept)
    for _time in range(10):
        run(kept, "SELECT name FROM shelf")

    assert len(prepared(kept)) == 1
    assert kept.connection.prepare_threshold is None  # else psycopg would keep their texts, values and all


@pytest.mark.parametrize("change", CHANGES)
def test_a_migration_meanwhile_gives_no_error(kept: Any, change: str) -> None:
    for _time in range(7):
        found_by(kept)

    by_another(change)

    assert [found_by(kept) for _time in range(7)] == [[("low", 3)]] * 7
    assert [count for _sql, _plans, count in prepared(kept)] == [1]


@pytest.mark.parametrize("loss", ["DISCARD ALL", "DEALLOCATE ALL"])
def test_a_statement_that_the_server_has_forgotten_is_prepared_again(kept: Any, loss: str) -> None:
    found_by(kept)
    run(kept, loss)

    assert [found_by(kept) for _time in range(2)] == [[("low", 3)]] * 2
    assert len(prepared(kept)) == 1


def test_a_new_connection_prepares_its_own(kept: Any) -> None:
    found_by(kept)
    kept.close()

    assert found_by(kept) == [("low", 3)]
    assert len(prepared(kept)) == 1


@pytest.mark.parametrize("change", CHANGES)
def test_no_transaction_ends_because_of_a_migration(kept: Any, change: str) -> None:
    """There the statement could not be sent again."""
    found_by(kept)
    by_another(change)

    with transaction_of(kept):
        assert found_by(kept) == [("low", 3)]


@pytest.mark.parametrize("change", CHANGES)
def test_a_write_within_a_transaction_is_prepared_and_survives_a_migration(kept: Any, change: str) -> None:
    """It returns no rows, whose columns could change."""
    for _time in range(7):
        write(kept)
    by_another(change)

    with transaction_of(kept):
        assert write(kept, size=5) == 1
        assert found_by(kept) == [("low", 5)]
        assert [sql for sql, _plans, _count in prepared(kept)] == [UPDATE_PREPARED]


@pytest.mark.parametrize("change", CHANGES)
def test_a_key_that_a_write_returns_within_a_transaction_has_one_type_whatever_a_migration_does(
    kept: Any, change: str
) -> None:
    for _time in range(7):
        insert(kept)
    by_another(change)

    with transaction_of(kept):
        assert insert(kept) == 5


@pytest.mark.parametrize("change", CHANGES)
def test_a_write_that_returns_its_row_writes_once_whatever_a_migration_does(kept: Any, change: str) -> None:
    """Outside a transaction it is sent again; the first time ended before it wrote."""
    raised = "UPDATE shelf SET size = size + 1 WHERE name = %s RETURNING name, size"
    sizes = [found_by(kept, statement=raised)[0][1] for _time in range(7)]
    by_another(change)

    assert found_by(kept, statement=raised) == [("low", sizes[-1] + 1)]
    assert found_by(kept) == [("low", sizes[-1] + 1)]


def test_a_write_that_the_server_has_forgotten_ends_one_transaction_and_no_other(kept: Any) -> None:
    """A pooler in another mode than that of sessions may lose it."""
    write(kept)
    run(kept, "DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$")  # psycopg does not notice

    with transaction_of(kept), pytest.raises(ProgrammingError, match="does not exist"):
        write(kept)
    with transaction_of(kept):
        assert write(kept) == 1


@pytest.mark.parametrize("at_once", [True, False])
def test_an_error_that_remains_is_told(kept: Any, at_once: bool) -> None:
    kept.set_autocommit(at_once)
    with pytest.raises(NotSupportedError):
        found_by(kept, statement="SELECT name, count(*) FROM shelf WHERE name = %s GROUP BY name FOR UPDATE")

    if not at_once:
        kept.rollback()
        kept.set_autocommit(True)
    assert found_by(kept) == [("low", 3)]


@pytest.mark.parametrize(
    ("statement", "given", "says"),
    [
        (STATEMENT, [], "1 placeholders, and 0 values"),
        (STATEMENT, ["low", "high"], "1 placeholders, and 2 values"),
        ("SELECT 7 %% 4", ["low"], "0 placeholders, and 1 values"),
        ("COPY shelf TO STDOUT", [], "COPY is not for a prepared statement"),
        ("  copy shelf FROM STDIN", [], "COPY is not for a prepared statement"),
    ],
)
def test_a_statement_that_cannot_be_run_is_told_and_the_connection_works_on(
    kept: Any, statement: str, given: list[str], says: str
) -> None:
    found_by(kept)
    with kept.prepared_cursor() as cursor, pytest.raises(ProgrammingError, match=says):
        cursor.execute(statement, given)

    assert found_by(kept) == [("low", 3)]


def test_in_a_transaction_that_an_error_has_broken_it_is_refused_before_it_is_sent(kept: Any) -> None:
    found_by(kept)
    with transaction_of(kept):
        kept.needs_rollback = True
        with pytest.raises(TransactionManagementError, match="until the end of the 'atomic' block"):
            write(kept)
        kept.needs_rollback = False
        assert found_by(kept) == [("low", 3)]


def test_in_a_thread_that_the_connection_does_not_belong_to_it_is_refused_before_it_is_sent(kept: Any) -> None:
    found_by(kept)
    with ThreadPoolExecutor(1) as other, pytest.raises(DatabaseError, match="can only be used in that same thread"):
        other.submit(found_by, kept).result()


def test_a_rollback_leaves_statements_prepared(kept: Any) -> None:
    with transaction_of(kept):
        write(kept)
    assert found_by(kept) == [("low", 3)]
    with transaction_of(kept):
        write(kept)

    assert sorted(sql for sql, _plans, _count in prepared(kept)) == [STATEMENT.replace("%s", "$1"), UPDATE_PREPARED]


def test_after_an_error_the_rows_of_the_statement_before_are_gone(kept: Any) -> None:
    with kept.prepared_cursor() as cursor:
        cursor.execute(STATEMENT, ["low"])
        with pytest.raises(DataError):
            cursor.execute("SELECT 1 / (size - %s) FROM shelf", [3])
        assert (cursor.fetchone(), cursor.fetchall(), cursor.rowcount) == (None, [], -1)


@pytest.fixture
def heeded() -> Iterator[None]:
    """Ctrl-C is heard as by a command; the processes of a parallel test run ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeded")
def test_who_presses_ctrl_c_ends_a_statement_that_hangs_and_the_connection_goes_on(kept: Any) -> None:
    pressed = threading.Timer(0.1, signal.pthread_kill, [threading.main_thread().ident, signal.SIGINT])
    began = time.monotonic()
    pressed.start()
    with pytest.raises(KeyboardInterrupt):
        found_by(kept, 30, statement="SELECT pg_sleep(%s)")

    assert time.monotonic() - began < 25
    assert found_by(kept) == [("low", 3)]


def test_rows_are_fetched_one_by_one_and_then_the_rest(kept: Any) -> None:
    run(kept, "INSERT INTO shelf VALUES ('high', 4), ('higher', 5)")
    with kept.prepared_cursor() as cursor:
        assert cursor.rowcount == -1
        cursor.execute("SELECT name FROM shelf WHERE size > %s ORDER BY size", [2])
        assert (cursor.rowcount, [name for (name,) in cursor.description]) == (3, ["name"])
        assert [cursor.fetchone(), cursor.fetchall(), cursor.fetchone(), cursor.fetchall()] == [
            ("low",), [("high",), ("higher",)], None, [],
        ]  # fmt: skip


def test_the_rows_of_a_statement_stay_while_its_connection_runs_others(kept: Any) -> None:
    with kept.prepared_cursor() as one, kept.prepared_cursor() as other:
        one.execute(STATEMENT, ["low"])
        other.execute("SELECT size::float8, name, %s FROM shelf", ["also"])
        assert (one.fetchall(), other.fetchall()) == ([("low", 3)], [(3.0, "low", "also")])


def test_of_many_statements_the_latest_stay_prepared(kept: Any) -> None:
    for number in range(130):
        assert found_by(kept, statement=f"{STATEMENT} AND size < {number + 4}") == [("low", 3)]

    assert 90 < len(prepared(kept)) <= 101


def test_what_is_logged_has_the_values(kept: Any) -> None:
    found_by(kept)
    kept.force_debug_cursor = True
    found_by(kept, "100% 'low'")

    assert kept.queries[-1]["sql"] == STATEMENT.replace("%s", "'100%% ''low'''").replace("%%", "%")


@pytest.mark.parametrize("name", ["NUL \0 within", "half a character \ud800"])
def test_a_value_that_no_text_can_hold_is_the_same_error_while_statements_are_logged(kept: Any, name: str) -> None:
    kept.force_debug_cursor = True
    with pytest.raises((DataError, UnicodeEncodeError)):
        found_by(kept, name)

    assert found_by(kept) == [("low", 3)]


def test_a_lost_connection_is_the_same_error_while_statements_are_logged(kept: Any) -> None:
    found_by(kept)
    kept.force_debug_cursor = True
    by_another(f"SELECT pg_terminate_backend({kept.connection.info.backend_pid})")
    with pytest.raises(OperationalError) as told:
        found_by(kept)
    assert "terminating connection" in str(told.value)


def test_an_error_of_the_first_statement_does_not_hide_later_losses(kept: Any) -> None:
    with pytest.raises(NotSupportedError):
        found_by(kept, statement="SELECT name, count(*) FROM shelf WHERE name = %s GROUP BY name FOR UPDATE")
    found_by(kept)
    run(kept, "DISCARD ALL")

    assert [found_by(kept) for _time in range(2)] == [[("low", 3)]] * 2


def test_only_what_changes_is_a_parameter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A partial index serves a plan for all values only where its condition is in the text."""
    monkeypatch.setattr(DatabaseWrapper, "prepares_in_transactions", True)
    user = make_user("one@example.com")
    others = User.objects.exclude(email="%s 100% ' \\").filter(is_staff=False, language__in=("en", "zh-hans"))
    account = CompiledQuery(lambda pk, email: others.filter(pk=pk, email=email), pk=UUIDField(), email=CharField())

    assert account.first(pk=user.pk, email="one@example.com") == user
    assert [(count, "100% '' " in sql) for sql, _plans, count in prepared(connection) if "zh-hans" in sql] == [
        (2, True)
    ]


def test_compiled_writes_are_prepared_within_a_transaction_and_have_as_parameters_what_changes() -> None:
    keys = FileKey.objects.exclude(wrapped="%s 100% ' \\")
    renamed = CompiledUpdate(
        lambda place: keys.filter(place=place), {"wrapped": Concat(F("wrapped"), Value("%"))}, place=CharField()
    )
    dropped = CompiledDelete(lambda place: keys.filter(place=place), place=CharField())

    forget_all()
    insert_whole([FileKey(place="here", name=f"{each}", wrapped="1") for each in range(2)])
    insert_whole([Allowance(name="one", key="1", began_at=timezone.now())])

    assert renamed.run({"name": "%s"}, place="here") == 2
    assert list(FileKey.objects.values_list("name", "wrapped")) == [("%s", "1%")] * 2
    assert dropped.run(place="here") == 2
    found = [(sql.split()[0], count, sql.partition(" RETURNING ")[2]) for sql, _plans, count in prepared(connection)]
    assert sorted(found) == [("DELETE", 1, ""), ("INSERT", 4, '"id"::bigint'), ("INSERT", 10, "1"), ("UPDATE", 2, "")]
