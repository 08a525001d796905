"""The layout of the files: modules per folder, folders of one module, long files, code in `__init__.py`, gerunds."""

import ast
from collections import defaultdict

from tests.shape.tree import Measure, Module, Tree

LONGEST = 400
MAY_BE_FULL = ("filings/provinces",)  # a table of 31 provinces
# words in -ing that are nouns, or that qualify one (a filing number, a pending order)
NOUNS = {"filing", "string", "thing", "pricing", "setting", "blocking", "pending", "sibling"}
FIRST_WORDS = {"processing"}  # a noun modifier before another noun (processing codes), a gerund when alone


def measures(tree: Tree) -> list[Measure]:
    folders = _folders(tree)
    counted = {folder: names for folder, names in folders.items() if not folder.startswith(MAY_BE_FULL)}
    full = tuple(f"{folder}: {len(names)}" for folder, names in sorted(counted.items()) if len(names) > 12)
    lone = tuple(f"{names[0]}" for _, names in sorted(folders.items()) if len(names) == 1)
    files = [(each.path, len(each.text.splitlines())) for each in (*tree.modules, *tree.templates)]
    long = tuple(f"{path}:{lines}" for path, lines in files if lines > LONGEST)
    inits = tuple(f"{each.path}:{line}" for each in tree.modules if each.is_package and (line := _first_code(each)))
    gerunds = tuple(each.path for each in tree.modules if is_gerund(each.stem))
    fullest = max(map(len, counted.values()), default=0)
    return [
        Measure("fullest-package", "modules side by side in the fullest package", fullest, 12, full),
        Measure("full-packages", "packages of more than 12 modules", len(full), 0, full),
        Measure("lone-modules", "folders with one module", len(lone), 5, lone),
        Measure("long-files", f"files over {LONGEST} lines", len(long), 0, long),
        Measure("init-code", "__init__.py with more than imports", len(inits), 0, inits),
        Measure("gerunds", "modules named by a gerund", len(gerunds), 5, gerunds),
    ]


def _folders(tree: Tree) -> dict[str, list[str]]:
    """Folder → its modules; a folder with subfolders does not count as one with a single module."""
    found: dict[str, list[str]] = defaultdict(list)
    for module in tree.modules:
        if not module.is_package:
            found[module.folder].append(module.path)
    above = {folder.rpartition("/")[0] for folder in found}
    return {folder: names for folder, names in found.items() if len(names) > 1 or folder not in above}


def _first_code(module: Module) -> int:
    """The line of the first statement other than docstring, imports and `__all__`; 0 if there is none."""
    for node in module.tree.body:
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_all = isinstance(node, ast.Assign) and [getattr(each, "id", "") for each in node.targets] == ["__all__"]
        if not (is_text or is_all or isinstance(node, (ast.Import, ast.ImportFrom))):
            return node.lineno
    return 0


def is_gerund(stem: str) -> bool:
    """`judging`, `asking_type`, `handing_over`; not `filing_numbers` nor `processing_codes`."""
    *before, last = stem.split("_")
    words = [word for word in before if word not in FIRST_WORDS] + [last]
    return any(word.endswith("ing") and word not in NOUNS for word in words)
