"""Finds where a file names a state, a move or a kind.

A constant, an alias or a group counts wherever it is used (an import is no use). A group counts as all its
members; one with every state, or every move, is the register itself and names none. Constants of other
lifecycles (`verification/models/backdrop_states.py`, `filings/models/legacy_states.py`) never count.

A string literal, or a constant that is nothing but one, counts in `transfers/`, and in a module elsewhere that imports
from `transfers`, where it equals a key and stands

- in a comparison, `in` or a `case`, unless what it is compared with belongs to another thing (`document.state`);
- in a dict, tuple, list or set of keys: as a key, a value or an item, if two of them and at least half are keys; and
  in a list or dict of rows (tuples or calls), if two and at least half of its column are;
- as a keyword argument of a call, a parameter's default or a variable, if one of the words that make up its name is
  state, move, source, target, kind or name (`filter(order__state__in=…)`, `next_move = …`); the name of a URL is none;
- as one of the first two arguments of `fire`, `apply`, `can`, `available` and their kin, as an argument of what the
  files of states, moves and kinds define, or as one whose parameter is called so;
- between the brackets of a register (`STATES["draft"]`).

In a template of `transfers` or the partials it counts in the tags `if`, `elif`, `with`, `include … with` and as an
argument of the `url` of an order or a move.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.shape.markup import LITERAL, tags_of
from tests.shape.meanings import OF_ORDERS, WORD, Meaning, Meanings
from tests.shape.tree import Function, Module, Template
from tests.shape.vocabulary import MOVE, STATE

NAMED_SO = re.compile(r"(?:^|_)(states?|moves?|sources?|target|kinds?|name)(?:$|_)")
FIRES = re.compile(r"_?(fire|apply|can|available)(_\w+)?")
URLS = {"path", "re_path"}
OTHER_THINGS = {"document", "backdrop", "claim", "handover", "hand_off", "report", "answer", "task", "step", "slot"}
OTHER_LIVES = re.compile(r"(^|/)(filings|verification|simulator|demo|miit|outbox|account|mfa|messages|photo_app)/")


@dataclass(frozen=True)
class Mention:
    sort: str
    key: str
    line: int

    @property
    def tag(self) -> tuple[str, str]:
        return (self.sort, self.key)


@dataclass(frozen=True)
class Unit:
    """A function or method with its body, or one statement at the top of a module or class."""

    name: str
    line: int
    node: ast.AST


def units(body: list[ast.stmt], owner: str = "") -> Iterator[Unit]:
    for node in body:
        if isinstance(node, Function):
            yield Unit(f"{owner}{node.name}()", node.lineno, node)
        elif isinstance(node, ast.ClassDef):
            yield from units(node.body, f"{owner}{node.name}.")
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            yield from units([child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)], owner)
        elif not isinstance(node, (ast.Import, ast.ImportFrom)):
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            yield Unit(f"{owner}{getattr(target, 'id', '') or 'statement'}", node.lineno, node)


class Mentions:
    def __init__(self, meanings: Meanings) -> None:
        self.meanings = meanings
        self.words = meanings.vocabulary
        self._known: dict[str, list[tuple[Unit, list[Mention]]]] = {}

    def of(self, module: Module) -> list[tuple[Unit, list[Mention]]]:
        """Every function and table of a module, with what it names."""
        if module.path not in self._known:
            each = units(module.tree.body) if self.may_name(module) else ()
            self._known[module.path] = [(unit, self._within(module, unit.node)) for unit in each]
        return self._known[module.path]

    def _within(self, module: Module, node: ast.AST) -> list[Mention]:
        found = [
            Mention(sort, key, line)
            for meaning, line in self._everything(module, node)
            for sort, key in self.meanings.without_registers(meaning, module)
            if sort != WORD
        ]
        return sorted(set(found), key=lambda mention: (mention.line, mention.tag))

    def _everything(self, module: Module, node: ast.AST) -> Iterator[tuple[Meaning, int]]:
        for item in _outermost(node):
            line = getattr(item, "lineno", 0)
            if isinstance(item, (ast.Name, ast.Attribute)) and isinstance(item.ctx, ast.Load):
                yield self.meanings.of(module, item), line
            for place in self._places(module, item):
                yield self.spelt(self.meanings.of(module, place)), getattr(place, "lineno", line)

    @staticmethod
    def may_name(module: Module) -> bool:
        """Modules that import nothing from orders have their own meanings for these words, and do not count."""
        return module.name.startswith(OF_ORDERS) or any(n.startswith(OF_ORDERS) for _, n in module.imported)

    def spelt(self, meaning: Meaning) -> Meaning:
        """The literals that equal a key."""
        return frozenset().union(*(self.words.tags(text) for sort, text in meaning if sort == WORD))

    def _places(self, module: Module, node: ast.AST) -> Iterator[ast.AST]:
        """The expressions in which a literal counts."""
        if isinstance(node, ast.Compare):
            yield from self._operands(module, [node.left, *node.comparators])
        elif isinstance(node, ast.MatchValue):
            yield node.value
        elif isinstance(node, ast.Dict):
            yield from self._column(module, node.keys)
            yield from self._column(module, node.values)
            yield from self._rows(module, node.values)
        elif isinstance(node, (ast.Tuple, ast.List, ast.Set)):
            yield from self._column(module, node.elts)
            yield from self._rows(module, node.elts)
        elif isinstance(node, ast.Call):
            yield from self._arguments(module, node)
        elif isinstance(node, ast.arguments):
            given = [*node.posonlyargs, *node.args][len(node.posonlyargs) + len(node.args) - len(node.defaults) :]
            pairs = [*zip(given, node.defaults, strict=True), *zip(node.kwonlyargs, node.kw_defaults, strict=True)]
            yield from (default for given, default in pairs if default and NAMED_SO.search(given.arg))
        elif isinstance(node, ast.Assign):
            names = [getattr(target, "attr", getattr(target, "id", "")) for target in node.targets]
            yield from [node.value] if any(NAMED_SO.search(name) for name in names) else ()
        elif isinstance(node, ast.Subscript) and self._is_register(self.meanings.of(module, node.value)):
            yield node.slice

    def _operands(self, module: Module, operands: list[ast.expr]) -> Iterator[ast.AST]:
        """What is compared; for an alias of a dict its keys, as for the dict itself."""
        if any(isinstance(each, ast.Attribute) and _owner(each) in OTHER_THINGS for each in operands):
            return
        for each in operands:
            found = self.meanings.locate(module, each)
            items = _items(found.node) if found else None
            yield from [each] if items is None or self._column(found.module, items, least=1) else ()

    def _column(self, module: Module, items: list, least: int = 2) -> list[ast.AST]:
        """The items that are keys, if at least half of them are."""
        named = [item for item in items if item is not None and self._is_key(module, item)]
        return named if least <= len(named) and 2 * len(named) >= len(items) else []

    def _is_key(self, module: Module, item: ast.AST) -> bool:
        meaning = self.meanings.of(module, item)
        return bool(self.spelt(meaning)) or any(sort in (STATE, MOVE) for sort, _ in meaning)

    def _rows(self, module: Module, items: list) -> Iterator[ast.AST]:
        rows = [item.elts for item in items if isinstance(item, (ast.Tuple, ast.List))]
        rows += [item.args for item in items if isinstance(item, ast.Call)]
        if len(rows) < 2:
            return
        for place in range(max(map(len, rows))):
            yield from self._column(module, [row[place] for row in rows if place < len(row)])

    def _arguments(self, module: Module, call: ast.Call) -> Iterator[ast.AST]:
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name not in URLS:
            yield from (word.value for word in call.keywords if word.arg and NAMED_SO.search(word.arg))
        if FIRES.fullmatch(name):
            yield from call.args[:2]
        found = self.meanings.locate(module, call.func)
        if found and found.module in self.words.files:
            yield from call.args
        elif found and isinstance(found.node, Function):
            names = [given.arg for given in (*found.node.args.posonlyargs, *found.node.args.args)]
            given = zip(names, call.args, strict=False)
            yield from (value for name, value in given if name != "name" and NAMED_SO.search(name))

    def _is_register(self, meaning: Meaning) -> bool:
        return any(
            keys and {(sort, key) for key in keys} <= meaning
            for sort, keys in ((STATE, self.words.states), (MOVE, self.words.moves))
        )

    def in_template(self, template: Template) -> list[Mention]:
        if OTHER_LIVES.search(template.path):
            return []
        return [
            Mention(sort, key, tag.line)
            for tag in tags_of(template.text)
            for literal in LITERAL.findall(_read(tag.word, tag.rest))
            for sort, key in self.words.tags(literal.strip("\"'"))
        ]


def _read(word: str, rest: str) -> str:
    """The part of a tag in which a literal counts."""
    if word in ("if", "elif", "with"):
        return rest
    if word == "include":
        return rest.partition(" with ")[2]
    name, _, arguments = rest.partition(" ")
    return arguments if word == "url" and re.search("order|move", name) else ""


def _owner(node: ast.Attribute) -> str:
    """`document` of `paper.document.state`."""
    return getattr(node.value, "attr", getattr(node.value, "id", ""))


def _items(node: ast.AST | None) -> list | None:
    """Keys of a dict, items of a tuple, list or set; None of anything else."""
    return node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", None)


def _outermost(node: ast.AST) -> Iterator[ast.AST]:
    """The outermost nodes below a node; for `states.DRAFT` the whole, not `states` too."""
    yield node
    if isinstance(node, ast.Attribute) and _is_dotted(node):
        return
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.Import, ast.ImportFrom)):
            yield from _outermost(child)


def _is_dotted(node: ast.AST) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)
