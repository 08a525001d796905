"""Resolves names: a constant, an alias of it, a group and what is built from groups, through all imports.

A meaning is a set of pairs: ("state" | "move" | "kind", key) for what the defining files define, and
("word", text) for a literal, whose place decides whether it names anything (`mentions.py`).
"""

import ast
from dataclasses import dataclass

from tests.shape.tree import Function, Module, Tree
from tests.shape.vocabulary import KIND, MOVE, STATE, Vocabulary

WORD = "word"
CONSTRUCTORS = {"tuple", "list", "set", "frozenset", "dict", "sorted", "MappingProxyType"}
SAME_AS_ITS_OWNER = {"key", "name", "value"}
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
OF_ORDERS = "transfers."  # a literal behind a constant of any other package belongs to another lifecycle
Meaning = frozenset[tuple[str, str]]
NOTHING: Meaning = frozenset()


@dataclass(frozen=True)
class Found:
    """What a name resolves to: a module, or a value, function or class in one."""

    module: Module
    node: ast.AST | None = None


class Meanings:
    def __init__(self, tree: Tree, vocabulary: Vocabulary) -> None:
        self.tree = tree
        self.vocabulary = vocabulary
        self._known: dict[tuple[str, int], Meaning] = {}

    def locate(self, module: Module, node: ast.AST, depth: int = 0) -> Found | None:
        """Resolves a name or dotted name, if it is defined by us at the top of a module or class."""
        if depth > 9:
            return None
        if isinstance(node, ast.Name):
            return self._named(module, node.id, depth)
        if not isinstance(node, ast.Attribute):
            return None
        base = self.locate(module, node.value, depth + 1)
        if base is None:
            return None
        if base.node is None:
            return self._named(base.module, node.attr, depth + 1)
        if isinstance(base.node, ast.ClassDef):
            return self._member(base, node.attr)
        return base if node.attr in SAME_AS_ITS_OWNER else None  # DRAFT.key counts like DRAFT

    def _named(self, module: Module, name: str, depth: int) -> Found | None:
        if name in module.names:
            return Found(module, module.names[name])
        if name not in module.imports:
            submodule = self.tree.by_name.get(f"{module.name}.{name}")
            return Found(submodule) if submodule else None
        source, attribute = module.imports[name]
        if not attribute or f"{source}.{attribute}" in self.tree.by_name:
            whole = self.tree.by_name.get(f"{source}.{attribute}" if attribute else source)
            return Found(whole) if whole else None
        other = self.tree.by_name.get(source)
        return self._named(other, attribute, depth + 1) if other and depth < 9 else None

    def _member(self, base: Found, name: str) -> Found | None:
        for line in getattr(base.node, "body", ()):
            targets = line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)]
            if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                return Found(base.module, line.value)
        return None

    def of(self, module: Module, node: ast.AST | None) -> Meaning:
        """The meaning of an expression, literals included."""
        if node is None:
            return NOTHING
        if (module.path, id(node)) not in self._known:
            self._known[module.path, id(node)] = NOTHING  # breaks a cycle
            self._known[module.path, id(node)] = self._of(module, node)
        return self._known[module.path, id(node)]

    def _of(self, module: Module, node: ast.AST) -> Meaning:
        if isinstance(node, ast.Constant):
            return self._literal(module, node.value) if isinstance(node.value, str) else NOTHING
        if isinstance(node, (ast.Name, ast.Attribute)):
            found = self.locate(module, node)
            if found is None or found.node is None or isinstance(found.node, (Function, ast.ClassDef)):
                return NOTHING
            meaning = self.of(found.module, found.node)
            is_ours = found.module is module or found.module.name.startswith(OF_ORDERS)
            return meaning if is_ours else frozenset(tag for tag in meaning if tag[0] != WORD)
        if isinstance(node, ast.Call):
            return self._call(module, node)
        if isinstance(node, COMPREHENSIONS):
            return self._comprehension(module, node)
        if isinstance(node, ast.Subscript):
            return self.of(module, node.value)
        if isinstance(node, ast.IfExp):
            return self.of(module, node.body) | self.of(module, node.orelse)
        if isinstance(node, (ast.Tuple, ast.List, ast.Set, ast.Dict, ast.BinOp, ast.BoolOp, ast.UnaryOp, ast.Starred)):
            return frozenset().union(*(self.of(module, child) for child in ast.iter_child_nodes(node)))
        return NOTHING

    def _literal(self, module: Module, text: str) -> Meaning:
        """A literal names something by itself only in the file that defines it."""
        words = self.vocabulary
        defines = ((STATE, words.states_file), (MOVE, words.moves_file), (KIND, words.kinds_file))
        tags = frozenset(tag for tag in words.tags(text) if any(tag[0] == s and module is file for s, file in defines))
        return tags or frozenset({(WORD, text)})

    def _call(self, module: Module, node: ast.Call) -> Meaning:
        row = self.vocabulary.row(module, node) if module in self.vocabulary.files else None
        if row:
            return frozenset({(row.sort, row.key)})
        given = [*node.args, *(word.value for word in node.keywords)]
        all_of_it = frozenset().union(*(self.of(module, item) for item in given))
        if isinstance(node.func, ast.Attribute):
            all_of_it |= self.of(module, node.func.value)
        if isinstance(node.func, ast.Name) and node.func.id in CONSTRUCTORS:
            return all_of_it
        return frozenset(tag for tag in all_of_it if tag[0] in (STATE, MOVE))

    def _comprehension(self, module: Module, node: ast.AST) -> Meaning:
        """Everything it iterates over, filtered by its condition where that can be evaluated."""
        first = node.generators[0]  # type: ignore[attr-defined]
        whole = self.of(module, first.iter)
        if not first.ifs:
            return whole
        rows = {(row.sort, row.key): row for row in self.vocabulary.rows if (row.sort, row.key) in whole}
        chosen = {tag for tag, row in rows.items() if all(_holds(test, row) for test in first.ifs)}
        if rows and all(_can_be_read(test) for test in first.ifs):
            return frozenset(chosen)
        return whole | {(sort, mark) for sort, _ in whole if sort != WORD for mark in ("(some)", "(others)")}

    def without_registers(self, meaning: Meaning, module: Module) -> Meaning:
        """A name for every state (or move, or kind) is the register itself, and names none of them.

        Elsewhere the register of moves stands for their states too.
        """
        words = self.vocabulary
        if module not in words.files and words.moves and {(MOVE, key) for key in words.moves} <= meaning:
            meaning = frozenset(tag for tag in meaning if tag[0] != STATE)
        for sort, keys in ((STATE, words.states), (MOVE, words.moves), (KIND, words.kinds)):
            if keys and {(sort, key) for key in keys} <= meaning:
                meaning = frozenset(tag for tag in meaning if tag[0] != sort or tag[1].startswith("("))
        return meaning


def _can_be_read(test: ast.expr) -> bool:
    """`if row.ended`, `if not row.ended`, `if EDITABLE in row.groups`."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _can_be_read(test.operand)
    if isinstance(test, ast.Compare):
        return isinstance(test.ops[0], ast.In) and isinstance(test.comparators[0], ast.Attribute)
    return isinstance(test, ast.Attribute)


def _holds(test: ast.expr, row) -> bool:
    if isinstance(test, ast.UnaryOp):
        return not _holds(test.operand, row)
    if isinstance(test, ast.Compare) and isinstance(test.comparators[0], ast.Attribute):
        given = row.given(test.comparators[0].attr)
        return given is not None and any(ast.dump(test.left) == ast.dump(item) for item in ast.walk(given))
    given = row.given(test.attr) if isinstance(test, ast.Attribute) else None
    return given is not None and not (isinstance(given, ast.Constant) and not given.value)
