"""Empties the tables after a test that commits, but for the two in which Django keeps the names of our models.

Django empties these too and then writes a hundred permissions anew, which took most of the time of such a test. And it
truncates every table: on PostgreSQL each of several hundred files is then made anew, a third of a second a test. A test
fills a few tables, and their rows are deleted.
"""

from django.db import connections, transaction
from django.test import TransactionTestCase

KEPT = {"django_content_type", "auth_permission"}


def install() -> None:
    """From now on every test that commits ends like this."""
    TransactionTestCase._fixture_teardown = empty


def empty(case: TransactionTestCase) -> None:
    """What the test wrote is gone."""
    for alias in case._databases_names(include_mirrors=False):
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            # in any order: keys to other tables are judged at the end of the transaction
            for name in filled(alias):
                cursor.execute(f"DELETE FROM {connections[alias].ops.quote_name(name)}")


def filled(alias: str) -> list[str]:
    """The tables that hold a row."""
    connection = connections[alias]
    every = connection.introspection.django_table_names(only_existing=True, include_views=False)
    one = "SELECT '{}' WHERE EXISTS (SELECT 1 FROM {})"
    asked = [one.format(name, connection.ops.quote_name(name)) for name in every if name not in KEPT]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [name for (name,) in cursor.fetchall()]
