"""Uninformative types, and page contexts built by hand."""

import ast
import io
import tokenize
from collections.abc import Iterator

from tests.shape.tree import Function, Measure, Module, Tree

FRAME = "render_page"
DRAWN_BY = {"render": 2, "TemplateResponse": 2, "render_to_string": 1}  # the position of the context argument


def measures(tree: Tree) -> list[Measure]:
    lines = sum(module.lines for module in tree.modules)
    loose = tuple(f"{module.path}:{line} {what}" for module in tree.modules for line, what in _loose(module))
    contexts = tuple(f"{module.path}:{line} {what}" for module in _pages(tree) for line, what in _contexts(module))
    return [
        Measure(
            "loose-types",
            "Any, object, cast, type: ignore per 1,000 lines",
            round(1000 * len(loose) / max(lines, 1), 2),
            10,
            loose,
        ),
        Measure("own-contexts", f"page contexts of transfers not built by {FRAME}", len(contexts), 5, contexts),
    ]


def _loose(module: Module) -> Iterator[tuple[int, str]]:
    called = {id(node.func) for node in module.nodes if isinstance(node, ast.Call)}
    quoted = _quoted(module)
    for node in module.nodes:
        name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
        is_typing = isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "typing"
        from_typing = is_typing or isinstance(node, ast.Name) and module.imports.get(name, ("",))[0] == "typing"
        is_object = isinstance(node, ast.Name) and name == "object" and id(node) not in called
        if is_object or from_typing and (name == "Any" or name == "cast" and id(node) in called):
            yield node.lineno, name
        elif isinstance(node, ast.Constant) and id(node) in quoted and "Any" in str(node.value):
            yield node.lineno, f'"{node.value}"'
    if "type: ignore" not in module.text:
        return
    for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
        if token.type == tokenize.COMMENT and token.string.removeprefix("#").strip().startswith("type: ignore"):
            yield token.start[0], "type: ignore"


def _quoted(module: Module) -> set[int]:
    """The annotations written as strings."""
    notes = [getattr(node, "annotation", None) or getattr(node, "returns", None) for node in module.nodes]
    return {id(item) for note in notes if note for item in ast.walk(note) if isinstance(item, ast.Constant)}


def _pages(tree: Tree) -> list[Module]:
    """The modules of transfers, except the one that defines the frame."""
    return [each for each in tree.modules if each.path.startswith("transfers/") and FRAME not in each.names]


def _contexts(module: Module) -> Iterator[tuple[int, str]]:
    for node in module.nodes:
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if isinstance(node.func, ast.Attribute) and name == "render":
                continue  # a form's or a template's
            has_context = len(node.args) > DRAWN_BY.get(name, 99) or any(
                word.arg == "context" for word in node.keywords
            )
            if name in DRAWN_BY and has_context:
                yield node.lineno, name
        elif isinstance(node, Function) and node.name == "get_context_data":
            yield node.lineno, node.name
