"""Migrations that create and drop indexes of large tables while the portal keeps writing.

PostgreSQL does it concurrently and outside a transaction, so the migration needs `atomic = False`. Other databases lock
the table, as always.
"""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddIndex, AlterField, RemoveIndex
from django.db.migrations.state import ProjectState, StateApps
from django.db.models import Field, Index, Model


def is_postgresql(editor: BaseDatabaseSchemaEditor) -> bool:
    return editor.connection.vendor == "postgresql"


class AddIndexWhileWriting(AddIndexConcurrently):
    """`AddIndex`; first drops the unusable remains of an interrupted run."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if not is_postgresql(schema_editor):
            AddIndex.database_forwards(self, app_label, schema_editor, from_state, to_state)
            return
        self._ensure_not_in_transaction(schema_editor)
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {schema_editor.quote_name(self.index.name)}")
        super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        way = AddIndexConcurrently if is_postgresql(schema_editor) else AddIndex
        way.database_backwards(self, app_label, schema_editor, from_state, to_state)


class RemoveIndexWhileWriting(RemoveIndexConcurrently):
    """`RemoveIndex`."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        way = RemoveIndexConcurrently if is_postgresql(schema_editor) else RemoveIndex
        way.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        way = RemoveIndexConcurrently if is_postgresql(schema_editor) else RemoveIndex
        way.database_backwards(self, app_label, schema_editor, from_state, to_state)


# what Django names the index for searches by a beginning that it makes for each text column with an index
BESIDE_ANOTHER = """
    SELECT indexname FROM pg_indexes
    WHERE schemaname = current_schema() AND indexname ~ '_[0-9a-f]{8}_like$' AND indexdef LIKE '%\\_pattern\\_ops)'
    ORDER BY indexname
"""


def drop_pattern_indexes(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 -- of a migration
    """Drops those that Django made before `SchemaEditor` left them out; an interrupted run goes on with the rest."""
    if not is_postgresql(schema_editor):
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(BESIDE_ANOTHER)
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {schema_editor.quote_name(name)}")


class LeaveIndexToAnother(AlterField):
    """`AlterField` of a foreign key to `db_index=False`, whose index is the beginning of another of its table.

    The index is dropped, and built again when the migration is undone, while the portal writes. The table stays as it
    is: SQLite would otherwise copy it, without its triggers.
    """

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        model, field = _field(self, app_label, from_state)
        way = "DROP INDEX CONCURRENTLY" if is_postgresql(schema_editor) else "DROP INDEX"
        for name in _own_indexes(schema_editor, model, field):
            schema_editor.execute(f"{way} IF EXISTS {schema_editor.quote_name(name)}")

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        self.database_forwards(app_label, schema_editor, to_state, from_state)  # the remains of an interrupted run
        model, field = _field(self, app_label, to_state)
        concurrently = {"concurrently": True} if is_postgresql(schema_editor) else {}
        create = schema_editor._create_index_sql(model, fields=[field], **concurrently)  # type: ignore[attr-defined]
        schema_editor.execute(create)


def _field(operation: AlterField, app_label: str, state: ProjectState) -> "tuple[type[Model], Field[Any, Any]]":
    model = state.apps.get_model(app_label, operation.model_name)
    return model, model._meta.get_field(operation.name)


def _own_indexes(editor: BaseDatabaseSchemaEditor, model: "type[Model]", field: "Field[Any, Any]") -> list[str]:
    """The indexes of a column alone that Django made for the field: not those that the model declares by name."""
    declared = {index.name for index in model._meta.indexes}
    found: list[str] = editor._constraint_names(  # type: ignore[attr-defined]
        model, [field.column], index=True, unique=False, primary_key=False, type_=Index.suffix, exclude=declared
    )
    return found
