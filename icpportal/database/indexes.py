"""Migrations that create and drop indexes of large tables while the portal keeps writing.

PostgreSQL does it concurrently and outside a transaction, so the migration needs `atomic = False`. Other databases lock
the table, as always.
"""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddIndex, RemoveIndex
from django.db.migrations.state import ProjectState, StateApps


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
