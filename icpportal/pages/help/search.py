"""Searches help in the language of the page, and marks what was found."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from icpportal.fields.marked_text import zh_parts

LONGEST = 80
HAN_RUN = re.compile("[\u3400-\u9fff]{3,}")


@dataclass(frozen=True, slots=True)
class Part:
    """A section of help, by its anchor."""

    anchor: str
    title: str
    text: str

    def holds(self, word: str) -> bool:
        return word in f"{self.title} {self.text}".casefold()


@dataclass(frozen=True, slots=True)
class Hit:
    """A section that was found, with the search terms marked."""

    anchor: str
    title: SafeString
    text: SafeString


def find(asked: str, parts: Iterable[Part]) -> list[Hit]:
    """The sections with every term; if there are none, those with most fragments of the terms."""
    words = unicodedata.normalize("NFKC", asked).casefold().split()  # also normalises full-width letters
    if not words:
        return []
    every = list(parts)
    found = [part for part in every if all(part.holds(word) for word in words)]
    if not found:
        words = list(dict.fromkeys(piece for word in words for piece in _pieces(word)))
        found = _nearest(words, every)
    return [Hit(part.anchor, mark_terms(part.title, words), mark_terms(part.text, words)) for part in found]


def _pieces(word: str) -> list[str]:
    """Chinese has no spaces between words: every two characters of a run; other words as they are."""
    if not HAN_RUN.fullmatch(word):
        return [word]
    return [word[place : place + 2] for place in range(len(word) - 1)]


def _nearest(words: list[str], parts: list[Part]) -> list[Part]:
    """Those with at least half of the terms, the best first."""
    counted = [(sum(part.holds(word) for word in words), part) for part in parts]
    good = [(number, part) for number, part in counted if number and 2 * number >= len(words)]
    return [part for _number, part in sorted(good, key=lambda each: -each[0])]


def mark_terms(text: str, words: list[str]) -> SafeString:
    """The text with every term in `<mark>`."""
    sought = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    pieces = re.split(f"({sought})", text, flags=re.IGNORECASE)
    drawn = (
        format_html("<mark>{}</mark>", zh_parts(piece)) if place % 2 else zh_parts(piece)
        for place, piece in enumerate(pieces)
    )
    return format_html_join("", "{}", ((piece,) for piece in drawn))
