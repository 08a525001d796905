"""The authority's last answer to an order for readers: codes, its words, and what they mean here."""

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
    """The authority's codes and words, with our advice in the reader's language."""

    template: ClassVar[str] = "transfers/order_page/authority_words.html"
    code: str
    words: str
    advice: str
    parts: Words = ""  # the parts to change here, while it is the owner's turn

    @property
    def said(self) -> list[tuple[Words, str]]:
        """The answer's values with their labels."""
        given: list[tuple[Words, str]] = [(_("Code"), self.code), (_("Its words"), self.words)]
        return [(label, value) for label, value in given if value]


def advice(order: Order, codes: str) -> dict[str, str]:
    """What these codes mean for this order, by language."""
    return plain_words(codes, kind_of(order).report_kind)


def authority_words(order: Order, *, chinese: bool) -> AuthorityWords | None:
    """The authority's last answer; `None` when it gave neither a code nor words."""
    if not (order.authority_code or order.authority_words):
        return None
    asks_for_changes = not is_in(order, Group.LAPSED)  # phones failed: nothing in the order is wrong
    plain = advice(order, order.authority_code)["zh" if chinese else "en"] if asks_for_changes else str(NOTHING)
    return AuthorityWords(order.authority_code, order.authority_words, plain)


def said_columns(answer: Answer) -> dict[str, str]:
    """The columns of an order that keep the last answer."""
    return {"authority_code": answer.code[:CODES_LONGEST], "authority_words": answer.words}


def as_note(code: str, words: str) -> str:
    """Codes and words as the note of an event."""
    return " ".join(filter(None, (code, words)))


def note_words(order: Order, note: str, language: str) -> str:
    """The codes, the authority's words and, where it applies, our advice from such a note, in one line."""
    codes = " ".join(takewhile(str.isdecimal, note.split()))
    words = note.removeprefix(codes).strip()
    needs_advice = not is_of_phones(codes, words) and (codes or not words)
    parts = (codes, words, advice(order, codes)[language] if needs_advice else "")
    return MIDDLE_DOT.join(filter(None, parts))
