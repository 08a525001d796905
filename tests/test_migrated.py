"""The database that tests start with has all migrations."""

import os
import sqlite3
import uuid
from contextlib import closing

import psycopg
import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from icpportal.accounts import roles
from tests import migrated


@pytest.mark.django_db
def test_the_tests_start_with_every_migration_and_no_other():
    loader = MigrationLoader(connection)

    assert set(loader.applied_migrations) == set(loader.disk_migrations)
    assert connection.introspection.table_names() == sorted(
        {*connection.introspection.django_table_names(), "django_migrations"}
    )


@pytest.mark.django_db
def test_the_tests_start_with_what_each_role_may_do():
    """A builder of staff need not write it: nothing is missing, and nothing too much."""
    grants = Group.permissions.through.objects.values_list("id", "group", "permission").order_by("id")
    before = list(grants)

    roles.ensure()

    assert list(grants) == before
    assert {group.name for group in Group.objects.filter(permissions__isnull=False)} == set(roles.STAFF)


def test_a_copy_is_complete_and_replaces_the_old_file(tmp_path):
    target = tmp_path / "portal.sqlite3"
    with closing(sqlite3.connect(target)) as old:
        old.execute("CREATE TABLE of_yesterday (id)")

    migrated.copy_to(target)

    with closing(sqlite3.connect(target)) as copy:
        tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        reasons = copy.execute("SELECT count(*) FROM transfers_returnreason").fetchone()[0]
    assert {"transfers_order", "django_migrations"} <= tables
    assert "of_yesterday" not in tables
    assert reasons > 0  # written by a migration


@pytest.mark.services
def test_a_template_is_made_once_a_run_and_replaces_an_older_one(monkeypatch):
    url = os.environ["DATABASE_URL"]
    server, _, _database = url.rpartition("/")
    name = f"templates_{uuid.uuid4().hex[:8]}"
    made = []
    monkeypatch.setattr(migrated, "migrate", made.append)
    with psycopg.connect(url, autocommit=True) as postgres:
        postgres.execute(f"CREATE DATABASE {name}")
        postgres.execute(f"CREATE DATABASE {name}_migrated_of_yesterday")
        try:
            templates = {migrated.template(f"{server}/{database}") for database in (name, name, f"{name}_side")}
            left = postgres.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [name]).fetchall()
        finally:
            for database in (name, f"{name}_migrated_of_yesterday", f"{name}_migrated_{migrated.fingerprint()}"):
                postgres.execute(f"DROP DATABASE IF EXISTS {database}")

    assert templates == {f"{name}_migrated_{migrated.fingerprint()}"}
    assert {database for (database,) in left} == {name, *templates}
    assert made == [f"{server}/{name}_unfinished"]


@pytest.mark.parametrize("changed", ["transfers/migrations/0001_initial.py", "filings/models.py", "requirements.txt"])
def test_any_change_in_the_product_makes_a_new_one(tmp_path, monkeypatch, changed):
    for name in ("transfers/migrations/0001_initial.py", "filings/models.py", "requirements.txt", "tests/test_one.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    monkeypatch.setattr(migrated, "ROOT", tmp_path)
    before = migrated.fingerprint()

    os.utime(tmp_path / "tests/test_one.py", (1, 1))
    same = migrated.fingerprint()
    os.utime(tmp_path / changed, (1, 1))

    assert same == before
    assert migrated.fingerprint() != before
