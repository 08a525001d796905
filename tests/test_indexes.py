"""No index is the beginning of another, and no migration locks a table with rows for as long as an index takes."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddIndex, CreateModel, RemoveIndex, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import CASCADE, BaseConstraint, ForeignKey, Index, Model, Q, UniqueConstraint
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
    assert {name for model in ours for name in of_another(model)} == set()


@dataclass(frozen=True)
class Tree:
    """An index of the database by columns: of a field, of `Meta.indexes`, or of a unique constraint."""

    name: str
    columns: tuple[str, ...]
    is_unique: bool = False
    condition: Q | None = None  # only rows that meet it are in it
    form: tuple[object, ...] = ()  # anything else in which two can differ

    def begins(self, other: "Tree") -> bool:
        """Whether a search by this one can use the other, over the same rows."""
        if (self.condition, self.form) != (other.condition, other.form):
            return False
        first = other.columns[: len(self.columns)]
        return self.columns in (first, tuple(_turned(name) for name in first))  # read backwards


def _turned(column: str) -> str:
    return column.removeprefix("-") if column.startswith("-") else f"-{column}"


def trees(model: type[Model]) -> Iterator[Tree]:
    for field in model._meta.concrete_fields:
        if field.unique or (field.db_index and not isinstance(field, ForeignKey)):  # foreign keys are judged above
            yield Tree(f"{field.name} itself", (field.name,), is_unique=field.unique)
    yield from (tree_of(each) for each in (*model._meta.indexes, *model._meta.constraints) if is_tree(each))
    yield from (Tree("/".join(each), tuple(each), is_unique=True) for each in model._meta.unique_together)


def is_tree(each: Index | BaseConstraint) -> bool:
    return (type(each) is Index or isinstance(each, UniqueConstraint)) and bool(each.fields)


def tree_of(each: Index | UniqueConstraint) -> Tree:
    form = (tuple(each.opclasses), tuple(each.include or ()))
    is_unique = isinstance(each, UniqueConstraint)
    return Tree(each.name, tuple(each.fields), is_unique, each.condition, form if any(form) else ())


def repeated(found: list[Tree]) -> Iterator[str]:
    """Indexes that say nothing that another does not: their beginning, or all of them, is in it.

    A unique constraint has to be there, and finds one row: what goes on behind its columns finds no fewer.
    """
    for one, other in itertools.permutations(found, 2):
        if one.begins(other) and not one.is_unique:
            yield f"{one.name} repeats the beginning of {other.name}"
        if one.begins(other) and one.is_unique and len(other.columns) > len(one.columns):
            yield f"{other.name} goes on behind {one.name}, which finds one row"
        if one.begins(other) and one.is_unique and other.is_unique and one.columns == other.columns:
            yield f"{one.name} is {other.name} once more"


def test_no_index_repeats_another_or_a_unique_constraint() -> None:
    ours = (model for model in apps.get_models() if model.__module__.partition(".")[0] in PACKAGES)
    found = {f"{model._meta.label}: {fault}" for model in ours for fault in repeated(list(trees(model)))}

    assert found == set()


ONCE = UniqueConstraint(fields=["order", "key"], name="once")
OPEN = Q(ended_at=None)


@pytest.mark.parametrize(
    ("others", "says"),
    [
        ([Index(fields=["order", "key"], name="same")], ["same repeats the beginning of once"]),
        ([Index(fields=["order"], name="less")], ["less repeats the beginning of once"]),
        ([Index(fields=["-order", "-key"], name="back")], ["back repeats the beginning of once"]),
        ([Index(fields=["order", "key", "at"], name="more")], ["more goes on behind once, which finds one row"]),
        (
            [UniqueConstraint(fields=["order", "key", "at"], name="wide")],
            ["wide goes on behind once, which finds one row"],
        ),
        ([UniqueConstraint(fields=["order"], name="one")], ["once goes on behind one, which finds one row"]),
        ([Index(fields=["key", "order"], name="other way")], []),
        ([Index(fields=["order", "-key"], name="other order")], []),
        ([Index(fields=["order"], condition=OPEN, name="few rows")], []),
        ([UniqueConstraint(fields=["order"], condition=OPEN, name="one open")], []),
        ([Index(fields=["order"], name="by word", opclasses=["text_pattern_ops"])], []),
    ],
)
def test_an_index_that_a_unique_constraint_makes_needless_is_noticed(others: list[Index], says: list[str]) -> None:
    assert list(repeated([tree_of(each) for each in (ONCE, *others)])) == says


def test_indexes_of_the_same_few_rows_are_compared_with_each_other() -> None:
    once = UniqueConstraint(fields=["order"], condition=OPEN, name="one open")
    again = Index(fields=["order"], condition=OPEN, name="open")

    assert list(repeated([tree_of(once), tree_of(again)])) == ["open repeats the beginning of one open"]


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
