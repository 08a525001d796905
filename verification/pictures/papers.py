"""Kinds of paper on pictures, and their least size. Imports nothing of Django.

The size of the photo: docs/sources.md#the-photo-of-the-website-administrator
"""

from enum import StrEnum
from typing import NamedTuple


class Paper(StrEnum):
    """The kinds that checks distinguish."""

    FACE_CARD = "face_card"  # the side of an identity document that carries the portrait
    CARD = "card"  # its other side, and permits of that size
    SHEET = "sheet"  # licence, statement, letter: a page with text
    HOLDING = "holding"  # a person who holds a document
    PORTRAIT = "portrait"  # the photo of the website administrator


IDENTITY = ("lead_id", "admin_id")
OF_KIND = {"photo": Paper.PORTRAIT, "holding_photo": Paper.HOLDING, "residence": Paper.CARD}
CARDS = frozenset({Paper.FACE_CARD, Paper.CARD})
FLAT = frozenset({*CARDS, Paper.SHEET})
PEOPLE = frozenset({Paper.HOLDING, Paper.PORTRAIT})
ALL = FLAT | PEOPLE
WITH_A_FACE = frozenset({Paper.FACE_CARD, *PEOPLE})


def paper_of(kind: str, side: int = 1) -> Paper:
    """What the picture of this slot and side should show."""
    if kind in IDENTITY:
        return Paper.FACE_CARD if side == 1 else Paper.CARD
    return OF_KIND.get(kind, Paper.SHEET)


LONGEST = 4000  # pixels kept of the longer side; browsers that can shrink send no more
SPARED = 4096  # kept up to here: shrinking a phone's 4032 costs more than it saves
STRIP = 10  # longer than wide by this factor, a picture becomes illegible when reduced for the authority


class Least(NamedTuple):
    """The least size of a picture of a kind, and the key of the message for less."""

    long: int
    short: int
    key: str


# 400 × 300 is an identity card at some 120 dots per inch: below that its words cannot be read.
USUAL = Least(400, 300, "file_small")
LEAST_OF_KIND = {"photo": Least(800, 600, "photo_size")}


def refusal(kind: str, width: int, height: int) -> str:
    """The key of the message for a picture that is too small or too narrow for its kind, "" for none."""
    short, long = sorted((width, height))
    for least in (USUAL, LEAST_OF_KIND.get(kind, USUAL)):
        if short < least.short or long < least.long:
            return least.key
    return "file_strip" if long > STRIP * short else ""
