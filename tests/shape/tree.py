"""The product as files: its modules, their imports, its templates. Tests, migrations and benchmarks are left out."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PACKAGES = ("icpportal", "transfers", "filings", "verification", "demo")
LEFT_OUT = {"tests", "migrations", "bench", "__pycache__"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, eq=False)
class Module:
    """One Python file of ours."""

    path: str  # from the root, with slashes
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All nodes of the tree: walking it takes ten times as long as reading this again."""
        return tuple(ast.walk(self.tree))

    @property
    def name(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def is_package(self) -> bool:
        return self.path.endswith("/__init__.py")

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def stem(self) -> str:
        return self.path.rpartition("/")[2].removesuffix(".py")

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @cached_property
    def imports(self) -> dict[str, tuple[str, str]]:
        """Local name → (module, name in it); the second is empty for the module itself."""
        found: dict[str, tuple[str, str]] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found |= {
                    (alias.asname or alias.name.partition(".")[0]): (
                        alias.name if alias.asname else alias.name.partition(".")[0],
                        "",
                    )
                    for alias in node.names
                }
            elif isinstance(node, ast.ImportFrom):
                source = self._source(node)
                found |= {(alias.asname or alias.name): (source, alias.name) for alias in node.names}
        return found

    @cached_property
    def imported(self) -> tuple[tuple[int, str], ...]:
        """(line, dotted name) of everything imported; `from a import b` means a.b."""
        found = []
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found += [(node.lineno, alias.name) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                found += [(node.lineno, f"{self._source(node)}.{alias.name}") for alias in node.names]
        return tuple(found)

    def _source(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.name.split(".") if self.is_package else self.name.split(".")[:-1]
        return ".".join([*parts[: len(parts) - node.level + 1], *filter(None, [node.module])])

    @cached_property
    def names(self) -> dict[str, ast.AST]:
        """The module's top-level definitions: name → the value, function or class."""
        return dict(_defined(self.tree.body))


def _defined(body: list[ast.stmt]) -> Iterator[tuple[str, ast.AST]]:
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name, node
        elif isinstance(node, ast.Assign):
            yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and node.value and isinstance(node.target, ast.Name):
            yield node.target.id, node.value
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            yield from _defined([child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)])


@dataclass(frozen=True)
class Template:
    path: str
    text: str


class Tree:
    """A checkout, read once."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def modules(self) -> tuple[Module, ...]:
        files = [file for package in PACKAGES for file in sorted((self.root / package).rglob("*.py"))]
        return tuple(Module(self._name(file), file.read_text("utf-8")) for file in files if self._is_ours(file))

    @cached_property
    def by_name(self) -> dict[str, Module]:
        return {module.name: module for module in self.modules}

    @cached_property
    def by_path(self) -> dict[str, Module]:
        return {module.path: module for module in self.modules}

    @cached_property
    def templates(self) -> tuple[Template, ...]:
        roots = [self.root / "templates", *(p for name in PACKAGES for p in (self.root / name).rglob("templates"))]
        files = sorted({file for root in roots for file in root.rglob("*") if file.suffix in (".html", ".txt")})
        return tuple(Template(self._name(file), file.read_text("utf-8")) for file in files)

    def _name(self, file: Path) -> str:
        return file.relative_to(self.root).as_posix()

    def _is_ours(self, file: Path) -> bool:
        return not LEFT_OUT & set(file.relative_to(self.root).parts)


@dataclass(frozen=True)
class Measure:
    """One count: its subject, value, limit, and the places that cause it."""

    key: str
    name: str
    value: float
    target: float
    offenders: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return self.value <= self.target
