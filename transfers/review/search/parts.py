"""Finds a domain by any part of it: with a trigram index on PostgreSQL, without one on SQLite.

The index needs the extension `pg_trgm`, which a database may deny to its role. Then only beginnings of words find a
domain, and `manage.py check --database default` says so.
"""

import logging
import re
from collections.abc import Sequence

from django.apps import AppConfig
from django.core import checks
from django.core.cache import cache
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.db.utils import DEFAULT_DB_ALIAS

from transfers.models import SearchKey
from transfers.review.search.keys import DOMAIN

INDEX = "search_key_part"
READY, KNOWN_FOR = "search.parts_ready", 300  # seconds
TRIGRAM = re.compile(r"[a-z0-9]{3}")  # without one, the whole index would be read; there are none of Han characters
EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
MAKE = (  # fastupdate off, or each search would read the whole list of pending keys
    f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {INDEX} ON transfers_searchkey"
    f" USING gin (key gin_trgm_ops) WITH (fastupdate = off) WHERE kind = '{DOMAIN}'"
)
MISSING = checks.Warning(
    "Domains are found by the beginnings of their words alone: the database has no index of their parts.",
    hint="Have the owner of the database run CREATE EXTENSION pg_trgm in it, then `manage.py index_orders`.",
    id="transfers.W001",
)

logger = logging.getLogger(__name__)


def by_part(part: str) -> QuerySet[SearchKey]:
    """Keys of domains that contain this."""
    return SearchKey.objects.filter(kind=DOMAIN, key__contains=part)


def finds(part: str) -> bool:
    """Whether domains are searched for this part; not if that meant reading all of them."""
    return bool(TRIGRAM.search(part)) and is_ready()


def is_ready() -> bool:
    """Whether any part of a domain finds it here; cached, so that the database is rarely asked."""
    ready: bool | None = cache.get(READY)
    if ready is None:
        ready = has_index(connections[DEFAULT_DB_ALIAS])
        cache.set(READY, ready, KNOWN_FOR)
    return ready


def has_index(connection: BaseDatabaseWrapper) -> bool:
    """Whether the index exists and is valid. A SQLite database is small enough to need none."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [INDEX])
        return cursor.fetchone() == (True,)


def make_index(connection: BaseDatabaseWrapper) -> bool:
    """Creates extension and index if missing, without blocking writes; returns whether they exist now.

    Call it outside a transaction. An index left invalid by a failed build is built anew.
    """
    if has_index(connection):
        return True
    try:
        with connection.cursor() as cursor:
            cursor.execute(EXTENSION)
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
            cursor.execute(MAKE)
    except DatabaseError as refused:
        logger.warning("no index of parts of domains", extra={"trouble": type(refused.__cause__ or refused).__name__})
        return False
    cache.delete(READY)
    return True


@checks.register(checks.Tags.database)
def parts_find_domains(
    databases: Sequence[str] | None = None,
    app_configs: Sequence[AppConfig] | None = None,  # noqa: ARG001 -- Django's signature
    **_options: object,
) -> list[checks.CheckMessage]:
    """Warns while only beginnings of words find a domain; says nothing before the tables exist."""
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    connection = connections[DEFAULT_DB_ALIAS]
    try:
        has_tables = SearchKey._meta.db_table in connection.introspection.table_names()
        return [MISSING] if has_tables and not has_index(connection) else []
    except DatabaseError:
        return []
