"""A cursor for the statements that a connection keeps prepared.

It asks psycopg only for what a run needs: its values as the server reads them, and the rows as Python does. psycopg's
own cursor also works out anew what the text is, whether to prepare it and how to read each type, which takes longer
than sending it.
"""

import itertools
import re
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

import psycopg
from django.db.utils import DatabaseErrorWrapper
from psycopg import abc
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import FeatureNotSupported, InvalidSqlStatementName, error_from_result
from psycopg.generators import execute
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

KEPT = 100  # statements of a connection; the one that was not used for longest goes
# a statement whose columns have other types or lengths since a migration, and one that the server no longer has
STALE = (FeatureNotSupported, InvalidSqlStatementName)
COPIES = re.compile(r"\s*copy\b", re.IGNORECASE)
PLACEHOLDER = re.compile("%[s%]")


class Statements:
    """The statements that a connection has prepared, each planned once for all values.

    Outside a transaction, a stale statement is prepared again.
    """

    def __init__(self, connection: psycopg.Connection[Any], errors: DatabaseErrorWrapper) -> None:
        self.connection, self.errors = connection, errors
        self._names: dict[tuple[str, tuple[int, ...]], bytes] = {}  # by text and types; the latest used last
        self._numbers = itertools.count()
        self._adapted: abc.Transformer = Transformer(connection)  # it caches how each type is written and read

    def run(self, sql: str, given: Sequence[Any]) -> tuple[PGresult, list[tuple[Any, ...]]]:
        """Runs a statement; returns its result and the rows of it. Raises Django's errors."""
        with self.errors, self.connection.lock:
            try:
                return self._run(sql, given)
            except STALE:
                self._names.clear()
                if self.connection.pgconn.transaction_status != TransactionStatus.IDLE:
                    raise
                self._ask(self.connection.pgconn.send_query, b"DEALLOCATE ALL")
                return self._run(sql, given)

    def _run(self, sql: str, given: Sequence[Any]) -> tuple[PGresult, list[tuple[Any, ...]]]:
        connection, adapted = self.connection, self._adapted
        values = adapted.dump_sequence(given, [PyFormat.AUTO] * len(given))
        if not connection.autocommit and connection.pgconn.transaction_status == TransactionStatus.IDLE:
            connection.wait(connection._start_query())
        name = self._name(sql, adapted.types or ())
        found = self._ask(connection.pgconn.send_query_prepared, name, values, adapted.formats)
        adapted.set_pgresult(found)
        try:
            return found, adapted.load_rows(0, found.ntuples, tuple)
        finally:
            adapted.set_pgresult(None)

    def _name(self, sql: str, types: tuple[int, ...]) -> bytes:
        """The name of the statement for values of these types, which has been prepared."""
        name = self._names.pop((sql, types), None)
        if name is None:  # also where the number of values differs: `types` has one for each
            statement = _numbered(sql, len(types))
            if len(self._names) >= KEPT:
                self._ask(self.connection.pgconn.send_query, b"DEALLOCATE " + self._names.pop(next(iter(self._names))))
            name = b"portal_%d" % next(self._numbers)
            self._ask(self.connection.pgconn.send_prepare, name, statement.encode(), types)
        self._names[sql, types] = name
        return name

    def _ask(self, send: Callable[..., None], *given: object) -> PGresult:
        """The server's answer; waits as psycopg does, so that signals are heard meanwhile."""
        send(*given)
        found = self.connection.wait(execute(self.connection.pgconn))[-1]
        if found.status == ExecStatus.FATAL_ERROR:
            raise error_from_result(found)
        return found


def _numbered(sql: str, given: int) -> str:
    """The statement with PostgreSQL's `$1`, `$2` … in place of `%s`; refuses what the server would take amiss."""
    numbers = itertools.count(1)
    statement = PLACEHOLDER.sub(lambda found: "%" if found[0] == "%%" else f"${next(numbers)}", sql)
    if (wanted := next(numbers) - 1) != given:
        raise psycopg.ProgrammingError(f"the statement has {wanted} placeholders, and {given} values were given")
    if COPIES.match(sql):  # its answer is a stream, which would hold the connection
        raise psycopg.ProgrammingError("COPY is not for a prepared statement: use a cursor of psycopg")
    return statement


class PreparedCursor:
    """What Django and the compiled statements ask of a cursor, for `Statements`. Raises Django's errors."""

    def __init__(self, statements: Statements) -> None:
        self.connection = statements.connection
        self._statements = statements
        self._found: PGresult | None = None
        self._rows: list[tuple[Any, ...]] = []
        self._next = 0

    def execute(self, sql: str, params: Sequence[Any] = ()) -> None:
        """Runs one statement."""
        self._found, self._rows, self._next = None, [], 0
        self._found, self._rows = self._statements.run(sql, params)

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row of the result; None after the last."""
        row = self._rows[self._next] if self._next < len(self._rows) else None
        self._next += 1
        return row

    def fetchall(self) -> list[tuple[Any, ...]]:
        """The rows of the result that were not fetched yet."""
        left, self._next = self._rows[self._next :], len(self._rows)
        return left

    @property
    def rowcount(self) -> int:
        """The rows that were found or written."""
        if self._found is None:
            return -1
        return len(self._rows) if self._found.status == ExecStatus.TUPLES_OK else self._found.command_tuples or 0

    @property
    def description(self) -> list[tuple[str]]:
        """The columns of the result, each with its name alone."""
        names = [] if self._found is None else [self._found.fname(place) for place in range(self._found.nfields)]
        return [((name or b"").decode(),) for name in names]

    def close(self) -> None:
        """Nothing: the result goes with the cursor."""

    def __enter__(self) -> "PreparedCursor":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
