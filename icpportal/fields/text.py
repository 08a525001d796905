"""Typed text: refused for invisible characters, else kept; names, numbers and days in their usual form."""

import re
import unicodedata
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from icpportal.fields.language_marks import HAN, has_han
from icpportal.fields.types import Words

LONGEST_SEARCH = 100
OUTER_SPACE = " \t\r\n\u00a0\u3000"
# what phones and address books put around a number that is copied, and nobody can see or delete
COPIED_MARKS = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
HIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# invisible, or shown as a replacement character, although their category does not say so
HIDDEN_OTHERS = set("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc\ufffd")
CONTROL_NAMES = {0x00: "NULL", 0x09: "TAB", 0x0A: "LINE FEED", 0x0D: "CARRIAGE RETURN", 0x1B: "ESCAPE", 0x7F: "DELETE"}
LINE_BREAKS = {"\n", "\r"}
DAY_WRITTEN = re.compile(r"([0-9]{4})(?:[-./年]([0-9]{1,2})[-./月]([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))")
# between Chinese characters: spaces in a spaced-out name, and characters that keyboards write for the dot
SPACE_OF_NAME = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}])")
DOT_OF_NAME = re.compile(rf"(?<=[{HAN}])\s*[·.\u2022\u2027\u2219\u22c5\uff0e\u30fb\uff65]\s*(?=[{HAN}])")
BRACKETS = re.compile(r"\s*[(（][^()（）]*[)）]\s*$")


def _is_variation_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _is_hidden(char: str, before: str) -> bool:
    if _is_variation_selector(char):
        return not has_han(before)  # after a Chinese character it selects a variant for a rare name
    if char in HIDDEN_OTHERS or unicodedata.category(char) in HIDDEN_CATEGORIES:
        return True
    return ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF


def character_name(char: str) -> str:
    """The character by code point and name: "U+202E RIGHT-TO-LEFT OVERRIDE"."""
    name = CONTROL_NAMES.get(ord(char)) or unicodedata.name(char, "")
    return f"U+{ord(char):04X} {name}".rstrip()


def hidden_character(text: str, *, lines: bool = False) -> str:
    """The first invisible character of the text, or "".

    With `lines`, a line break is allowed.
    """
    for place, char in enumerate(text):
        if lines and char in LINE_BREAKS:
            continue
        if _is_hidden(char, text[place - 1] if place else ""):
            return char
    return ""


def refuse_hidden(text: str, label: str, *, lines: bool = False) -> None:
    """Raises when the text has an invisible character (NUL, control, zero-width, bidirectional), naming it."""
    char = hidden_character(text, lines=lines)
    if char:
        raise ValidationError(
            _("Remove the hidden character %(char)s from the %(label)s and type it again"),
            code="hidden_chars",
            params={"char": character_name(char), "label": label},
        )


def strip_outer(text: str) -> str:
    """The text without outer white space."""
    return text.strip(OUTER_SPACE)


def strip_copied(text: str) -> str:
    """The same without the marks that came with a number or an address from where it was copied."""
    return text.strip(OUTER_SPACE + COPIED_MARKS)


def regular_name(text: str) -> str:
    """A person's name as on a Chinese document: no space between characters, and · for any dot."""
    return DOT_OF_NAME.sub("·", SPACE_OF_NAME.sub("", text))


def normalise_number(text: str) -> str:
    """A number or code in half-width letters and digits, without spaces and dashes."""
    if text.isascii() and text.isalnum():
        return text
    folded = unicodedata.normalize("NFKC", text)
    bare = "".join(char for char in folded if not (char.isspace() or _is_dash(char)))
    return unicodedata.normalize("NFKC", bare)  # characters may now combine


def read_search(typed: str) -> str:
    """The words of a list's search, without what no stored text can contain."""
    return typed.replace("\0", "").strip()[:LONGEST_SEARCH]


def searched_number(words: str) -> str:
    """A filing number, or part of it, in its stored form: in half width, without spaces."""
    return "".join(unicodedata.normalize("NFKC", words).split())


def read_day(text: str) -> date | None:
    """A date typed as 2036.02.29, 2036年2月29日 or without separators; None when it is not a date.

    Raises for a date that does not exist.
    """
    bare = "".join(unicodedata.normalize("NFKC", text).split())
    found = DAY_WRITTEN.fullmatch("".join("-" if _is_dash(char) else char for char in bare))
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        return date(year, month, day)
    except ValueError:
        raise ValidationError(_("There is no such day: compare it with the document"), code="no_such_day") from None


def _is_dash(char: str) -> bool:
    return char == "\u2212" or unicodedata.category(char) == "Pd"


def plain_label(label: Words | None) -> str:
    """A field's label for use in a sentence: without brackets, mark-up and capital."""
    text = BRACKETS.sub("", strip_tags(str(label or ""))).strip()
    if not text:
        return _("answer")
    return text if text[1:2].isupper() else text[0].lower() + text[1:]
