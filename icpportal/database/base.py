"""Django's PostgreSQL backend, which checks a kept connection less often, makes fewer indexes and prepares statements.

Django looks for an engine in a module of this name: `ENGINE` is the folder.
"""

import select
import time
from collections.abc import Callable
from datetime import UTC
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.backends.utils import CursorWrapper
from django.db.models import Field, Model

from icpportal.database.prepared_cursor import PreparedCursor, Statements
from icpportal.database.times import read_in_utc

TRUSTED_SECONDS = 30.0  # middleboxes drop idle connections after minutes, not seconds


class SchemaEditor(DatabaseSchemaEditor):
    """Django's, without a second index beside that of each text column, for searches by a beginning.

    Each would be written with every row. Where people search so, a model declares an index with `opclasses`.
    """

    def _create_like_index_sql(self, model: type[Model], field: "Field[Any, Any]") -> None:
        """None."""


class Operations(DatabaseOperations):
    """Django's, which also tell tests and logs of a prepared statement with its values."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> Any:
        """The statement; without values that no text can hold, and after the connection was lost."""
        if not isinstance(cursor, PreparedCursor):
            return super().last_executed_query(cursor, sql, params)
        try:
            return psycopg.ClientCursor(cursor.connection).mogrify(sql, params)
        except (psycopg.Error, UnicodeError):
            return sql


class DatabaseWrapper(base.DatabaseWrapper):
    """With `CONN_HEALTH_CHECKS`, Django makes a query before the first one of every request.

    A server that ends a connection says so on it: one that answered a moment ago, and on which nothing has arrived
    since, is alive. All others are checked as before.
    """

    SchemaEditorClass = SchemaEditor
    ops_class = Operations
    prepares_in_transactions = False  # True in tests, each of which is one
    health_check_enabled: bool
    health_check_done: bool
    _prepare_cursor: Callable[[Any], CursorWrapper]
    _statements: Statements
    statement_seconds: float = 0  # the longest a statement may take in this process; 0: no limit
    _asked_at = -TRUSTED_SECONDS

    def init_connection_state(self) -> None:
        """Sets up a new connection; what its URL sets itself stays."""
        super().init_connection_state()
        self._statements = Statements(self.connection, self.wrap_database_errors)
        if self.timezone is UTC:
            read_in_utc(self.connection)
        own = str(self.settings_dict["OPTIONS"].get("options", ""))
        wanted = {"plan_cache_mode": "force_generic_plan"}  # of prepared statements, which look rows up by their keys
        if self.statement_seconds:
            wanted["statement_timeout"] = str(round(self.statement_seconds * 1000))
        if ours := "; ".join(f"SET {name} = {value}" for name, value in wanted.items() if name not in own):
            with self.connection.cursor() as cursor:
                cursor.execute(ours)

    def prepared_cursor(self, *, has_fixed_columns: bool = False) -> CursorWrapper | PreparedCursor:
        """A cursor for a statement that many requests repeat.

        Django's own one within a transaction, which a stale statement would end, unless the statement
        `has_fixed_columns`: returns none, or only such as no migration can change.
        """
        if self.in_atomic_block and not (has_fixed_columns or self.prepares_in_transactions):
            return self.cursor()
        self.close_if_health_check_failed()
        self.ensure_connection()
        prepared = PreparedCursor(self._statements)
        if self.queries_logged or self.execute_wrappers:
            return self._prepare_cursor(prepared)
        self.validate_thread_sharing()
        self.validate_no_broken_transaction()
        return prepared

    def close_if_health_check_failed(self) -> None:
        """Closes a dead connection before the first query of a request, which then opens a new one."""
        if self.connection is None or not self.health_check_enabled or self.health_check_done:
            return
        now = time.monotonic()
        if now - self._asked_at < TRUSTED_SECONDS and self._is_silent():
            self.health_check_done = True
            return
        super().close_if_health_check_failed()
        self._asked_at = now

    def _is_silent(self) -> bool:
        """Whether nothing has arrived from the server, not even an end."""
        if self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0)
