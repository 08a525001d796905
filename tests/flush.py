"""Leaves the tables after a test that commits as the migrations did.

Django empties them, so that the roles' groups and the reasons for returns are gone for every later test, and then
creates a hundred permissions, which took most of the time of such a test. And it truncates every table: on PostgreSQL
that creates several hundred files again, a third of a second a test. A test fills only a few tables: their rows are
deleted, and those of the migrations written again.
"""

from django.db import connections, transaction
from django.test import TransactionTestCase

from tests import tables

KEPT_BY_TRIGGER = "audit_auditentry"  # a trigger forbids deleting there
KEPT = {"django_content_type", "auth_permission"}
_migrated: dict[str, tables.Tables] = {}  # the rows that the migrations wrote, by database


def install() -> None:
    """Installs this for every test that commits."""
    TransactionTestCase._fixture_teardown = empty


def remember() -> None:
    """Notes the rows of the migrations; call it before the first test."""
    for alias in connections:
        with connections[alias].cursor() as cursor:
            _migrated[alias] = {name: tables.rows_of(cursor, name) for name in tables_with_rows(alias)}


def empty(case: TransactionTestCase) -> None:
    """Deletes what the test wrote, and writes again what it deleted or changed."""
    for alias in case._databases_names(include_mirrors=False):
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            wanted = _migrated.get(alias, {})
            same = {name for name, rows in wanted.items() if tables.rows_of(cursor, name) == rows}
            found = [name for name in tables_with_rows(alias) if name not in same]
            if KEPT_BY_TRIGGER in found and connections[alias].vendor == "postgresql":
                for table in (KEPT_BY_TRIGGER, "audit_auditcheckpoint"):
                    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            # in any order: foreign keys are checked at the end of the transaction
            for name in found:
                cursor.execute(f"DELETE FROM {connections[alias].ops.quote_name(name)}")
            for name, rows in wanted.items():
                if name not in same:
                    tables.insert(cursor, name, rows)
            if KEPT_BY_TRIGGER in found and connections[alias].vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while a check is pending
                for table in (KEPT_BY_TRIGGER, "audit_auditcheckpoint"):
                    cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def tables_with_rows(alias: str) -> list[str]:
    """The tables that have rows."""
    connection = connections[alias]
    every = connection.introspection.django_table_names(only_existing=True, include_views=False)
    one = "SELECT '{}' WHERE EXISTS (SELECT 1 FROM {})"
    asked = [one.format(name, connection.ops.quote_name(name)) for name in every if name not in KEPT]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [name for (name,) in cursor.fetchall()]
