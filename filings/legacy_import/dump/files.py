"""Reads a dump as rows: CSV or JSON, UTF-8, UTF-16 or GB18030, streamed so that its length costs no memory."""

import codecs
import csv
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TextIO

from django.utils.translation import gettext as _

from filings.legacy_import.dump.columns import NAMES
from icpportal.command_line.text_files import MARK_LONGEST, marked_encoding, separator_in
from icpportal.fields.text import strip_outer
from icpportal.fields.types import Json

LONGEST = 64 * 1024  # characters in one row
PIECE = 256 * 1024
WRONG_MOST = 0.1  # share of non-ASCII that may be broken before the file counts as the other encoding
BOUNDARY = re.compile(r"(?:\}\s*,?|\n)\s*(?=\{)")  # after an object, or at the start of a line
UTF8, GB18030 = "utf-8-sig", "gb18030"


class InvalidDump(Exception):
    """The file as a whole cannot be read; the message says what to do."""


Raw = tuple[int, dict[str, Json] | None]  # a row's number and its cells; None when it is broken


def encoding_of(path: Path) -> str:
    """What its byte order mark says; else UTF-8 if it decodes as such but for a few broken characters, else GB18030."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    other = broken = 0
    with path.open("rb") as file:
        if marked := _marked(file):
            return marked
        for piece in iter(lambda: file.read(PIECE), b""):
            if piece.isascii():
                continue
            decoded = decoder.decode(piece)
            other += len(decoded) - len(decoded.encode("ascii", "ignore"))
            broken += decoded.count("\ufffd")
    return GB18030 if broken > other * WRONG_MOST else UTF8


def _marked(file: BinaryIO) -> str:
    """The encoding whose byte order mark begins the file; "" without one."""
    head = file.read(MARK_LONGEST)
    file.seek(0)
    return marked_encoding(head)


def recognised_words(path: Path, encoding: str) -> str:
    """How the file is read, if not as UTF-8 as usual."""
    if encoding == UTF8:
        return ""
    told = {"name": encoding.upper()}
    with path.open("rb") as file:
        is_marked = _marked(file) == encoding
    if is_marked:
        return _("Read as %(name)s, as the byte order mark of the file says") % told
    return _("Read as %(name)s, because the file is not UTF-8") % told


def rows(path: Path, *, encoding: str = "", tell: Callable[[str], object] | None = None) -> Iterator[Raw]:
    """Yields every row of the file with its number; the first row of data is 1. Raises `InvalidDump`.

    `tell` gets a sentence about the encoding if it was recognised and is not UTF-8.
    """
    try:
        chosen = encoding or encoding_of(path)
        if tell and not encoding and (words := recognised_words(path, chosen)):
            tell(words)
        with path.open(encoding=chosen, errors="replace", newline="") as file:
            yield from _rows(file)
    except OSError as problem:
        why = {"file": path, "reason": problem.strerror or problem}
        raise InvalidDump(_("%(file)s cannot be read: %(reason)s") % why) from problem
    except UnicodeError as problem:  # UTF-16 without its mark; in all others, characters are replaced
        told = {"name": encoding}
        raise InvalidDump(
            _("The file is not in %(name)s: leave --encoding out to have it recognised") % told
        ) from problem
    except LookupError as problem:
        raise InvalidDump(_("There is no encoding “%(name)s”: use utf-8 or gb18030") % {"name": encoding}) from problem


def _rows(file: TextIO) -> Iterator[Raw]:
    head = file.read(PIECE)
    file.seek(0)
    first = head.lstrip("\ufeff \t\r\n")[:1]
    if not first:
        raise InvalidDump(_("The file is empty: export it again"))
    if first in "[{":
        yield from _json(file)
    else:
        yield from _csv(file)


# --- CSV: one line a row, so that a stray quote costs one row ------------------------------------


def _csv(file: TextIO) -> Iterator[Raw]:
    lines = _lines(file)
    first = next(lines, "") or ""
    between = separator_in(first)
    head = _cells(first, between) or []
    names = [NAMES.get(strip_outer(cell.lstrip("\ufeff")), "") for cell in head]
    if not {"kind", "domain", "account_email"} & set(names):
        raise InvalidDump(_("The first line has none of the column names in docs/import.md: add them"))
    for number, line in enumerate(lines, 1):
        if line is not None and not line.strip():
            continue
        cells = _cells(line, between)
        if cells is None or len(cells) > len(names):
            yield number, None
        else:
            yield number, {name: cell for name, cell in zip(names, cells, strict=False) if name}


def _cells(line: str | None, between: str) -> list[str] | None:
    if line is None:
        return None
    try:
        return next(csv.reader([line], delimiter=between, strict=True), [])
    except csv.Error:
        return None


def _lines(file: TextIO) -> Iterator[str | None]:
    """Yields line by line; `None` for a line longer than any row."""
    while line := file.readline(LONGEST + 1):
        if len(line) <= LONGEST or line.endswith("\n"):
            yield line.rstrip("\r\n")
            continue
        while (rest := file.readline(LONGEST + 1)) and not rest.endswith("\n"):
            pass
        yield None


# --- JSON: an array of objects, or one object a line ---------------------------------------------


def _json(file: TextIO) -> Iterator[Raw]:
    # numbers stay text: Python refuses to convert several thousand digits
    decoder = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
    text, number, ended = "", 0, False
    while True:
        text = text.lstrip("\ufeff \t\r\n,[")
        if text.startswith("]"):
            text = text[1:]
            continue
        if len(text) < LONGEST and not ended:
            piece = file.read(PIECE)
            ended = not piece
            text += piece
            continue
        if not text:
            return
        number += 1
        try:
            cells, end = decoder.raw_decode(text)
        except (ValueError, RecursionError):
            cells, end = None, _after_broken(text)
        text = text[end:]
        yield number, _by_column(cells)


def _after_broken(text: str) -> int:
    """Where the next object begins after a broken one; the end of the text when there is none."""
    found = BOUNDARY.search(text, 1)
    return found.end() if found else len(text)


def _by_column(cells: Json) -> dict[str, Json] | None:
    if not isinstance(cells, dict):
        return None
    return {NAMES[strip_outer(name)]: value for name, value in cells.items() if strip_outer(name) in NAMES}
