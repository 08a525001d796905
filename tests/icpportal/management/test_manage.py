"""`manage.py`: an error that is no bug is a sentence, not a traceback."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests import fresh, migrated
from tests.icpportal.production import PRODUCTION, ROOT, environment, manage

AWAY = {"DATABASE_URL": "postgres://portal:Geheim@127.0.0.1:9/portal"}


def alone(*command: str, folder: Path, stdout: int) -> subprocess.CompletedProcess[str]:
    """`manage.py` as a process of its own, which has loaded nothing before."""
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment({"VAR_DIR": str(folder)}),
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def away() -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """Runs a command of a portal whose database does not answer."""
    with fresh.started(ROOT, environment(PRODUCTION | AWAY)) as run:
        yield partial(run, "manage.py")


@pytest.mark.parametrize("command", [("miit", "queue"), ("reconcile",), ("migrate",)])
def test_a_command_reports_an_unavailable_database_in_one_line(away: Callable, command: tuple[str, ...]) -> None:
    done = away(*command)

    assert done.returncode == 1
    (said,) = done.stderr.splitlines()
    assert said.startswith("The database does not answer: connection failed:")
    assert "Geheim" not in said


def test_json_of_the_queue_is_not_begun_while_the_database_is_away(away: Callable) -> None:
    assert away("miit", "queue", "--json").stdout == ""


def test_a_chain_that_could_not_be_read_has_another_exit_code_than_a_broken_one(away: Callable) -> None:
    done = away("verify_audit")

    assert done.returncode == 3
    (said,) = done.stderr.splitlines()
    assert said.startswith("CommandError: The audit chain was not read: the database does not answer")


def test_with_traceback_it_prints_one_as_before(away: Callable) -> None:
    assert "Traceback" in away("reconcile", "--traceback").stderr


def test_a_command_runs_with_the_garbage_collector_on_and_all_that_was_loaded_left_alone(tmp_path: Path) -> None:
    program = "import gc, transfers.models; print(gc.isenabled(), gc.get_freeze_count() > 50_000)"

    done = alone("shell", "-v0", "-c", program, folder=tmp_path, stdout=subprocess.PIPE)

    assert done.stdout.split() == ["True", "True"], done.stderr


def test_a_database_that_was_not_migrated_is_to_be_migrated(tmp_path: Path) -> None:
    done = manage("miit", "queue", DATABASE_URL=f"sqlite:///{tmp_path / 'empty.sqlite3'}", VAR_DIR=str(tmp_path))

    assert done.returncode == 1
    (said,) = done.stderr.splitlines()
    assert said == "A table is missing: run manage.py migrate: no such table: miit_report"


def test_style_sheets_that_cannot_be_collected_are_a_sentence_that_names_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    place = {"VAR_DIR": str(tmp_path), "STATIC_ROOT": str(tmp_path / "file" / "static")}

    done = manage("collectstatic", "--noinput", "--skip-checks", **place)

    assert done.returncode == 1
    (said,) = done.stderr.splitlines()
    assert said.startswith(f"A file cannot be read or written: Not a directory: {place['STATIC_ROOT']}")
    assert "Traceback" in manage("collectstatic", "--noinput", "--skip-checks", "--traceback", **place).stderr


def test_ctrl_c_ends_a_command_in_one_line(tmp_path: Path) -> None:
    done = manage("shell", "-v0", "-c", "raise KeyboardInterrupt", only={"VAR_DIR": str(tmp_path)})

    assert (done.returncode, done.stderr) == (130, "Interrupted.\n")


def test_a_closed_pipe_ends_the_command_silently(tmp_path: Path) -> None:
    migrated.copy_to(tmp_path / "portal.sqlite3")
    read, write = os.pipe()
    os.close(read)
    done = alone("miit", "codes", folder=tmp_path, stdout=write)
    os.close(write)

    assert (done.returncode, done.stderr) == (1, "")
