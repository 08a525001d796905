"""Django's PostgreSQL backend, which checks a kept connection less often and makes fewer indexes.

Django looks for an engine in a module of this name: `ENGINE` is the folder.
"""

import select
import time
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.models import Field, Model

TRUSTED_SECONDS = 30.0  # middleboxes drop idle connections after minutes, not seconds


class SchemaEditor(DatabaseSchemaEditor):
    """Django's, without a second index beside that of each text column, for searches by a beginning.

    Each would be written with every row. Where people search so, a model declares an index with `opclasses`.
    """

    def _create_like_index_sql(self, model: type[Model], field: "Field[Any, Any]") -> None:
        """None."""


class DatabaseWrapper(base.DatabaseWrapper):
    """With `CONN_HEALTH_CHECKS`, Django makes a query before the first one of every request.

    A server that ends a connection says so on it: one that answered a moment ago, and on which nothing has arrived
    since, is alive. All others are checked as before.
    """

    SchemaEditorClass = SchemaEditor
    health_check_enabled: bool
    health_check_done: bool
    statement_seconds: float = 0  # the longest a statement may take in this process; 0: no limit
    _asked_at = -TRUSTED_SECONDS

    def init_connection_state(self) -> None:
        """Sets up a new connection; a URL that sets its own `statement_timeout` keeps it."""
        super().init_connection_state()
        own = str(self.settings_dict["OPTIONS"].get("options", ""))
        if self.statement_seconds and "statement_timeout" not in own:
            with self.connection.cursor() as cursor:
                cursor.execute(f"SET statement_timeout = {round(self.statement_seconds * 1000)}")

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
