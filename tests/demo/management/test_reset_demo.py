"""`manage.py reset_demo` and `make demo-reset`: they delete the demo's data, and nothing else."""

import subprocess

import pytest
from django.core.management import CommandError, call_command

from demo.management.commands.demo import take_lock
from tests.icpportal.production import ROOT, manage


@pytest.fixture
def used(settings, tmp_path):
    """The data folder of a demo that has run."""
    folder = settings.VAR_DIR = tmp_path / "var"
    take_lock(folder / "demo.lock").close()
    for name in ("portal.sqlite3", "simulator.sqlite3", "messages/1.json", "log/web.log"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("invented")
    return folder


def test_the_data_of_the_demo_are_deleted_and_nothing_else(used, capsys):
    beside = used.parent / "notes.txt"
    beside.write_text("mine")

    call_command("reset_demo")

    assert [path.name for path in used.parent.iterdir()] == ["notes.txt"]
    assert capsys.readouterr().out.startswith(f"Deleted {used}. `make demo` fills it again.\n")


def test_nothing_is_deleted_while_a_demo_runs(used):
    before = sorted(used.rglob("*"))

    with take_lock(used / "demo.lock"), pytest.raises(CommandError, match="A demo already runs on .*: stop it first"):
        call_command("reset_demo")

    assert sorted(used.rglob("*")) == before


def test_a_folder_in_which_no_demo_ran_is_left_alone(used, capsys):
    (used / "demo.lock").unlink()

    call_command("reset_demo")

    assert (used / "portal.sqlite3").exists()
    assert capsys.readouterr().out == f"No demo has run on {used}: nothing to delete.\n"


@pytest.mark.parametrize("inside", ["", "checkout"])
def test_a_folder_that_holds_the_project_is_left_alone(used, settings, inside):
    settings.BASE_DIR = used / inside

    with pytest.raises(CommandError, match="holds the project itself"):
        call_command("reset_demo")

    assert (used / "portal.sqlite3").exists()


def test_nothing_is_deleted_in_production(tmp_path):
    (tmp_path / "demo.lock").touch()
    ended = manage("reset_demo", VAR_DIR=str(tmp_path))

    assert (ended.returncode, "PORTAL_MODE=production" in ended.stderr) == (1, True)
    assert (tmp_path / "demo.lock").exists()


def test_make_demo_reset_calls_it_and_keeps_the_virtualenv():
    planned = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", "demo-reset"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()

    assert planned[-1] == ".venv/bin/python manage.py reset_demo"
    assert [line for line in planned if "rm " in line] == []
