"""What the authority said last of an order, as people read it: its codes, its own words, and what they mean here."""

from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from icpportal.gateways.miit.processing import plain_words
from icpportal.gateways.miit.types import Answer, ReportKind
from transfers import states
from transfers.models.order import CODES_LONGEST

MIDDLE_DOT = " · "


@dataclass(frozen=True)
class AuthorityWords:
    """Codes and words as the authority gave them, and our advice in the reader's language."""

    code: str
    words: str
    advice: str


def kind_of(order: Any) -> str:
    """What kind of report an order makes: the same code means something else to a cancellation."""
    return ReportKind.CANCELLATION if order.kind == states.CANCELLATION else ReportKind.ACCESS


def advice(order: Any, codes: str) -> dict[str, str]:
    """What these codes mean to this order, per language."""
    return plain_words(codes, kind_of(order))


def authority_words(order: Any, *, chinese: bool) -> AuthorityWords | None:
    """What the authority last answered; `None` when it said neither a code nor a word."""
    if not (order.authority_code or order.authority_words):
        return None
    plain = advice(order, order.authority_code)["zh" if chinese else "en"]
    return AuthorityWords(order.authority_code, order.authority_words, plain)


def said_columns(answer: Answer) -> dict[str, Any]:
    """The columns of an order that keep what was said of it last."""
    return {"authority_code": answer.code[:CODES_LONGEST], "authority_words": answer.words}


def as_note(code: str, words: str) -> str:
    """How codes and words stand in the note of an event."""
    return " ".join(filter(None, (code, words)))


def note_words(order: Any, note: str, language: str) -> str:
    """Codes, the authority's own words and our advice out of such a note, as one line."""
    codes = " ".join(takewhile(str.isdecimal, note.split()))
    words = note.removeprefix(codes).strip()
    said = (codes, words, advice(order, codes)[language] if codes or not words else "")
    return MIDDLE_DOT.join(filter(None, said))
