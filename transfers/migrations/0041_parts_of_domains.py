"""Domains are found by any part of them, where the database allows the index for it."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from transfers.review.search.parts import INDEX, make_index


def make(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    make_index(editor.connection)


def drop(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP INDEX IF EXISTS {INDEX}")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("transfers", "0040_indexes_of_lists")]

    operations = [migrations.RunPython(make, drop)]
