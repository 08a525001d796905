"""Which characters the name on a document may have (docs/sources.md#names-on-documents)."""

import unicodedata

from filings.register.certificates import Shape
from icpportal.fields.language_marks import has_han

INTERPUNCTS = frozenset("\u00b7\u2022\u2027")
APOSTROPHES = frozenset("'\u2018\u2019`\u00b4")
HYPHENS = frozenset("-\u2010\u2011")
# between the letters of a name; a full stop ends an abbreviation
SIGNS = INTERPUNCTS | APOSTROPHES | HYPHENS | frozenset(" \u00a0.")
LETTER, MARK = "L", "M"
ZERO = "\u3007"  # 〇, a character of Chinese names, is a number to Unicode
PICTURES = frozenset(("So", "Co", "Cn"))
NUMERO = "\u2116"  # №, a pictograph to Unicode
OF_MARKUP = frozenset("<>{}")
OF_PEOPLE = frozenset(
    (
        Shape.PASSPORT,
        Shape.PERMANENT_RESIDENT,
        Shape.PERMIT_HK_MACAO,
        Shape.PERMIT_TAIWAN,
        Shape.RESIDENCE_HK_MACAO,
        Shape.RESIDENCE_TAIWAN,
    )
)


def unfit_on_id_card(name: str) -> str:
    """The first character that no name on a resident ID card has: neither Chinese nor the interpunct."""
    return next((char for place, char in enumerate(name) if not _is_of_a_card(name, place)), "")


def unfit_in_name(name: str) -> str:
    """The first character that no name on a passport or permit has: no letter, mark or joining sign."""
    if name and not any(map(_is_letter, name)):
        return name[0]
    return next((char for place, char in enumerate(name) if not _is_of_a_name(name, place)), "")


def picture_in(name: str) -> str:
    """The first character that is a pictograph or unassigned: no certificate of an organisation has one."""
    return next((char for char in name if unicodedata.category(char) in PICTURES), "")


def unfit_in_address(address: str) -> str:
    """The first character that no address on paper has: a pictograph, an unassigned one or a sign of mark-up."""
    bare = address.replace(NUMERO, "")
    return next((char for char in bare if char in OF_MARKUP or unicodedata.category(char) in PICTURES), "")


def _is_of_a_card(name: str, place: int) -> bool:
    char = name[place]
    return has_han(char) or char in INTERPUNCTS or (place > 0 and _is_mark(char) and has_han(name[place - 1]))


def _is_of_a_name(name: str, place: int) -> bool:
    char = name[place]
    if _is_mark(char):
        return place > 0 and (_is_letter(name[place - 1]) or _is_mark(name[place - 1]))
    return char in SIGNS or _is_letter(char)


def _is_letter(char: str) -> bool:
    return char == ZERO or unicodedata.category(char)[0] == LETTER


def _is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == MARK
