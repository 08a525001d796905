"""Times as PostgreSQL sends them, read in a fraction of the time.

psycopg's reader works out the zone of the connection anew for every query, and takes each time apart with a regular
expression; Django's then replaces the zone. The portal's connections are in UTC, and Python reads ISO itself.
"""

from datetime import UTC, datetime
from typing import Any

from psycopg import Connection
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.types.datetime import TimestamptzLoader


class UtcLoader(Loader):
    """Reads a `timestamptz`; what is no time of Python's, such as infinity, is refused in psycopg's words."""

    timezone = UTC  # Django puts its own reader in place of one that has another

    def load(self, data: Buffer) -> datetime:
        """The time, in UTC."""
        try:
            found = datetime.fromisoformat(bytes(data).decode())
        except ValueError:
            found = TimestamptzLoader(self.oid, self.connection).load(data)
        return found if found.tzinfo is UTC else found.astimezone(UTC)


def read_in_utc(connection: Connection[Any]) -> None:
    """Has this connection read its times so."""
    connection.adapters.register_loader("timestamptz", UtcLoader)
