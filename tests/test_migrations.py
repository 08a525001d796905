"""A migration that gives up halfway can be run again, as docs/operations.md says of one that waits for a lock."""

import pytest
from django.db.migrations.loader import MigrationLoader

from icpportal.database import indexes

OUTSIDE = [each for _key, each in sorted(MigrationLoader(None).disk_migrations.items()) if not each.atomic]
REPEATABLE = {
    indexes.AddIndexWhileWriting.__name__,
    indexes.RemoveIndexWhileWriting.__name__,
    indexes.LeaveIndexToAnother.__name__,
    "AlterField",
    "AlterModelOptions",
    "RunPython",
}


@pytest.mark.parametrize("migration", OUTSIDE, ids=str)
def test_what_runs_outside_a_transaction_can_be_run_again_from_its_beginning(migration):
    """A column that was added by then would refuse each further run."""
    kinds = {type(operation).__name__ for operation in migration.operations}

    assert len(migration.operations) == 1 or kinds <= REPEATABLE
