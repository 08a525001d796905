"""Programs started by tests get their own environment, folder and arguments, and nothing of others."""

import os
from pathlib import Path

import pytest

from tests import fresh

OWN = {"PATH": os.environ["PATH"]}
OURS = "[name for name in sys.modules if name.partition('.')[0] in ('icpportal', 'transfers', 'demo', 'tests')]"


def run(*arguments: str, folder: Path, **environment: str) -> tuple[int, str, str]:
    done = fresh.run(*arguments, folder=folder, environment=OWN | environment)
    return done.returncode, done.stdout, done.stderr


def test_a_program_has_its_own_arguments_folder_and_environment_and_nothing_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "said.py").write_text(
        f"import os, sys\nprint(sys.argv, os.getcwd(), sorted(os.environ.items()), {OURS}, sys.stdin.read())"
    )
    told = f"{tmp_path} {sorted((OWN | {'A': '1'}).items())} [] \n"

    assert run("said.py", "x", folder=tmp_path, A="1") == (0, f"['said.py', 'x'] {told}", "")
    assert run("-m", "said", "x", folder=tmp_path, A="1") == (0, f"['{tmp_path}/said.py', 'x'] {told}", "")
    assert run("-c", "import sys; print(sys.argv)", "x", folder=tmp_path) == (0, "['-c', 'x']\n", "")


@pytest.mark.parametrize(
    ("program", "code", "said"),
    [
        ("import sys; sys.exit(3)", 3, ""),
        ("import sys; sys.exit('why')", 1, "why\n"),
        ("import os; os.kill(os.getpid(), 9)", -9, ""),
    ],
)
def test_output_and_exit_code_are_returned(tmp_path: Path, program: str, code: int, said: str) -> None:
    assert run("-c", program, folder=tmp_path) == (code, "", said)
    assert run("-c", "1 / 0", folder=tmp_path)[2].endswith("ZeroDivisionError: division by zero\n")


def test_programs_of_a_started_project_share_it_and_not_what_the_one_before_did(tmp_path: Path) -> None:
    (tmp_path / "small.py").write_text("import os\nSECRET_KEY = os.environ['A']\nUSE_TZ = True\n")
    (tmp_path / "manage.py").write_text(
        "import os, sys, django.conf\nfrom django.apps import apps\n"
        "settings = django.conf.settings\nprint(sys.argv, os.getcwd(), apps.ready, settings.SECRET_KEY)\n"
        "settings.SECRET_KEY = 'changed'\nos.chdir('/')\nsys.exit(len(sys.argv))"
    )

    with fresh.started(tmp_path, OWN | {"DJANGO_SETTINGS_MODULE": "small", "A": "1"}) as started:
        ran = [started("manage.py", "one"), started("manage.py", "one", "two")]

    told = f"{tmp_path} True 1\n"
    assert [each.stdout for each in ran] == [f"['manage.py', 'one'] {told}", f"['manage.py', 'one', 'two'] {told}"]
    assert [(each.returncode, each.stderr) for each in ran] == [(2, ""), (3, "")]


def test_a_timed_out_program_leaves_no_answer_to_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def over(_line: str) -> int:
        raise TimeoutError

    with monkeypatch.context() as patched:
        patched.setattr(fresh, "int", over, raising=False)
        with pytest.raises(TimeoutError):
            run("-c", "pass", folder=tmp_path)

    assert run("-c", "import sys; sys.exit(4)", folder=tmp_path)[0] == 4
