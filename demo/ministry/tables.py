"""The simulator's tables: created when missing, dropped and created again when the models have changed."""

import zlib

from django.apps import apps
from django.core.management import call_command
from django.db import connection

LABEL = "simulator"


def prepare() -> None:
    """Makes sure the tables of this version exist: empty, or with the data of the same version."""
    wanted = _fingerprint()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA user_version")
        found = cursor.fetchone()[0]
    if found not in (0, wanted):
        _drop_all()
    call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA user_version = {wanted}")


def _fingerprint() -> int:
    """A checksum of the tables as defined in `models.py`."""
    lines = [
        f"{model._meta.db_table} {field.column} {field.db_type(connection)} {field.null}"
        for model in apps.get_app_config(LABEL).get_models()
        for field in model._meta.concrete_fields
    ]
    return zlib.crc32("\n".join(sorted(lines)).encode()) % (2**31 - 2) + 1


def _drop_all() -> None:
    ours = [model._meta.db_table for model in apps.get_app_config(LABEL).get_models()]
    with connection.constraint_checks_disabled(), connection.schema_editor() as editor:
        for table in ours:
            editor.execute(f"DROP TABLE IF EXISTS {editor.quote_name(table)}")
