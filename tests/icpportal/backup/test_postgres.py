"""A PostgreSQL backup restored into a database that the portal does not own, and the errors of its programs."""

from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command

from tests.icpportal.backup.papers import make_sealed_document
from tests.icpportal.backup.shapes import of_another_owner
from tests.transfers.builders import make_order

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


def test_it_is_restored_where_the_owner_of_the_database_created_the_extension(tmp_path: Path) -> None:
    make_sealed_document(make_order())
    with of_another_owner(tmp_path) as there:
        call_command("backup", to=there.target, keys_to=there.keys_target, first=True)

        done = there.restore()

        assert (done.returncode, "differs from the backup" in done.stdout) == (0, False), done.stdout + done.stderr


def test_a_backup_with_comments_on_extensions_is_restored_there_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_sealed_document(make_order())
    with of_another_owner(tmp_path) as there:
        with monkeypatch.context() as before:
            before.setattr("icpportal.backup.database.AS_OURS", ["--no-owner", "--no-privileges"])
            call_command("backup", to=there.target, keys_to=there.keys_target, first=True)

        assert there.restore().returncode == 0


def test_the_error_is_shown_without_the_command_that_failed(tmp_path: Path) -> None:
    make_sealed_document(make_order())
    with of_another_owner(tmp_path) as there:
        call_command("backup", to=there.target, keys_to=there.keys_target, first=True)
        with psycopg.connect(there.environment["DATABASE_URL"]) as taken:
            taken.execute("CREATE SEQUENCE django_migrations_id_seq")

        refused = there.restore()

        assert refused.returncode == 1
        assert "Not restored: pg_restore ended with 1: pg_restore: error: could not" in refused.stderr
        assert "already exists" in refused.stderr
