"""A database filled by an earlier version is taken over: nothing is lost, and every order can continue."""

import json
import lzma
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.transfers import states

pytestmark = [pytest.mark.once, pytest.mark.slow]

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
OF_DJANGO = ("django_migrations", "auth_permission", "django_content_type", "auth_group_permissions", "sqlite_sequence")
RENAMED = {
    "icpportal_pulse": "icpportal_heartbeat",
    "miit_line": "miit_ministryline",
    "verification_handoff": "verification_phoneupload",
}


@pytest.fixture(scope="module")
def taken_over(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """The result of this version's migration: rows before and after, and the outcome of each order."""
    folder = tmp_path_factory.mktemp("previous-version")
    file = folder / "filled.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.executescript(lzma.decompress((HERE / "filled.sql.xz").read_bytes()).decode())
        before = rows(database)
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{file}", "VAR_DIR": str(folder), "PYTHONPATH": str(ROOT)}
    environment.pop("REDIS_URL", None)
    run = [sys.executable, "-m", "tests.previous_version.onwards"]
    done = subprocess.run(run, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return {"before": before, **json.loads(done.stdout.splitlines()[-1])}


def rows(database: sqlite3.Connection) -> dict[str, int]:
    """The number of rows in each table."""
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        RENAMED.get(table, table): database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608
        for table in tables
        if table not in OF_DJANGO
    }


def test_no_row_is_lost(taken_over: dict) -> None:
    assert len(taken_over["before"]) > 60
    assert {table: taken_over["rows"][table] for table in taken_over["before"]} == taken_over["before"]


def test_every_message_has_its_text(taken_over: dict) -> None:
    """Texts were renamed: a message waiting to be sent, or read on the portal, has its new name."""
    assert taken_over["messages"] > 20
    assert taken_over["unknown texts"] == []


def test_every_reason_becomes_its_first_version_and_its_verdicts_name_that(taken_over: dict) -> None:
    assert taken_over["reasons"] == taken_over["first versions"] > 30
    assert taken_over["told"] > 0
    assert taken_over["told otherwise"] == []


def test_the_database_has_an_order_of_every_kind_in_every_state(taken_over: dict) -> None:
    found = {(order["kind"], order["state"]) for order in taken_over["orders"]}

    assert {state for _kind, state in found} == set(states.ALL)
    assert {kind for kind, _state in found} == set(states.KINDS)


def test_every_order_opens_for_its_owner_and_at_the_desk(taken_over: dict) -> None:
    """At the desk all except those never submitted, which only their owner sees."""
    own = {order["state"] for order in taken_over["orders"] if tuple(order["opens"]) == (200, 404)}

    assert {tuple(order["opens"]) for order in taken_over["orders"]} == {(200, 200), (200, 404)}
    assert own <= {states.DRAFT, states.WITHDRAWN, states.ABANDONED, states.EXPIRED}


def test_every_order_that_has_not_ended_can_move_on(taken_over: dict) -> None:
    stuck = [
        order
        for order in taken_over["orders"]
        if order["state"] not in states.ENDED and order["after"] == order["state"]
    ]

    assert stuck == []


def test_no_order_that_has_ended_moves(taken_over: dict) -> None:
    assert [o for o in taken_over["orders"] if o["state"] in states.ENDED and o["after"] != o["state"]] == []
