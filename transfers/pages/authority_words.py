"""What the authority said last of an order, as people read it: its codes, its own words, and what they mean here."""

from dataclasses import dataclass
from itertools import takewhile
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from icpportal.fields.components import Panel
from icpportal.fields.types import Words
from icpportal.gateways.miit.codes.processing_codes import is_of_phones, plain_words
from icpportal.gateways.miit.types import Answer
from transfers.models import Order
from transfers.models.order import CODES_LONGEST
from transfers.orders.kinds import is_in, kind_of
from transfers.orders.rows import Group

MIDDLE_DOT = " · "
NOTHING = _("Nothing in the order has to be changed")


@dataclass(frozen=True)
class AuthorityWords(Panel):
    """Codes and words as the authority gave them, and our advice in the reader's language."""

    template: ClassVar[str] = "transfers/order_page/authority_words.html"
    code: str
    words: str
    advice: str
    parts: Words = ""  # what has to be changed here, where that is its owner's turn

    @property
    def said(self) -> list[tuple[Words, str]]:
        """What it gave, with a name each."""
        given: list[tuple[Words, str]] = [(_("Code"), self.code), (_("Its words"), self.words)]
        return [(label, said) for label, said in given if said]


def advice(order: Order, codes: str) -> dict[str, str]:
    """What these codes mean to this order, per language."""
    return plain_words(codes, kind_of(order).report_kind)


def authority_words(order: Order, *, chinese: bool) -> AuthorityWords | None:
    """What the authority last answered; `None` when it said neither a code nor a word."""
    if not (order.authority_code or order.authority_words):
        return None
    asks_for_changes = not is_in(order, Group.LAPSED)  # phones failed: nothing of the order is wrong
    plain = advice(order, order.authority_code)["zh" if chinese else "en"] if asks_for_changes else str(NOTHING)
    return AuthorityWords(order.authority_code, order.authority_words, plain)


def said_columns(answer: Answer) -> dict[str, str]:
    """The columns of an order that keep what was said of it last."""
    return {"authority_code": answer.code[:CODES_LONGEST], "authority_words": answer.words}


def as_note(code: str, words: str) -> str:
    """How codes and words stand in the note of an event."""
    return " ".join(filter(None, (code, words)))


def note_words(order: Order, note: str, language: str) -> str:
    """Codes, the authority's own words and, where it fits, our advice out of such a note, as one line."""
    codes = " ".join(takewhile(str.isdecimal, note.split()))
    words = note.removeprefix(codes).strip()
    needs_advice = not is_of_phones(codes, words) and (codes or not words)
    said = (codes, words, advice(order, codes)[language] if needs_advice else "")
    return MIDDLE_DOT.join(filter(None, said))
