"""Empties the tables after a test that commits, but for the two in which Django keeps the names of our models.

Django empties these too and then writes a hundred permissions anew, which took most of the time of such a test. And it
truncates every table: on PostgreSQL each of several hundred files is then made anew, a third of a second a test. A test
fills a few tables, and their rows are deleted.
"""

from django.db import connections, transaction
from django.test import TransactionTestCase

KEPT_BY_TRIGGER = "audit_auditentry"  # a trigger lets nobody delete there
KEPT = {"django_content_type", "auth_permission"}


def install() -> None:
    """From now on every test that commits ends like this."""
    TransactionTestCase._fixture_teardown = empty


def empty(case: TransactionTestCase) -> None:
    """What the test wrote is gone."""
    for alias in case._databases_names(include_mirrors=False):
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            found = filled(alias)
            if KEPT_BY_TRIGGER in found and connections[alias].vendor == "postgresql":
                for table in (KEPT_BY_TRIGGER, "audit_auditcheckpoint"):
                    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            # in any order: keys to other tables are judged at the end of the transaction
            for name in found:
                cursor.execute(f"DELETE FROM {connections[alias].ops.quote_name(name)}")
            if KEPT_BY_TRIGGER in found and connections[alias].vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table is not altered while a key is to be judged
                for table in (KEPT_BY_TRIGGER, "audit_auditcheckpoint"):
                    cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def filled(alias: str) -> list[str]:
    """The tables that hold a row."""
    connection = connections[alias]
    every = connection.introspection.django_table_names(only_existing=True, include_views=False)
    one = "SELECT '{}' WHERE EXISTS (SELECT 1 FROM {})"
    asked = [one.format(name, connection.ops.quote_name(name)) for name in every if name not in KEPT]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [name for (name,) in cursor.fetchall()]
