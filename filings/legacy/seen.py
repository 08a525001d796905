"""What a dump has said already, kept in a file that goes away, so that a long dump costs no memory."""

import sqlite3


class Seen:
    """Remembers under a key who said something first, and what."""

    def __init__(self) -> None:
        self.rows = sqlite3.connect("")  # a private file of SQLite's, deleted when it is closed
        self.rows.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, row INTEGER, what TEXT) WITHOUT ROWID")

    def first(self, key: str, row: int, what: str = "") -> tuple[int, str]:
        """The row that said it first, and what it said; this one if nobody did."""
        if self.rows.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (key, row, what)).rowcount:
            return row, what
        found = self.rows.execute("SELECT row, what FROM seen WHERE key = ?", (key,)).fetchone()
        return int(found[0]), str(found[1])

    def close(self) -> None:
        self.rows.close()
