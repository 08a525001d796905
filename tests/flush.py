"""Empties the tables after a test that commits, but for the two in which Django keeps the names of our models.

Django empties these too and then writes a hundred permissions anew, which took most of the time of such a test.
"""

from django.core.management.color import no_style
from django.db import connections
from django.test import TransactionTestCase

KEPT = {"django_content_type", "auth_permission"}


def install() -> None:
    """From now on every test that commits ends like this."""
    TransactionTestCase._fixture_teardown = empty


def empty(case: TransactionTestCase) -> None:
    """What the test wrote is gone."""
    for alias in case._databases_names(include_mirrors=False):
        connection = connections[alias]
        every = connection.introspection.django_table_names(only_existing=True, include_views=False)
        emptied = [name for name in every if name not in KEPT]
        connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), emptied))
