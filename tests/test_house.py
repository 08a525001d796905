"""The rules of the house, read off its files: which way imports run, which words no module bears, who writes what."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from icpportal.configuration.environment import VERSION
from tests import import_ranks

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("icpportal", "transfers", "filings", "verification")
PACKAGES = (*PRODUCT, "demo")

FORBIDDEN_NAMES = {"utils", "util", "common", "core", "helpers", "helper", "services", "service", "misc", "signals"}


def python_files(root: Path = ROOT, packages: tuple[str, ...] = PACKAGES) -> Iterator[Path]:
    for package in packages:
        yield from sorted((root / package).rglob("*.py"))


def dotted(path: Path, root: Path = ROOT) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path, root: Path = ROOT) -> Iterator[str]:
    """Every dotted name that a file imports; `from a import b` means a.b."""
    package = dotted(path, root) if path.name == "__init__.py" else dotted(path, root).rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parent = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parent, *filter(None, [node.module])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def imports_of_the_demo(root: Path = ROOT) -> list[str]:
    """Every line of the product that imports something from `demo`."""
    return [
        f"{dotted(path, root)} imports {name}"
        for path in python_files(root, PRODUCT)
        if "demo" in path.read_text("utf-8")  # only these are parsed, which takes a second of all
        for name in imports_of(path, root)
        if name.split(".")[0] == "demo"
    ]


def hits(pattern: str, *, allowed: tuple[str, ...] = (), packages: tuple[str, ...] = PACKAGES) -> list[str]:
    """`file:line` of every matching line of code, except in the allowed files."""
    found = []
    for path in python_files(packages=packages):
        name = str(path.relative_to(ROOT))
        if name.startswith(allowed) if allowed else False:
            continue
        text = path.read_text("utf-8")
        if not re.search(pattern, text, re.MULTILINE):
            continue  # most files have none: reading them line by line takes ten times as long
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(pattern, line):
                found.append(f"{name}:{number} {line.strip()}")
    return found


def template_hits(pattern: str) -> list[str]:
    found = []
    for path in sorted((ROOT / "templates").rglob("*.*")):
        text = re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}", "", path.read_text("utf-8"), flags=re.DOTALL)
        if match := re.search(pattern, text, re.IGNORECASE):
            found.append(f"{path.relative_to(ROOT)}: {match[0]}")
    return found


def test_every_module_has_a_rank():
    assert import_ranks.without_rank(ROOT) == []
    assert import_ranks.without_module(ROOT) == []


def test_imports_run_one_way():
    assert import_ranks.climbing(ROOT) == []


def test_no_modules_import_each_other_in_a_circle():
    assert import_ranks.circle(ROOT) == []


def test_nothing_of_the_product_imports_the_demo():
    assert imports_of_the_demo() == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import demo", True),
        ("from demo import fake_data", True),
        ("import demo.ministry.client as client", True),
        ("from demo.seed.orders import transferable", True),
        ("from icpportal.demo import page", False),
        ("from demonstration import page", False),
    ],
)
def test_a_line_that_imports_the_demo_is_noticed(tmp_path, line, found):
    file = tmp_path / "transfers/views/page.py"
    file.parent.mkdir(parents=True)
    file.write_text(f"def later():\n    {line}\n")

    assert bool(imports_of_the_demo(tmp_path)) is found


def plant(root: Path, **files: str) -> Path:
    """A tree of these files; two underscores in a name stand for a slash."""
    for name, text in files.items():
        file = root / (name.replace("__", "/") + ".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


@pytest.mark.parametrize(
    ("path", "line", "reached", "climbs"),
    [
        ("verification__admin", "from transfers.models.order import Order", "transfers__models__order", True),
        ("verification__admin", "import filings.queries", "filings__queries", True),
        ("verification__admin", "from icpportal import tasks", "icpportal__tasks", True),
        ("verification__admin", "from icpportal.outbox import actions", "icpportal__outbox__actions", False),
        ("filings__queries", "from verification import attempts", "verification__attempts", False),
        ("filings__queries", "from filings import urls", "filings__urls", True),
        ("filings__models__legacy", "from filings.queries import websites_of", "filings__queries", True),
        ("icpportal__codes__actions", "from ..outbox import actions", "icpportal__outbox__actions", True),
        ("icpportal__codes__actions", "from .models import Code", "icpportal__codes__models", False),
        ("icpportal__tasks", "from transfers.deadlines import sweep", "transfers__deadlines__sweep", False),
        ("icpportal__outbox__actions", "from icpportal.pages import faq", "icpportal__pages__faq", True),
        ("transfers__models__order", "from transfers.orders import kinds", "transfers__orders__kinds", False),
        ("transfers__models__order", "from transfers.orders import queries", "transfers__orders__queries", True),
        ("transfers__orders__kinds", "from transfers.models.order import Order", "transfers__models__order", True),
        ("transfers__orders__machine", "from transfers import effects", "transfers__effects", True),
        (
            "transfers__steps__base",
            "from transfers.steps.views import step",
            "transfers__steps__views__step",
            True,
        ),
        ("transfers__steps__views__step", "from transfers.steps import base", "transfers__steps__base", False),
        ("transfers__migrations__0001", "from transfers.models.order import Order", "transfers__models__order", False),
        ("transfers__urls", "import demo.seed.orders as orders", "demo__seed__orders", True),
    ],
)
def test_an_import_up_the_ranks_is_noticed(tmp_path, path, line, reached, climbs):
    at_the_top = plant(tmp_path / "top", **{reached: "", path: f"{line}\n"})
    in_a_function = plant(tmp_path / "inside", **{reached: "", path: f"def later():\n    {line}\n"})
    for_types = plant(tmp_path / "types", **{reached: "", path: f"if TYPE_CHECKING:\n    {line}\n"})

    assert bool(import_ranks.climbing(at_the_top)) is climbs
    assert bool(import_ranks.climbing(in_a_function)) is climbs
    assert import_ranks.climbing(for_types) == []


def test_imports_outside_type_checking_count(tmp_path):
    either_way = "if TYPE_CHECKING:\n    pass\nelse:\n    from transfers import urls\n"
    root = plant(tmp_path, transfers__urls="", transfers__models__order=either_way)

    assert import_ranks.climbing(root) != []


@pytest.mark.parametrize(
    "new", ["transfers__refunds__views", "transfers__steps__forms__subject", "icpportal__kit__text"]
)
def test_a_new_folder_needs_a_rank(tmp_path, new):
    root = plant(tmp_path, transfers__urls="", **{new: ""})

    assert import_ranks.without_rank(root) == [new.replace("__", "/").rpartition("/")[0]]


def test_two_modules_of_one_folder_that_import_each_other_are_a_circle(tmp_path):
    one, other = "from filings.provinces import papers\n", "def later():\n    from filings.provinces import types\n"
    root = plant(tmp_path, filings__provinces__types=one, filings__provinces__papers=other)

    assert import_ranks.climbing(root) == []
    assert set(import_ranks.circle(root)) == {"filings/provinces/types.py", "filings/provinces/papers.py"}


def test_no_module_has_a_meaningless_name():
    named_so = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if FORBIDDEN_NAMES & set(path.relative_to(ROOT).with_suffix("").parts)
    ]

    assert named_so == []


def test_only_wake_publishes_tasks():
    assert hits(r"\.(delay|delay_on_commit|apply_async|send_task)\(", allowed=("icpportal/outbox/wake.py",)) == []


def test_a_page_that_can_be_read_answers_head_requests():
    assert hits(r"require_GET|require_http_methods\(.*GET(?!.*HEAD)") == []


def test_no_task_is_delayed_by_the_broker():
    assert hits(r"\b(eta|countdown)\s*=") == []


def test_only_the_lifecycle_writes_a_state():
    assert hits(r"\.state\s*=(?!=)", allowed=("icpportal/lifecycle/",)) == []


def test_orders_change_their_state_only_by_moves():
    assert hits(r"update\([^)]*\bstate=", packages=("transfers",)) == []


def test_no_signal_is_used():
    found = r"django\.(db\.models|core|dispatch)(\.signals|\b.*import.*\b(signals|receiver)\b)|@receiver\b"
    # Django's admin writes its log itself, in many places; permissions exist only after migrate
    assert hits(found, allowed=("icpportal/audit/sources.py", "icpportal/accounts/apps.py")) == []


def test_no_exception_is_swallowed():
    bare = hits(r"except\s*:")
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in python_files()
        if re.search(r"\bpass\b", text := path.read_text("utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ExceptHandler) and [type(line) for line in node.body] == [ast.Pass]
    ]

    assert bare + silent == []


def test_no_todo_is_left():
    assert hits(r"\b(TODO|FIXME|XXX|HACK)\b") == []


def test_tasks_have_one_line_of_body():
    tree = ast.parse((ROOT / "icpportal/tasks.py").read_text("utf-8"))
    long = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        if len([line for line in node.body if not is_docstring(line)]) != 1
    ]

    assert long == []


def is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def repository() -> Iterator[Path]:
    """Every file of the checkout that git does not ignore."""
    ignored = {".git", ".venv", "var", *(".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis")}
    for top in ROOT.iterdir():
        if top.name not in ignored:
            yield from [top] if top.is_file() else (path for path in top.rglob("*") if path.is_file())


def test_no_path_of_one_machine_is_in_a_file():
    """Schemas and papers outside the project are only named by MIIT_XSD_DIR and SEED_PROCEDURE."""
    pattern = r"(?<![\w.<>)}-])/(?:work|home|root|Users)/|ROOT\b\.parent"
    somebodys, as_bytes = re.compile(pattern), re.compile(pattern.encode())  # which pictures and fonts need no decoding
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()[:120]}"
        for path in repository()
        if path.suffix != ".pyc" and path != Path(__file__)
        if as_bytes.search(content := path.read_bytes())
        for line in content.decode("utf-8", errors="replace").splitlines()
        if somebodys.search(line)
    ]

    assert found == []


def test_the_environment_is_read_in_one_place():
    alone = (
        "icpportal/configuration/environment.py",
        "icpportal/operations/healthcheck.py",  # runs without Django, every few seconds
    )
    loads_the_settings = r"^(?!.*DJANGO_SETTINGS_MODULE)"

    assert hits(loads_the_settings + r".*(os\.environ|getenv|environ\.Env\()", allowed=alone, packages=PRODUCT) == []


def test_files_stay_short():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in python_files()
        if (lines := len(path.read_text("utf-8").splitlines())) > 400
    }

    assert long == {}


BEGINS_WITH_DOCSTRING = re.compile(r'"""[^"\\]*[^"\\\s][^"\\]*"""\n')  # any other file is parsed


def test_every_module_has_a_docstring():
    silent = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if "migrations" not in path.parts
        if not BEGINS_WITH_DOCSTRING.match(text := path.read_text("utf-8"))
        if (tree := ast.parse(text)).body and not ast.get_docstring(tree)
        if path.name not in ("apps.py", "urls.py") and "commands" not in path.parts
    ]

    assert silent == []


@pytest.mark.parametrize(
    "pattern",
    [
        r"\sstyle\s*=\s*[\"']",
        r"<style\b",
        r"<script\b(?![^>]*\bsrc=)",
        r"\son[a-z]+\s*=\s*[\"']",
        r"javascript:",
        r"[\"'(]data:",
        r"[\"'](https?:)?//(?!www\.w3\.org/)[a-z0-9.-]+/[^\"']*\.(js|css|woff2?|png|svg)",
    ],
)
def test_templates_obey_the_content_security_policy(pattern):
    found = template_hits(pattern)
    # no policy of ours applies to mails, and mail programs read styles nowhere else
    assert [hit for hit in found if not ("style" in pattern and hit.startswith("templates/messages/"))] == []


def test_no_test_evaluates_a_string_in_a_page():
    """Our content security policy refuses it, unless the condition holds at once."""
    evaluated = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if ".wait_for_function" + "(" in line
    ]

    assert evaluated == []


def test_templates_mark_nothing_safe():
    safe = template_hits(r"\|\s*safe\b|autoescape\s+off")

    assert safe == ["templates/mfa/totp/activate_form.html: |safe"]  # the QR code, drawn by the library itself
    escaping = ("icpportal/fields/language_marks.py", "demo/messages/views.py")  # each part is escaped just before
    assert hits(r"\bmark_safe\(", allowed=escaping) == []


HEADS = re.compile(r"{% comment %}(.*?){% endcomment %}", re.DOTALL)
NAMED = re.compile(r"\(((?:[a-z_]+\.)+)([A-Z]\w+)\b")


def named_in_heads():
    """The context classes named at the head of templates, as `(folder.module.Class)`."""
    for template in sorted((ROOT / "templates").rglob("*.html")):
        for head in HEADS.findall(template.read_text("utf-8")):
            yield from ((template.name, place.strip("."), name) for place, name in NAMED.findall(head))


def test_the_class_named_at_the_head_of_a_template_exists():
    modules = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    lost = [
        f"{template}: {place}.{name}"
        for template, place, name in named_in_heads()
        if not any(
            str(path).endswith(f"/{place.replace('.', '/')}.py") and f"class {name}" in path.read_text("utf-8")
            for path in modules
        )
    ]

    assert len(list(named_in_heads())) > 50
    assert lost == []


def test_project_code_and_changelog_have_the_same_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)

    assert newest is not None
    assert (project, newest[1]) == (VERSION, VERSION)
