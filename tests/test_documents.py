"""The documents hold: what they name is there, what code cites is in the repository, and their commands run."""

import ast
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

import pytest

from tests import fresh, migrated
from tests.filings.legacy_import.dumps import filing, write_csv
from tests.icpportal.gateways.inventory.provider import Provider
from tests.test_coverage import unknown_commands

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
TEXTS = (
    "*.py",
    "*.html",
    "*.txt",
    "*.md",
    "*.css",
    "*.js",
    "*.toml",
    "*.yml",
    "*.svg",
    "Makefile",
    "Dockerfile",
    ".ci/*",
)

CITED = re.compile(r"(?<![\w/.-])((?:[A-Za-z0-9_.-]+/)*[A-Za-z0-9_-]+\.md)\b(?:#([\w-]+))?")
PARAGRAPH = re.compile(r"§")
# papers of the time of planning that were never part of the repository
FOREIGN = re.compile(r"\b(dossier|screens\.md|ux\.md|architecture §|protocol §)", re.IGNORECASE)
# where a paragraph of another document may be named: its name stands on the same line or the one before
PUBLIC = re.compile(r"V3\.0|RFC|docs/[\w-]+\.md|MIIT")
NOT_OURS = (
    "tests/test_documents.py",
    ".ci/run",  # and
    "tests/test_coverage.py",  # name the procedure, which lies beside the project where it is there at all
    "filings/provinces/sources.py",  # names pages of the public help by their path
)


@cache
def files() -> tuple[Path, ...]:
    """Every text file that is part of the repository."""
    listed = subprocess.run(
        ("git", "ls-files", "-z", *TEXTS), cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    return tuple(ROOT / name for name in listed if name and name not in NOT_OURS)


def anchors(document: Path) -> set[str]:
    """The marks of a document's headings, as the pages of a repository make them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\s-]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def broken_citations(text: str, file: Path) -> list[str]:
    """The documents that a text names and that are not there, and the headings that they do not have."""
    broken = []
    for name, mark in CITED.findall(text):
        found = next((path for path in (ROOT / name, file.parent / name, ROOT / "docs" / name) if path.is_file()), None)
        if found is None or (mark and mark not in anchors(found)):
            broken.append(f"{file.relative_to(ROOT)}: {name}{f'#{mark}' if mark else ''}")
    return broken


def foreign_citations(text: str, file: Path) -> list[str]:
    """The lines that name a paper from outside the repository, or a paragraph of nothing that is named."""
    lines = text.splitlines()
    return [
        f"{file.relative_to(ROOT)}:{number} {line.strip()}"
        for number, line in enumerate(lines, 1)
        if FOREIGN.search(line) or (PARAGRAPH.search(line) and not PUBLIC.search(lines[number - 2] + line))
        if file.suffix != ".md" or FOREIGN.search(line)  # a document may name its own paragraphs
    ]


def test_every_document_that_is_cited_is_part_of_the_repository() -> None:
    assert [each for file in files() for each in broken_citations(file.read_text("utf-8"), file)] == []


@pytest.mark.parametrize(
    ("line", "is_broken"),
    [
        ("# see docs/sources.md#filing-types", False),
        ("# see docs/sources.md", False),
        ("# see docs/sources.md#no-such-heading", True),
        ("# see docs/screens.md", True),
        ("# see ux.md", True),
    ],
)
def test_a_citation_of_a_document_that_is_not_there_is_seen(line: str, is_broken: bool) -> None:
    assert bool(broken_citations(line, ROOT / "transfers/urls.py")) is is_broken


def test_no_file_cites_a_paper_from_outside_the_repository() -> None:
    assert [each for file in files() for each in foreign_citations(file.read_text("utf-8"), file)] == []


@pytest.mark.parametrize(
    ("line", "is_foreign"),
    [
        ('"""Which filing is this (dossier §1)?"""', True),
        ("# as screens.md has it", True),
        ("# (protocol §9)", True),
        ("# one row a code (§6)", True),
        ("# V3.0 §6 allows one file a call", False),
        ("# the numbers are inferred (docs/ministry.md, §2)", False),
        ("# RFC 5545 §3.1: no line over 75 octets", False),
    ],
)
def test_a_citation_of_a_paper_from_outside_is_seen(line: str, is_foreign: bool) -> None:
    assert bool(foreign_citations(line, ROOT / "transfers/urls.py")) is is_foreign


def folders(*apps: str) -> set[str]:
    """The packages of the product, but for those that belong to the package above them."""
    inside = {"migrations", "management", "commands", "views", "en", "zh_Hans", "v30", "dump", "claims", "sandbox"}
    packages = (path.parent.relative_to(ROOT) for app in apps for path in (ROOT / app).rglob("__init__.py"))
    return {f"{package}/" for package in packages if not inside & set(package.parts)}


def test_the_architecture_has_a_line_for_every_folder_and_no_other() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `([\w/]+/)` \|", text, re.MULTILINE))

    assert folders("icpportal", "verification", "filings", "transfers") - listed == set()
    assert [name for name in listed if not (ROOT / name).is_dir()] == []


PATH = re.compile(r"`((?:icpportal|verification|filings|transfers|demo|templates|static|tests|bench|docs)/[\w./-]*)`")


def test_every_path_in_a_document_is_there() -> None:
    missing = [
        f"{document.name}: {path}"
        for document in DOCUMENTS
        for path in PATH.findall(document.read_text("utf-8"))
        if not any((root / path).exists() for root in (ROOT, ROOT / "tests"))  # docs/coverage.md names tests from there
    ]

    assert missing == []


NAMED = re.compile(
    r"`@?(\w+)`(?: in| of|, in| \()\s*`((?:icpportal|verification|filings|transfers|demo|tests)/[\w/]+\.py)`"
)


def defined_in(module: Path) -> set[str]:
    """What a module itself makes: functions, classes, and names that it gives a value."""
    nodes = list(ast.walk(ast.parse(module.read_text("utf-8"))))
    made = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return made | {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def misplaced_names(text: str) -> list[str]:
    """What a text says to be in a module of ours that only imports it, or does not know it."""
    return [f"{name} of {path}" for name, path in NAMED.findall(text) if name not in defined_in(ROOT / path)]


def test_what_a_document_places_in_a_module_is_made_there() -> None:
    texts = {document.name: document.read_text("utf-8") for document in DOCUMENTS}

    assert len(NAMED.findall(texts["how-to.md"])) > 15
    assert {name: misplaced_names(text) for name, text in texts.items() if misplaced_names(text)} == {}


@pytest.mark.parametrize(
    ("line", "is_wrong"),
    [
        ("Its place in `STEPS` of `transfers/steps/table.py`.", False),
        ("Its place in `STEPS` of `transfers/steps/__init__.py`.", True),
        ("a function marked `@case_action` (`transfers/review/cases/buttons.py`)", False),
        ("a method of `RowAction` (`icpportal/desk/row_actions.py`)", True),
    ],
)
def test_a_name_that_is_made_elsewhere_is_seen(line: str, is_wrong: bool) -> None:
    assert bool(misplaced_names(line)) is is_wrong


# --- commands ---

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\s*(\$ |make |curl |docker|pip |python|manage\.py |\.venv/bin/)", re.MULTILINE)
PYTHON, PYTEST = ".venv/bin/python ", ".venv/bin/python -m pytest "
READ_SETTINGS = ("mapfile -t settings < <(grep '^[A-Z]' .env)", 'export "${settings[@]}"')
# what is not run here: the test that does what the command does, or why none can
ELSEWHERE = {
    "make demo": "tests/demo/management/test_demo.py",
    "make test": "runs this test",
    "make test-fast": "tests/test_run.py",
    "make messages": "rewrites the catalogue of this checkout; tests/test_translations.py holds what it makes",
    f"{PYTHON}manage.py rehearse --base-url http://127.0.0.1:8000 --province 12": "tests/journeys/test_rehearse.py",
    f"{PYTHON}tests/run.py -k wizard": "tests/test_run.py",
    f"{PYTHON}manage.py check_gateways": "tests/icpportal/management/commands/test_check_gateways.py",
    "apt install python3-venv postgresql-client": "changes this machine",
    "python3 -m venv .venv": "as `make` does",
    ".venv/bin/pip install -r requirements.txt": "as `make` does",
    "install -d -m 700 -o portal /run/portal /var/lib/portal": "changes this machine",
    **dict.fromkeys(READ_SETTINGS, "test_bash_reads_the_settings_as_they_are_written"),
}


def commands(text: str) -> list[str]:
    """The commands of a document's blocks, a line each, without what is said about them."""
    blocks = (body for language, body in BLOCK.findall(text) if language == "sh")
    lines = (re.sub(r"\s+#.*$", "", line).strip() for block in blocks for line in block.splitlines())
    return [line for line in lines if line]


@cache
def every_command() -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for document in DOCUMENTS for each in commands(document.read_text("utf-8"))))


def run(command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command as somebody types it in the root of a checkout, with data of its own."""
    environment = {**os.environ, "VAR_DIR": str(folder), "PATH": os.environ["PATH"], **environment}
    environment.pop("DATABASE_URL", None)
    return subprocess.run(
        command, shell=True, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an installation."""
    folder = tmp_path_factory.mktemp("installation")
    migrated.copy_to(folder / "portal.sqlite3")
    return folder


@pytest.fixture(scope="module")
def manage(data: Path) -> Iterator[Callable]:
    """Runs a command of that installation."""
    environment = {**os.environ, "VAR_DIR": str(data)}
    environment.pop("DATABASE_URL", None)
    with fresh.started(ROOT, environment) as run:
        yield partial(run, "manage.py")


def test_every_block_with_a_command_is_marked_as_one() -> None:
    unmarked = [
        f"{document.name}: {body.splitlines()[0]}"
        for document in DOCUMENTS
        for language, body in BLOCK.findall(document.read_text("utf-8"))
        if language != "sh" and COMMAND.search(body)
    ]
    indented = [
        f"{document.name}: {line}"
        for document in DOCUMENTS
        for line in BLOCK.sub("", document.read_text("utf-8")).splitlines()
        if line.startswith("    ") and COMMAND.match(line)
    ]

    assert unmarked + indented == []


@pytest.mark.parametrize(
    "command",
    [each for each in every_command() if each.startswith(f"{PYTHON}manage.py ") and each not in ELSEWHERE],
)
def test_a_command_of_a_document_runs(command: str, data: Path, manage: Callable, tmp_path: Path) -> None:
    if "dump.csv" in command:
        command = command.replace("dump.csv", str(write_csv(tmp_path / "dump.csv", [filing()])))
    command = command.replace("var/backup", f"{data}/backup")

    is_first = command.endswith(" --first")
    if is_first:
        shutil.rmtree(data / "backups", ignore_errors=True)
    has_backup = (data / "backups").exists()
    needs_backup = not has_backup and (" restore " in command or " backup " in command) and not is_first
    before = ["backup", "--to", f"{data}/backups", "--keys-to", f"{data}/backup-keys", "--first"]
    for words in [*([before] if needs_backup else []), shlex.split(command.removeprefix(f"{PYTHON}manage.py "))]:
        ran = manage(*words)

        assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"


@pytest.mark.parametrize("command", [each for each in every_command() if each.startswith(PYTEST)])
def test_what_a_document_has_pytest_run_is_part_of_this_suite(command: str) -> None:
    words = shlex.split(command.removeprefix(PYTEST))
    named = [ROOT / word for word in words if word.startswith("tests/")]
    tests = [path for place in named for path in ([place] if place.is_file() else place.rglob("test_*.py"))]
    wanted = words[words.index("-k") + 1] if "-k" in words else "test_"

    assert [str(path) for path in named if not path.exists()] == []
    assert any(re.search(rf"^def test_\w*{wanted}|^def {wanted}", path.read_text("utf-8"), re.M) for path in tests)
    assert {word for word in words if word.startswith("-")} <= {"-q", "-k"}


@pytest.mark.parametrize("command", [each for each in every_command() if each.startswith("make ")])
def test_what_a_document_has_make_do_is_a_target(command: str, tmp_path: Path) -> None:
    ran = run(f"{command} --dry-run", tmp_path)

    assert ran.returncode == 0, ran.stderr


def test_the_question_to_the_server_list_is_answered_as_the_document_says(tmp_path: Path) -> None:
    (command,) = (each for each in every_command() if each.startswith("curl "))

    with Provider() as console:
        asked = run(command, tmp_path, INVENTORY_TOKEN=console.token, INVENTORY_URL=console.url)

    assert asked.stdout == '{"instances": []}'


def test_bash_reads_the_settings_as_they_are_written(tmp_path: Path) -> None:
    example = (ROOT / "production.env.example").read_text("utf-8")
    (tmp_path / ".env").write_text(example, "utf-8")
    written = [line for line in example.splitlines() if re.match("[A-Z]", line)]

    given = subprocess.run(
        ["bash", "-ec", "\n".join([*READ_SETTINGS, "env -0"])],
        cwd=tmp_path, capture_output=True, text=True, timeout=20, check=True,
    )  # fmt: skip

    assert any(" " in line and '"' in line for line in written)
    assert set(written) <= set(given.stdout.split("\0"))


def test_every_command_is_run_or_says_where_it_is() -> None:
    def is_run(command: str) -> bool:
        return command.startswith((f"{PYTHON}manage.py ", PYTEST, "curl ")) or command in ELSEWHERE

    named = {path for reason in ELSEWHERE.values() for path in re.findall(r"tests/[\w/]+\.py", reason)}

    assert [command for command in every_command() if not is_run(command)] == []
    assert [command for command in ELSEWHERE if command not in every_command()] == []
    assert [path for path in named if not (ROOT / path).is_file()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_inside_a_sentence_are_there_with_their_flags(document: Path) -> None:
    assert unknown_commands(document.read_text("utf-8")) == []
