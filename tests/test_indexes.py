"""An upgrade runs while the portal writes: no migration locks a table with rows for as long as an index takes."""

from collections.abc import Iterator

from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddIndex, CreateModel, RemoveIndex, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.db.models import Index

from icpportal.database.indexes import AddIndexWhileWriting, RemoveIndexWhileWriting

PACKAGES = {"icpportal", "transfers", "filings", "verification"}
WHILE_WRITING = (AddIndexWhileWriting, RemoveIndexWhileWriting)
# by app: the last migration from before this rule
EXEMPT = {"alarms": "0004", "miit": "0015", "outbox": "0007", "transfers": "0038", "verification": "0015"}


def of_indexes(migration: Migration) -> Iterator[AddIndex | RemoveIndex]:
    """The operations on indexes of tables that the migration does not create itself."""
    created = {each.name_lower for each in migration.operations if isinstance(each, CreateModel)}
    for each in in_database(migration.operations):
        if isinstance(each, (AddIndex, RemoveIndex)) and each.model_name_lower not in created:
            yield each


def in_database(operations: list[Operation]) -> Iterator[Operation]:
    for each in operations:
        if isinstance(each, SeparateDatabaseAndState):
            yield from in_database(each.database_operations)
        else:
            yield each


def faults(migration: Migration) -> list[str]:
    """What of it locks a table while an index is built or dropped."""
    name = f"{migration.app_label}.{migration.name}"
    found = list(of_indexes(migration))
    locking = [
        f"{name}: {type(each).__name__} on {each.model_name}" for each in found if type(each) not in WHILE_WRITING
    ]
    return [*locking, *([f"{name}: atomic"] if found and migration.atomic else [])]


def migrations() -> Iterator[Migration]:
    for (app, name), migration in sorted(MigrationLoader(None).disk_migrations.items()):
        if migration.__module__.partition(".")[0] in PACKAGES and name[:4] > EXEMPT.get(app, ""):
            yield migration


def test_no_migration_stops_the_portal_from_writing_while_an_index_is_built() -> None:
    assert [fault for migration in migrations() for fault in faults(migration)] == []


def test_an_index_that_locks_its_table_is_noticed() -> None:
    index = Index(fields=["due_at"], name="orders_by_day")
    migration = Migration("0099_slow", "transfers")
    migration.operations = [SeparateDatabaseAndState([AddIndex("Order", index)]), RemoveIndex("Duty", "duties")]

    assert faults(migration) == [
        "transfers.0099_slow: AddIndex on Order",
        "transfers.0099_slow: RemoveIndex on Duty",
        "transfers.0099_slow: atomic",
    ]


def test_an_index_of_a_new_table_and_one_that_is_built_while_writing_are_no_fault() -> None:
    index = Index(fields=["at"], name="visits_by_day")
    new = Migration("0098_new", "transfers")
    new.operations = [CreateModel("Visit", []), AddIndex("visit", index)]
    old = Migration("0099_old", "transfers")
    old.atomic = False
    old.operations = [AddIndexWhileWriting("visit", index)]

    assert faults(new) == faults(old) == []
