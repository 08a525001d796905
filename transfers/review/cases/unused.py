"""Text of a reviewer that fits no form of the page any more: shown until it is discarded."""

import re
from collections.abc import Collection
from typing import TypedDict

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from icpportal.fields.language_marks import reads_chinese
from transfers.models import ReturnReason
from transfers.returns.labels import section_of
from transfers.review.cases.drafts import Fields, TypedText
from transfers.review.cases.parts.photo_rules import part_label
from transfers.review.reasons.queries import Held

# prefixes of their field names
CALL, PHOTO, REFUSE, ASK, HAND, NOTE, ANSWER = "call", "photo", "refuse", "ask", "hand", "note", "answer"
SECOND, ATTEMPT = "second", "attempt"
ANSWER_TO = f"{ANSWER}-words."  # and the key of the question
FORM_NAMES: dict[str, str | Promise] = {
    CALL: _("Ask for a call"),
    PHOTO: _("Photo of the website administrator"),
    REFUSE: _("Refuse permanently"),
    "return": _("Return to the applicant"),
    ASK: _("Ask a colleague"),
    HAND: _("Hand on to a colleague"),
    NOTE: _("Note for colleagues"),
    ANSWER: _("Your answer"),
    SECOND: _("What you found"),
    ATTEMPT: _("Note for the next colleague"),
}
CHOSEN = re.compile(r"verdict\.|\w+-(to|part|call|outcome|slot)$")  # not text: chosen from a list


class UnusedText(TypedDict):
    """A text that fits no form of the page any more."""

    label: str
    text: str


def unused_of(typed: TypedText, drawn: Collection[str], begun: Held | None = None) -> list[UnusedText]:
    """Texts in this or an earlier round's draft that no field of the page shows.

    `begun` are the reasons already read for the page, if any.
    """
    left = {name: text for name, text in typed.fields.items() if name not in drawn}
    return _in_words({name: text for name, text in {**typed.earlier, **left}.items() if not CHOSEN.match(name)}, begun)


def own_fields(fields: Fields, prefix: str) -> Fields:
    """The fields of one form without its prefix."""
    start = f"{prefix}-"
    return {name.removeprefix(start): text for name, text in fields.items() if name.startswith(start)}


def _in_words(fields: Fields, begun: Held | None) -> list[UnusedText]:
    """For readers: its place, the reason, the words."""
    chinese = reads_chinese()
    keys = [text for name, text in fields.items() if name.endswith("reason") or name.startswith("reason.")]
    reasons = {each.key: each.text_zh if chinese else each.text_en for each in _reasons_of(keys, begun or {})}
    return [
        {"label": _label(name), "text": reasons.get(text, text)}
        for name, text in sorted(fields.items())
        if text.strip() and text not in ("own", "on")
    ]


def _reasons_of(keys: list[str], begun: Held) -> list[ReturnReason]:
    """The reasons with these keys; own words are not among them."""
    unknown = {key for key in keys if key not in begun and key != "own"}
    asked = ReturnReason.objects.filter(key__in=unknown) if unknown else ()
    return [*(begun[key].reason for key in keys if key in begun), *asked]


def _label(name: str) -> str:
    prefix, dash, _name = name.partition("-")
    if dash:
        return str(FORM_NAMES[prefix])
    part = name.partition(".")[2]
    return f"{section_of(part)} · {part_label(part)}"
