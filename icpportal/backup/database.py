"""The database part of a backup: one moment of it, without the keys of files, which are stored separately.

PostgreSQL by pg_dump and pg_restore (custom format), SQLite by its own online backup; both while the portal works.
"""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from psycopg import pq

from icpportal.backup.streams import Line, NoScratch
from icpportal.backup.targets import CHUNK
from icpportal.privacy.models import FileKey

FILE_KEYS = FileKey._meta.db_table
KEY_COLUMNS = ("id", "place", "name", "wrapped", "created_at")
SELECT_KEYS = f"SELECT {', '.join(KEY_COLUMNS)} FROM {FILE_KEYS} ORDER BY id"  # noqa: S608 -- constants
AS_OURS = ["--no-owner", "--no-privileges", "--no-comments"]  # only an extension's owner may comment on it
DELETE_KEYS = f"DELETE FROM {FILE_KEYS}"  # noqa: S608 -- same


class Writable(Protocol):
    def write(self, plain: bytes, /) -> int: ...


class DatabaseFault(Exception):
    """pg_dump or pg_restore failed or is missing, or SQLite's file cannot be written."""


class Moment(Protocol):
    """The database as of one moment."""

    def dump(self, out: Writable) -> None:
        """Writes all of it except the keys of files."""

    def counts(self) -> dict[str, int]:
        """The number of rows of each table, except the keys of files."""

    def file_keys(self) -> Iterator[Line]:
        """The keys of files."""


def engine() -> str:
    return connection.vendor


@contextmanager
def moment() -> Iterator[Moment]:
    """The database as of now."""
    with _postgresql() if connection.vendor == "postgresql" else _sqlite() as found:
        yield found


def clock() -> datetime:
    """The time by the database: the host of PostgreSQL may have another clock than ours."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
        return found


def is_empty() -> bool:
    return not connection.introspection.table_names()


def restore(source: BinaryIO) -> None:
    """Fills the empty database from what `Moment.dump` wrote."""
    if connection.vendor == "postgresql":
        _pg_restore(source)
    else:
        with _file() as path:
            with path.open("wb") as copy:
                shutil.copyfileobj(source, copy, CHUNK)
            with closing(sqlite3.connect(path)) as whole:
                connection.ensure_connection()
                try:
                    whole.backup(connection.connection)
                except sqlite3.Error as error:  # leaves it as empty as before
                    raise DatabaseFault(f"the database cannot be written: {error}") from error


def count_rows() -> dict[str, int]:
    """The present number of rows of each table, except the keys of files."""
    with connection.cursor() as cursor:
        return _count_rows(cursor, connection.introspection.table_names(cursor))


def put_file_keys(lines: Iterable[Line]) -> int:
    """Inserts the keys of files; returns how many."""
    rows = [FileKey(**line) for line in lines]
    return len(FileKey.objects.bulk_create(rows, batch_size=1_000))


def known_file_keys() -> set[UUID]:
    """The ids of the keys of files that are here."""
    return set(FileKey.objects.values_list("pk", flat=True))


def _count_rows(cursor: Any, tables: Iterable[str]) -> dict[str, int]:
    found = {}
    for table in sorted(set(tables) - {FILE_KEYS}):
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 -- a table of ours
        found[table] = cursor.fetchone()[0]
    return found


# --- PostgreSQL ----------------------------------------------------------------------------------


class _PostgresMoment:
    """A snapshot held by this transaction and shared with pg_dump."""

    def __init__(self, snapshot: str) -> None:
        self.snapshot = snapshot

    def dump(self, out: Writable) -> None:
        options = ["--format=custom", *AS_OURS, f"--exclude-table-data={FILE_KEYS}"]
        with _process(["pg_dump", *options, f"--snapshot={self.snapshot}"], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            while part := process.stdout.read(CHUNK):
                out.write(part)

    def counts(self) -> dict[str, int]:
        return count_rows()

    def file_keys(self) -> Iterator[Line]:
        for row in FileKey.objects.order_by("pk").values_list(*KEY_COLUMNS).iterator(chunk_size=2_000):
            yield {name: str(value) for name, value in zip(KEY_COLUMNS, row, strict=True)}


@contextmanager
def _postgresql() -> Iterator[Moment]:
    with transaction.atomic(), connection.cursor() as cursor:
        if not connection.savepoint_ids:  # must be the first statement of the transaction
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        yield _PostgresMoment(cursor.fetchone()[0])


def _pg_restore(source: BinaryIO) -> None:
    options = ["--exit-on-error", "--single-transaction", *AS_OURS]
    name = str(connection.settings_dict["NAME"])
    with _process(["pg_restore", *options, f"--dbname={name}"], stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended already; its exit code tells why
            shutil.copyfileobj(source, process.stdin, CHUNK)
            process.stdin.close()


@contextmanager
def _process(
    command: list[str], *, stdin: int | None = None, stdout: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    with tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(  # noqa: S603 -- our own words
                command, stdin=stdin, stdout=stdout, stderr=errors, env=_environment()
            )
        except FileNotFoundError:
            raise DatabaseFault(f"{command[0]} is not installed: install the client of PostgreSQL") from None
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        finally:
            code = process.wait()
        if code:
            errors.seek(0)
            raise DatabaseFault(f"{command[0]} ended with {code}: {_reason(errors)}")


def _reason(told: BinaryIO) -> str:
    """The first error in a program's output, or else its last line."""
    lines = told.read().decode("utf-8", "replace").strip().splitlines()
    return next((line for line in lines if "error:" in line), lines[-1] if lines else "it said nothing")


def _environment() -> dict[str, str]:
    """The connection settings for PostgreSQL's programs; a password is never an argument.

    All that the URL says: with another host or without the certificate it requires, they would reach another server.
    """
    parameters = connection.get_connection_params()
    found = {}
    for option in pq.Conninfo.get_defaults():
        value = parameters.get(option.keyword.decode())
        if option.envvar and value not in (None, ""):
            found[option.envvar.decode()] = str(value)
    return {"PATH": os.defpath, **found}


# --- SQLite --------------------------------------------------------------------------------------


class _SqliteMoment:
    """A copy of the file, from which the keys of files are read and then deleted."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with closing(sqlite3.connect(path)) as copy:
            self.keys = copy.execute(SELECT_KEYS).fetchall()
            copy.execute(DELETE_KEYS)
            copy.commit()
            copy.execute("VACUUM")  # otherwise they could be recovered from free pages

    def dump(self, out: Writable) -> None:
        with self.path.open("rb") as source:
            while part := source.read(CHUNK):
                out.write(part)

    def counts(self) -> dict[str, int]:
        with closing(sqlite3.connect(self.path)) as copy:
            cursor = copy.cursor()
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            return _count_rows(cursor, [name for (name,) in cursor.fetchall()])

    def file_keys(self) -> Iterator[Line]:
        for row in self.keys:
            yield {**dict(zip(KEY_COLUMNS, map(str, row), strict=True)), "created_at": f"{row[-1]}+00:00"}


@contextmanager
def _sqlite() -> Iterator[Moment]:
    with _file() as path:
        # a connection of its own reads what is committed: the portal's own would wait for itself in a transaction
        name = str(connection.settings_dict["NAME"])
        with closing(sqlite3.connect(name)) as source, closing(sqlite3.connect(path)) as copy:
            source.backup(copy)
        yield _SqliteMoment(path)


@contextmanager
def _file() -> Iterator[Path]:
    """A name beside our database file, readable by nobody else; deleted at the end."""
    try:
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=settings.VAR_DIR) as folder:
            yield Path(folder) / "copy.sqlite3"
    except (OSError, sqlite3.OperationalError) as trouble:
        raise NoScratch(trouble) from trouble
