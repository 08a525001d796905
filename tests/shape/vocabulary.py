"""The states, moves and kinds that exist, read from the files that define them, current or future."""

import ast
from dataclasses import dataclass
from functools import cached_property

from tests.shape.tree import Module, Tree

STATES = ("transfers/orders/states.py", "transfers/states.py")
MOVES = ("transfers/orders/moves.py", "transfers/orders/lifecycle.py", "transfers/moves.py", "transfers/lifecycle.py")
KINDS = ("transfers/orders/kinds.py", *STATES)
ROWS = {"State": "state", "Move": "move", "T": "move", "Kind": "kind"}  # the class of a row → what it defines
KEYS = ("key", "name")  # the argument of a row that names it, if not the first
STATE, MOVE, KIND = "state", "move", "kind"


@dataclass(frozen=True)
class Row:
    """One `State(…)`, `Move(…)`, `T(…)` or `Kind(…)`."""

    sort: str
    key: str
    call: ast.Call

    def given(self, argument: str) -> ast.expr | None:
        return next((word.value for word in self.call.keywords if word.arg == argument), None)


class Vocabulary:
    """The vocabulary of an order's life: `states`, `moves`, `kinds` by key, and the files that define them."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.states_file = self._first(STATES, "State")
        self.moves_file = self._first(MOVES, "Move")
        self.kinds_file = self._first(KINDS, "Kind")
        self.files = {self.states_file, self.moves_file, self.kinds_file}

    def _first(self, paths: tuple[str, ...], what: str) -> Module:
        found = next((self.tree.by_path[path] for path in paths if path in self.tree.by_path), None)
        if found is None:
            raise LookupError(f"No file defines a {what}: none of {', '.join(paths)} is there")
        return found

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        return tuple(
            row
            for module in (self.states_file, self.moves_file, self.kinds_file)
            for node in module.nodes
            if isinstance(node, ast.Call) and (row := self.row(module, node))
        )

    def row(self, module: Module, call: ast.Call) -> Row | None:
        """The row that a call creates, if any."""
        sort = ROWS.get(getattr(call.func, "attr", getattr(call.func, "id", "")))
        named = [word.value for word in call.keywords if word.arg in KEYS]
        key = self._text(module, call.args[0] if call.args else named[0] if named else None) if sort else ""
        return Row(sort, key, call) if sort and key else None

    def _text(self, module: Module, node: ast.AST | None) -> str:
        if isinstance(node, ast.Name):
            source, name = module.imports.get(node.id, (module.name, node.id))
            other = self.tree.by_name.get(source)
            return self._text(other, other.names.get(name)) if other else ""
        return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""

    def _keys(self, sort: str) -> frozenset[str]:
        return frozenset(row.key for row in self.rows if row.sort == sort)

    def _group(self, module: Module, name: str) -> frozenset[str]:
        """The texts of a group of constants, including nested groups."""
        node = module.names.get(name)
        found: set[str] = set()
        for item in ast.walk(node) if node else ():
            if isinstance(item, ast.Name):
                text = self._text(module, item)
                found |= {text} if text else self._group(module, item.id)
            elif isinstance(item, ast.Constant) and isinstance(item.value, str):
                found.add(item.value)
        return frozenset(found)

    @cached_property
    def states(self) -> frozenset[str]:
        return self._keys(STATE) or self._group(self.states_file, "ALL")

    @cached_property
    def moves(self) -> frozenset[str]:
        return self._keys(MOVE)

    @cached_property
    def kinds(self) -> frozenset[str]:
        return self._keys(KIND) or self._group(self.kinds_file, "KINDS")

    def tags(self, word: str) -> frozenset[tuple[str, str]]:
        """The possible meanings of a literal."""
        sorts = ((STATE, self.states), (MOVE, self.moves), (KIND, self.kinds))
        return frozenset((sort, word) for sort, words in sorts if word in words)
