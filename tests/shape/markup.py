"""A template as its tags and variables, with comments left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?\{%\s*endcomment\s*%\}", re.DOTALL)
TAG = re.compile(r"\{%\s*(\w+)(.*?)%\}|\{\{(.*?)\}\}", re.DOTALL)
LITERAL = re.compile(r"\"[^\"]*\"|'[^']*'")


@dataclass(frozen=True)
class Tag:
    """`{% word rest %}`, or `{{ rest }}` with no word."""

    word: str
    rest: str
    line: int


def tags_of(text: str) -> Iterator[Tag]:
    bare = COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    for match in TAG.finditer(bare):
        rest = match[2] if match[1] else match[3]
        yield Tag(match[1] or "", rest.strip(), bare.count("\n", 0, match.start()) + 1)
