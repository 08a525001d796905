"""Previews of the messages about a return, in both languages."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from icpportal.fields.types import Fact
from icpportal.outbox.texts import catalogue
from transfers.models import FieldVerdict, Order, ReviewRound
from transfers.notifications.messages import Recipient, context
from transfers.orders.rows import ACCOUNT
from transfers.returns.verdict_labels import LANGUAGES, told_by_return
from transfers.review.actions import ReturnedField

RETURNED = "order_returned"


@dataclass(frozen=True, slots=True)
class PreviewItem:
    """A part in the message to the applicant."""

    label: str
    reason: str
    words: str
    note: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The message as the applicant will read it in one language."""

    language: str
    heading: str
    intro: str
    items: list[PreviewItem]
    due: str
    text_message: str
    is_read: bool  # the applicant's own language


def previews(
    order: Order, named: list[ReturnedField], *, rest_passed: bool, now: datetime | None = None
) -> list[Preview]:
    """The mail and the text message about these parts, in Chinese and English; sends nothing."""
    if not named:
        return []
    now = now or timezone.now()
    facts = told_by_return([_verdict(each) for each in named], rest_passed=rest_passed)
    reader = Recipient(ACCOUNT, "", order.owner.mobile, order.owner.email, order.owner_id)
    words = {**context(order, reader, facts, now), "kept": now + settings.DECISION_OPEN_FOR + settings.RETURNED_KEPT}
    return [_preview(folder, language, words, order.owner.language) for folder, language in LANGUAGES.items()]


def _preview(folder: str, language: str, words: dict[str, Fact], own: str) -> Preview:
    letter = catalogue.render(RETURNED, "email", language, words).mail
    text = catalogue.render(RETURNED, "sms", language, words).text
    if letter is None:
        raise LookupError(RETURNED)
    items = [
        PreviewItem(item.label, item.reason, item.quoted, item.note) for block in letter.blocks for item in block.items
    ]
    return Preview(
        language="zh-Hans" if folder == "zh" else "en",
        heading=letter.heading,
        intro=" ".join(block.text for block in letter.intro),
        items=items,
        due=letter.due,
        text_message=text,
        is_read=own.startswith(folder),
    )


def _verdict(named: ReturnedField) -> FieldVerdict:
    """The verdict as the round will store it; not saved."""
    return FieldVerdict(
        round=ReviewRound(),
        field=named.field,
        verdict=FieldVerdict.RETURN,
        reason=named.reason,
        told=named.told or (named.reason.as_told() if named.reason else {}),
        own={**named.own},
    )
