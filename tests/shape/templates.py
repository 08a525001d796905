"""Templates: their width, nesting and number of decisions, and whether they compare states."""

import re
from collections.abc import Iterator

from tests.shape.markup import LITERAL, tags_of
from tests.shape.tree import Measure, Template, Tree
from tests.shape.vocabulary import Vocabulary

WIDEST = 140
FIRST_SHARE = 14.19  # decisions per 100 tags and variables when first measured; the target is two thirds of it
OPERATOR = re.compile(r"\s(?:==|!=|in|not in|<|>)\s")
STATE_OF = re.compile(r"(?:^|[\s.])state(?:\.key)?$|(?:^|\s)\w+_state$")


def measures(tree: Tree) -> list[Measure]:
    states = Vocabulary(tree).states
    wide = tuple(
        f"{each.path}:{number} {len(line)}"
        for each in tree.templates
        for number, line in enumerate(each.text.splitlines(), 1)
        if len(line) > WIDEST
    )
    compared = tuple(line for each in tree.templates for line in _comparisons(each, states))
    depths = {each.path: _depth(each) for each in tree.templates}
    deep = tuple(f"{path}:{line} {depth}" for path, (depth, line) in depths.items() if depth > 3)
    deepest = max((depth for depth, _ in depths.values()), default=0)
    target = round(FIRST_SHARE * 2 / 3, 2)
    return [
        Measure("wide-lines", f"lines of templates over {WIDEST} characters", len(wide), 0, wide),
        Measure("template-states", "comparisons of states in templates", len(compared), 0, compared),
        Measure("if-depth", "deepest nesting of if", deepest, 3, deep),
        Measure("if-share", "if, elif, yesno per 100 tags and variables", share(tree), target, ()),
    ]


def share(tree: Tree) -> float:
    """Decisions per 100 tags and variables; closing tags do not count."""
    tags = [tag for each in tree.templates for tag in tags_of(each.text) if not tag.word.startswith("end")]
    decisions = sum((tag.word in ("if", "elif")) + len(re.findall(r"\|\s*yesno\b", tag.rest)) for tag in tags)
    return round(100 * decisions / max(len(tags), 1), 2)


def _comparisons(template: Template, states: frozenset[str]) -> Iterator[str]:
    for tag in tags_of(template.text):
        if tag.word in ("if", "elif") and any(
            _is_of_state(part, states) for part in re.split(r"\s(?:and|or)\s", tag.rest)
        ):
            yield f"{template.path}:{tag.line} {tag.rest}"


def _is_of_state(part: str, states: frozenset[str]) -> bool:
    sides = [side.strip() for side in OPERATOR.split(f" {part} ")]
    literals = {word.strip("\"'") for word in LITERAL.findall(part)}
    return len(sides) > 1 and (bool(literals & states) or any(STATE_OF.search(side) for side in sides))


def _depth(template: Template) -> tuple[int, int]:
    """The deepest nesting, and its line."""
    now, deepest = 0, (0, 0)
    for tag in tags_of(template.text):
        now += (tag.word == "if") - (tag.word == "endif")
        deepest = max(deepest, (now, tag.line), key=lambda pair: pair[0])
    return deepest
