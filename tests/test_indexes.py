"""No index is the beginning of another, and no migration locks a table with rows for as long as an index takes."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddIndex, CreateModel, RemoveIndex, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import CASCADE, ForeignKey, Index, Model, UniqueConstraint
from django.test.utils import CaptureQueriesContext

from icpportal.audit.models import AuditEntry
from icpportal.database.indexes import AddIndexWhileWriting, LeaveIndexToAnother, RemoveIndexWhileWriting

PACKAGES = {"icpportal", "transfers", "filings", "verification"}
WHILE_WRITING = (AddIndexWhileWriting, RemoveIndexWhileWriting)
LEAVES = LeaveIndexToAnother("auditentry", "actor", ForeignKey("accounts.User", CASCADE, null=True, db_index=False))
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


# parts that a reviewer named are read in the order in which they were written, not in that of their keys
KEPT = {"transfers.FieldVerdict.round"}


def of_another(model: type[Model]) -> Iterator[str]:
    """The foreign keys of a model whose index is the beginning of another of its indexes, of all its rows."""
    sets = [list(index.fields) for index in model._meta.indexes if index.condition is None and index.fields]
    sets += [
        list(each.fields)
        for each in model._meta.constraints
        if isinstance(each, UniqueConstraint) and each.condition is None and each.fields
    ]
    sets += [list(each) for each in model._meta.unique_together]
    first = {fields[0].removeprefix("-") for fields in sets}
    for field in model._meta.concrete_fields:
        if isinstance(field, ForeignKey) and field.db_index and not field.unique and field.name in first:
            yield f"{model._meta.label}.{field.name}"


def test_no_foreign_key_has_an_index_that_is_the_beginning_of_another() -> None:
    ours = (model for model in apps.get_models() if model.__module__.partition(".")[0] in PACKAGES)
    assert {name for model in ours for name in of_another(model)} == KEPT


def indexes_of_actor() -> list[str]:
    """The indexes of the column `actor_id` alone."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, AuditEntry._meta.db_table)
    return [name for name, each in found.items() if each["index"] and each["columns"] == ["actor_id"]]


@pytest.mark.django_db(transaction=True)
def test_an_index_left_to_another_is_dropped_and_comes_back_without_copying_its_table(made_actor: ProjectState) -> None:
    after = left(made_actor)

    with connection.schema_editor(atomic=False) as editor:
        LEAVES.database_backwards("audit", editor, after, made_actor)
    assert len(indexes_of_actor()) == 1

    with connection.schema_editor(atomic=False) as editor, CaptureQueriesContext(connection) as asked:
        LEAVES.database_forwards("audit", editor, made_actor, after)
    assert indexes_of_actor() == []
    assert [each["sql"] for each in asked if "CREATE TABLE" in each["sql"]] == []


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_an_index_that_was_killed_while_it_came_back_is_built_again(made_actor: ProjectState) -> None:
    after = left(made_actor)
    with connection.schema_editor(atomic=False) as editor:
        LEAVES.database_backwards("audit", editor, after, made_actor)
    (name,) = indexes_of_actor()
    with connection.cursor() as cursor:  # as PostgreSQL leaves it
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass(%s)", [name])

    with connection.schema_editor(atomic=False) as editor:
        LEAVES.database_backwards("audit", editor, after, made_actor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [name])
        assert cursor.fetchall() == [(True,)]

    with connection.schema_editor(atomic=False) as editor:
        LEAVES.database_forwards("audit", editor, made_actor, after)
    assert indexes_of_actor() == []


def left(made_actor: ProjectState) -> ProjectState:
    """The models without the index."""
    after = made_actor.clone()
    LEAVES.state_forwards("audit", after)
    return after


@pytest.fixture
def made_actor() -> ProjectState:
    """The models when the index was still there."""
    state = ProjectState.from_apps(apps)
    before = ForeignKey("accounts.User", CASCADE, null=True, related_name="+")
    state.alter_field("audit", "auditentry", "actor", before, preserve_default=True)
    return state
