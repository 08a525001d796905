"""States, moves and kinds: how many places name them."""

import ast
import re
from collections.abc import Iterator
from statistics import median

from tests.shape.markup import LITERAL, tags_of
from tests.shape.meanings import Meanings
from tests.shape.mentions import Mentions
from tests.shape.tree import Measure, Module, Tree
from tests.shape.vocabulary import KIND, MOVE, STATE, Vocabulary

ORDERS, DEMO = "transfers/orders/", "demo/"
TESTS = (ast.If, ast.IfExp, ast.While, ast.Assert)
OPERAND = re.compile(r"(?:^|\W)order\.kind\b|\bkind\b(?=\s*(?:==|!=|in\b|not\b))")


def measures(tree: Tree) -> list[Measure]:
    words = Vocabulary(tree)
    mentions = Mentions(Meanings(tree, words))
    outside, inside = _units_with_several(tree, words, mentions)
    state_files, move_files = _files(tree, mentions, STATE), _files(tree, mentions, MOVE)
    per_state = [len(state_files[key]) for key in words.states]
    branches = sorted(_kind_branches(tree, words, mentions))
    return [
        Measure(
            "several", "functions and tables outside orders/ that name two states or moves", len(outside), 0, outside
        ),
        Measure("orders-files", "other files in orders/ that do", len(inside), 2, inside),
        Measure("state-median", "files that name a state, median", median(per_state), 3, _listed(state_files)),
        Measure("state-most", "files that name a state, most", max(per_state), 5, _listed(state_files)),
        Measure(
            "move-most", "files that name a move, most", max(map(len, move_files.values())), 4, _listed(move_files)
        ),
        Measure("kind-branches", "branches on a kind outside kinds.py", len(branches), 0, tuple(branches)),
    ]


def _units_with_several(tree: Tree, words: Vocabulary, mentions: Mentions) -> tuple[tuple[str, ...], tuple[str, ...]]:
    outside, inside = [], {}
    for module in tree.modules:
        if module in words.files or module.path.startswith(DEMO):
            continue
        for unit, each in mentions.of(module):
            named = {mention.tag for mention in each if mention.sort in (STATE, MOVE)}
            if len(named) < 2:
                continue
            line = f"{module.path}:{unit.line} {unit.name} names {', '.join(sorted(key for _, key in named))}"
            if module.path.startswith(ORDERS):
                inside.setdefault(module.path, line)
            else:
                outside.append(line)
    return tuple(outside), tuple(inside.values())


def _files(tree: Tree, mentions: Mentions, sort: str) -> dict[str, dict[str, int]]:
    """Key → file → the line of its first mention, the defining file included."""
    words = mentions.words
    home, keys = (words.states_file, words.states) if sort == STATE else (words.moves_file, words.moves)
    found: dict[str, dict[str, int]] = {key: {home.path: 1} for key in keys}
    named = [(module.path, each) for module in tree.modules for _, each in mentions.of(module)]
    named += [(template.path, mentions.in_template(template)) for template in tree.templates]
    for path, each in named:
        for mention in each:
            if mention.sort == sort and mention.key in found:
                found[mention.key].setdefault(path, mention.line)
    return found


def _listed(files: dict[str, dict[str, int]]) -> tuple[str, ...]:
    """One line per key, the most widely used first."""
    rows = sorted(files.items(), key=lambda row: (-len(row[1]), row[0]))
    return tuple(
        f"{key}: {len(places)}: {' '.join(f'{path}:{line}' for path, line in sorted(places.items()))}"
        for key, places in rows
    )


def _kind_branches(tree: Tree, words: Vocabulary, mentions: Mentions) -> Iterator[str]:
    """Comparisons, `in`, `match` and truth tests of an order's kind or its properties, and dicts keyed by kind."""
    properties = {f"is_{kind}" for kind in words.kinds}
    for module in tree.modules:
        if module is not words.kinds_file and mentions.may_name(module):
            reader = _KindReader(module, mentions, properties)
            yield from sorted({f"{module.path}:{line} {what}" for line, what in reader.found()})
    for template in tree.templates:
        yield from _template_branches(template, words, properties)


def _template_branches(template, words: Vocabulary, properties: set[str]) -> Iterator[str]:
    for tag in tags_of(template.text):
        compared = OPERAND.search(tag.rest) or re.search(rf"\b({'|'.join(properties)})\b", tag.rest)
        literal = any(word.strip("\"'") in words.kinds for word in LITERAL.findall(tag.rest))
        if (
            tag.word in ("if", "elif")
            and compared
            and (literal or "order.kind" in tag.rest or not OPERAND.search(tag.rest))
        ):
            yield f"{template.path}:{tag.line} {tag.word} {tag.rest}"


class _KindReader:
    def __init__(self, module: Module, mentions: Mentions, properties: set[str]) -> None:
        self.module, self.mentions, self.properties = module, mentions, properties

    def found(self) -> Iterator[tuple[int, str]]:
        for node in self.module.nodes:
            if isinstance(node, ast.Compare) and self._is_comparison([node.left, *node.comparators]):
                yield node.lineno, ast.unparse(node)
            elif isinstance(node, ast.Match) and self._is_match(node):
                yield node.lineno, f"match {ast.unparse(node.subject)}"
            elif isinstance(node, ast.Dict) and any(self._names_kind(key) for key in node.keys if key):
                yield node.lineno, "dict keyed by kind"
            elif isinstance(node, ast.Attribute) and node.attr in self.properties and isinstance(node.ctx, ast.Load):
                yield node.lineno, ast.unparse(node)
            for test in _tests(node):
                if _is_kind_of_order(test) or isinstance(test, ast.Name) and test.id in self.properties:
                    yield test.lineno, f"if {ast.unparse(test)}"

    def _is_comparison(self, operands: list[ast.expr]) -> bool:
        if any(self._names_kind(operand) or _is_kind_of_order(operand) for operand in operands):
            return True
        spells = any(self._spells_kind(operand) for operand in operands)
        return spells and any(getattr(operand, "attr", getattr(operand, "id", "")) == "kind" for operand in operands)

    def _is_match(self, node: ast.Match) -> bool:
        patterns = [
            item.value for case in node.cases for item in ast.walk(case.pattern) if isinstance(item, ast.MatchValue)
        ]
        subjects = node.subject.elts if isinstance(node.subject, ast.Tuple) else [node.subject]
        return any(map(_is_kind_of_order, subjects)) or any(self._names_kind(pattern) for pattern in patterns)

    def _names_kind(self, node: ast.AST) -> bool:
        return any(sort == KIND for sort, _ in self.mentions.meanings.of(self.module, node))

    def _spells_kind(self, node: ast.AST) -> bool:
        spelt = self.mentions.spelt(self.mentions.meanings.of(self.module, node))
        return any(sort == KIND for sort, _ in spelt)


def _tests(node: ast.AST) -> list[ast.expr]:
    """The expressions that a node tests for truth, without `not`, `and`, `or`."""
    asked = [node.test] if isinstance(node, TESTS) else list(getattr(node, "ifs", ()))
    flat: list[ast.expr] = []
    while asked:
        test = asked.pop()
        if isinstance(test, ast.BoolOp):
            asked += test.values
        elif isinstance(test, ast.UnaryOp):
            asked.append(test.operand)
        else:
            flat.append(test)
    return flat


def _is_kind_of_order(node: ast.AST) -> bool:
    """`order.kind`, `self.order.kind`, `paper.order.kind`, `earlier_order.kind`."""
    if not isinstance(node, ast.Attribute) or node.attr != "kind":
        return False
    owner = getattr(node.value, "attr", getattr(node.value, "id", ""))
    return owner == "order" or owner.endswith("_order")
