"""The production image contains no demo, and the portal starts without it."""

import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests import fresh
from tests.icpportal.production import PRODUCTION, ROOT, environment

IMPORT_ALL = """
import sys
import django
from django.core.management import get_commands
django.setup()
import icpportal.celery, icpportal.tasks, icpportal.urls, icpportal.wsgi
print(sorted(name for name in sys.modules if name.split(".")[0] == "demo"), sorted(get_commands()).count("rehearse"))
"""


def is_let_through(path: Path) -> bool:
    """Whether `.dockerignore` lets this file into the image: the last matching line decides."""
    taken = True
    name = path.relative_to(ROOT).as_posix()
    for line in (ROOT / ".dockerignore").read_text().split():
        pattern = line.removeprefix("!")
        fits = pattern[3:] in path.parts if pattern.startswith("**/") else fnmatch(f"{name}/", f"{pattern}/*")
        if fits or pattern == "*":
            taken = line.startswith("!")
    return taken


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of the image."""
    folder = tmp_path_factory.mktemp("image")
    for part in filter(is_let_through, ROOT.iterdir()):
        for path in (part,) if part.is_file() else part.rglob("*"):
            if path.is_file() and is_let_through(path):
                copy = folder / path.relative_to(ROOT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)
    return folder


def run(image: Path, *command: str, only: dict[str, str] | None = None, **changes: str) -> subprocess.CompletedProcess:
    chosen = PRODUCTION | changes if only is None else only
    return fresh.run(*command, folder=image, environment=environment(chosen))


def test_the_image_contains_the_product_and_nothing_of_the_demo(image):
    files = {str(path.relative_to(image)) for path in image.rglob("*")}

    assert {"manage.py", "icpportal/settings.py", "transfers/models", "templates/base.html", "static/css"} <= files
    assert [name for name in files if "demo" in Path(name).parts] == []
    assert "tests" not in files


def test_every_module_can_be_imported_without_it(image):
    done = run(image, "-c", IMPORT_ALL, DJANGO_SETTINGS_MODULE="icpportal.settings")

    assert (done.stdout, done.returncode) == ("[] 0\n", 0), done.stderr


def test_the_checks_for_production_pass_without_it(image):
    done = run(image, "manage.py", "check", "--deploy", "--fail-level", "WARNING")

    assert (done.returncode, done.stdout) == (0, "System check identified no issues (0 silenced).\n"), done.stderr


def test_the_style_sheets_are_collected_with_the_demo_s_settings_as_the_image_does(image, tmp_path):
    demo = {"PORTAL_MODE": "demo", "VAR_DIR": str(tmp_path / "var"), "STATIC_ROOT": str(tmp_path / "static")}
    done = run(image, "manage.py", "collectstatic", "--noinput", "-v", "0", only=demo)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "static" / "staticfiles.json").exists()
    assert not (tmp_path / "static" / "demo").exists()
    # each only under its hashed name, with the compressed file beside it
    sheets = [each.name for each in (tmp_path / "static" / "css").glob("portal.*")]
    (named,) = (name for name in sheets if name.endswith(".css"))
    assert re.fullmatch(r"portal\.[0-9a-f]{12}\.css", named)
    assert sorted(sheets) == [named, f"{named}.br", f"{named}.gz"]


def test_enabled_simulators_are_refused_without_importing_them(image):
    done = run(image, "manage.py", "check", "--deploy", SIMULATORS="on")

    assert done.returncode == 1
    assert "miit.E001" in done.stderr
    assert "ModuleNotFoundError" not in done.stderr


def test_a_gateway_of_the_demo_is_named_as_such_where_the_demo_is_missing(image):
    page = {"SMS_GATEWAY": "demo.messages.sms.PageSms"}
    told = [run(place, "manage.py", "check", "--deploy", **page).stderr for place in (image, ROOT)]

    assert told[0] == told[1]
    assert "portal.E006" in told[0]


@pytest.mark.long
@pytest.mark.once
def test_the_steps_of_the_dockerfile_run_in_an_empty_environment(image, tmp_path):
    """The packages of the image are enough for every module of the product, and no others are there."""
    steps = (ROOT / "Dockerfile").read_text("utf-8")
    wanted = [ROOT / name for name in re.findall(r"-r (requirements[\w-]*\.txt)", steps)]
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = str(tmp_path / "venv" / "bin" / "python")
    pins = [word for path in wanted for word in ("-r", str(path))]
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-compile", *pins], check=True)
    collect = {"PORTAL_MODE": "demo", "VAR_DIR": str(tmp_path / "build"), "STATIC_ROOT": str(tmp_path / "static")}

    def ran(*words: str, **given: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [python, *words], cwd=image, env=environment(given), capture_output=True, text=True, check=False
        )

    collected = ran("manage.py", "collectstatic", "--noinput", "-v", "0", **collect)
    checked = ran("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    imported = ran("-c", IMPORT_ALL, **PRODUCTION, DJANGO_SETTINGS_MODULE="icpportal.settings")

    assert len(wanted) > 3
    assert (collected.returncode, len([*(tmp_path / "static" / "css").glob("portal.*.css")])) == (0, 1), (
        collected.stderr
    )
    assert checked.returncode == 0, checked.stderr
    assert imported.returncode == 0, imported.stderr
