"""What the bench uses of modules that it loads late, because models need the settings first, is there.

The type checker does not see through such an import, and no other test runs a part of the bench.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "bench").rglob("*.py"))


def late_imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """The variables that are late modules, with the module: of `importlib.import_module` or `product.inside`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            named = _named_in(node.value, "import_module")
            yield from ((node.targets[0].id, name) for name in named)
        if isinstance(node, ast.withitem) and isinstance(node.optional_vars, ast.Tuple):
            first = node.optional_vars.elts[0]
            yield from ((ast.unparse(first), f"bench.inside.{name}") for name in _named_in(node.context_expr, "inside"))


def _named_in(call: ast.expr, function: str) -> list[str]:
    """The module that a call of this function names by a text."""
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == function and call.args:
        given = call.args[0]
        return [given.value] if isinstance(given, ast.Constant) else []
    return []


def names_in(module: str) -> set[str]:
    """The names that a module of ours defines or imports at its top."""
    tree = ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text("utf-8"))
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(name.asname or name.name).partition(".")[0] for name in node.names}
        else:
            found |= {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return found


def missing_names(source: str) -> list[str]:
    tree = ast.parse(source)
    late = {name: module for name, module in late_imports(tree) if (ROOT / f"{module.replace('.', '/')}.py").exists()}
    used = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name))
    wanted = ((late[node.value.id], node.attr) for node in used if node.value.id in late)
    return sorted({f"{module}.{name}" for module, name in wanted if name not in names_in(module)})


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_what_is_used_of_a_late_module_is_there(file: Path) -> None:
    assert missing_names(file.read_text("utf-8")) == []


def test_parts_of_the_bench_load_modules_late() -> None:
    late = {module for file in FILES for _name, module in late_imports(ast.parse(file.read_text("utf-8")))}

    assert {"bench.inside.pictures", "bench.inside.pages", "bench.backlogs.orders"} <= late


@pytest.mark.parametrize(
    "source",
    [
        'work = importlib.import_module("bench.inside.pictures")\nwork.stored()',
        'with product.inside("pages") as (pages, backends):\n    pages.stored()',
    ],
)
def test_a_name_that_is_not_there_is_found(source: str) -> None:
    assert missing_names(source)[0].endswith(".stored")
