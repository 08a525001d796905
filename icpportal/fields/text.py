"""Text as it was typed: kept as it is, unless it hides something; numbers and codes made regular."""

import re
import unicodedata
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from icpportal.fields.language_marks import HAN, has_han
from icpportal.fields.types import Words

OUTER_SPACE = " \t\r\n\u00a0\u3000"
HIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# shown as nothing, or as the mark of a broken text, though their category does not say so
HIDDEN_OTHERS = set("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc\ufffd")
CONTROL_NAMES = {0x00: "NULL", 0x09: "TAB", 0x0A: "LINE FEED", 0x0D: "CARRIAGE RETURN", 0x1B: "ESCAPE", 0x7F: "DELETE"}
LINE_BREAKS = {"\n", "\r"}
DAY_WRITTEN = re.compile(r"([0-9]{4})(?:[-./年]([0-9]{1,2})[-./月]([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))")
# between Chinese characters: the spaces of a name that was set apart, and what keyboards write for the dot
SPACE_OF_NAME = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}])")
DOT_OF_NAME = re.compile(rf"(?<=[{HAN}])\s*[·.\u2022\u2027\u2219\u22c5\uff0e\u30fb\uff65]\s*(?=[{HAN}])")
BRACKETS = re.compile(r"\s*[(（][^()（）]*[)）]\s*$")


def _is_variation_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _is_hidden(char: str, before: str) -> bool:
    if _is_variation_selector(char):
        return not has_han(before)  # after a Chinese character it chooses the form of a rare name
    if char in HIDDEN_OTHERS or unicodedata.category(char) in HIDDEN_CATEGORIES:
        return True
    return ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF


def character_name(char: str) -> str:
    """The character as a person can look it up: "U+202E RIGHT-TO-LEFT OVERRIDE"."""
    name = CONTROL_NAMES.get(ord(char)) or unicodedata.name(char, "")
    return f"U+{ord(char):04X} {name}".rstrip()


def hidden_character(text: str, *, lines: bool = False) -> str:
    """The first character of the text that nobody can see, or "" if there is none.

    With `lines` a line break is not hidden: it belongs to a text of several lines.
    """
    for place, char in enumerate(text):
        if lines and char in LINE_BREAKS:
            continue
        if _is_hidden(char, text[place - 1] if place else ""):
            return char
    return ""


def refuse_hidden(text: str, label: str, *, lines: bool = False) -> None:
    """Raise when the text hides a character, naming it: NUL, control, zero-width and bidirectional ones."""
    char = hidden_character(text, lines=lines)
    if char:
        raise ValidationError(
            _("Remove the hidden character %(char)s from the %(label)s and type it again"),
            code="hidden_chars",
            params={"char": character_name(char), "label": label},
        )


def strip_outer(text: str) -> str:
    """The text without the white space around it; nothing inside is touched."""
    return text.strip(OUTER_SPACE)


def regular_name(text: str) -> str:
    """A person's name as on a Chinese document: no space between its characters, and · for any dot."""
    return DOT_OF_NAME.sub("·", SPACE_OF_NAME.sub("", text))


def normalise_number(text: str) -> str:
    """A number or code in plain half-width letters and digits, without spaces and dashes."""
    if text.isascii() and text.isalnum():
        return text
    folded = unicodedata.normalize("NFKC", text)
    bare = "".join(char for char in folded if not (char.isspace() or _is_dash(char)))
    return unicodedata.normalize("NFKC", bare)  # what stood apart may have joined


def read_day(text: str) -> date | None:
    """The day that was typed as on a document, 2036.02.29, 2036年2月29日 or without signs; None when it is no day.

    Raises when it is written as one that no calendar has.
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
    """A field's label as a word inside a sentence: no brackets, no mark-up, no capital."""
    text = BRACKETS.sub("", strip_tags(str(label or ""))).strip()
    if not text:
        return _("answer")
    return text if text[1:2].isupper() else text[0].lower() + text[1:]
