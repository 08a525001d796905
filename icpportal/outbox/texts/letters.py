"""A mail or a note before it is drawn: what happened, whose turn it is and by when, one button, who sent it.

The body of a message file is read line by line. `> ` begins words that are quoted, `1. ` a step, a line that is only
`{code}` is a code to copy, one that is only `{reasons}` the list of what has to be changed; any other is a paragraph.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from icpportal.fields.types import Fact, Facts
from icpportal.outbox.texts.formats import format_value

STEP = re.compile(r"(\d+)\. ")
QUOTE = "> "
INDENT = "   "
LIST, CODE = "{reasons}", "{code}"
PARTS_OF_ITEM = ("label", "reason", "words", "note")
QUOTED = "“{}”"
PREVIEW = 120  # characters that mailboxes show beside the subject
MIDDLE_DOT = " · "


class Kind(StrEnum):
    """The kinds of blocks in a letter."""

    WORDS = "words"
    QUOTE = "quote"
    CODE = "code"
    STEP = "step"
    LIST = "list"


@dataclass(frozen=True)
class Item:
    """One thing to change: what, why, the reviewer's own words quoted, and a hint."""

    label: str
    reason: str = ""
    quoted: str = ""
    note: str = ""


@dataclass(frozen=True)
class Block:
    """One block of a body, in its reader's language."""

    kind: Kind
    text: str = ""
    number: str = ""  # number of a step
    items: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Piece:
    """One paragraph of a note on the site, with its HTML element."""

    words: str
    element: str = "p"


@dataclass(frozen=True)
class Letter:
    """A whole mail as text; empty parts are left out when it is drawn."""

    folder: str
    brand: str
    provider: str
    subject: str
    heading: str
    domain: str
    ref: str
    turn: str  # the key of whose turn it is, for the colour of its line
    turn_words: str
    date: str
    blocks: tuple[Block, ...]
    button: str
    url: str
    or_open: str
    order: str
    footers: tuple[str, ...]
    settings: str
    settings_url: str

    @property
    def intro(self) -> tuple[Block, ...]:
        """The first paragraph, above the line of the turn."""
        return self.blocks[:1] if self.blocks and self.blocks[0].kind == Kind.WORDS else ()

    @property
    def rest(self) -> tuple[Block, ...]:
        """The paragraphs below the line of the turn."""
        return self.blocks[len(self.intro) :]

    @property
    def about(self) -> str:
        """The domain, and the order's number."""
        return MIDDLE_DOT.join(filter(None, (self.domain, self.ref)))

    @property
    def due(self) -> str:
        """Whose turn it is, and the deadline."""
        return MIDDLE_DOT.join(filter(None, (self.turn_words, self.date)))

    @property
    def preview(self) -> str:
        """The preview text in mailboxes: what must be changed, or the beginning of the letter."""
        listed = [item.label for block in self.blocks for item in block.items]
        text = " / ".join(listed) or next((block.text for block in self.blocks if block.kind == Kind.WORDS), "")
        return " ".join(text.split())[:PREVIEW]

    @property
    def note(self) -> str:
        """The note on the site: the letter without its frame."""
        parts = [*map(_plain, self.intro), self.due, *_paragraphs(self.rest)]
        return "\n\n".join(filter(None, parts))

    @property
    def pieces(self) -> list[Piece]:
        """The note as a page draws it, with quotations marked."""
        due = [Piece(self.due)] if self.due else []
        return [*map(_piece, self.intro), *due, *map(_piece, self.rest)]

    @property
    def text(self) -> str:
        """The plain part of the mail."""
        act = f"{self.button}: {self.url}" if self.button and self.url else ""
        foot = "\n".join(filter(None, (self.order, *self.footers)))
        return "\n\n".join(filter(None, (self.note, act, foot)))


def _piece(block: Block) -> Piece:
    return Piece(block.text, "blockquote") if block.kind == Kind.QUOTE else Piece(_plain(block))


def _plain(block: Block) -> str:
    if block.kind == Kind.QUOTE:
        return "\n".join(f"{QUOTE}{line}" for line in block.text.splitlines())
    if block.kind == Kind.STEP:
        return f"{block.number}. {block.text}"
    if block.kind == Kind.LIST:
        return "\n".join(_list_item(number, item) for number, item in enumerate(block.items, 1))
    return block.text


def _list_item(number: int, item: Item) -> str:
    texts = filter(None, (item.reason, item.quoted, item.note))
    return "\n".join([f"{number}. {item.label}", *(f"{INDENT}{line}" for text in texts for line in text.splitlines())])


def _paragraphs(blocks: Iterable[Block]) -> list[str]:
    """The blocks as paragraphs; successive steps form one."""
    found: list[tuple[Kind, str]] = []
    for block in blocks:
        if found and found[-1][0] == block.kind == Kind.STEP:
            found[-1] = (block.kind, f"{found[-1][1]}\n{_plain(block)}")
        else:
            found.append((block.kind, _plain(block)))
    return [text for _kind, text in found]


def read_body(body: str, words: Facts, folder: str, fill: Callable[[str], str]) -> tuple[Block, ...]:
    """The blocks of a body; filled-in values are never interpreted as marks."""
    found = [_block(line, words, folder, fill) for line in body.split("\n") if line.strip()]
    return tuple(block for block in found if block.text or block.items)


def _block(line: str, words: Facts, folder: str, fill: Callable[[str], str]) -> Block:
    if line == LIST:
        items = _items(words.get("reasons"), folder)
        return Block(Kind.LIST, items=items) if items else Block(Kind.WORDS, fill(line))
    if line == CODE:
        return Block(Kind.CODE, fill(line))
    if line.startswith(QUOTE):
        return Block(Kind.QUOTE, fill(line.removeprefix(QUOTE)))
    if step := STEP.match(line):
        return Block(Kind.STEP, fill(line[step.end() :]), number=step.group(1))
    return Block(Kind.WORDS, fill(line))


def _items(value: Fact, folder: str) -> tuple[Item, ...]:
    """The named parts one by one; empty for lines queued before there were parts."""
    if not isinstance(value, (list, tuple)):
        return ()
    return tuple(_item(one, folder) for one in value if isinstance(one, Mapping) and "label" in one)


def _item(value: Mapping[str, Fact], folder: str) -> Item:
    label, reason, words, note = (format_value(name, value.get(name) or "", folder) for name in PARTS_OF_ITEM)
    is_quoted = isinstance(value.get("words"), Mapping)  # by language: already quoted
    return Item(label, reason, QUOTED.format(words) if words and not is_quoted else words, note)
