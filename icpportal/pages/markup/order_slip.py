"""The slip of an order beside its pages, drawn once and filled in for each order."""

from datetime import datetime
from typing import Protocol

from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from icpportal.fields.marked_text import beijing, zh, zh_parts
from icpportal.fields.types import Words
from icpportal.kept_html.repeated_templates import RepeatedTemplate
from icpportal.pages.markup.drawings import icon

SLIP = RepeatedTemplate("partials/slip.html", "look", "printed", "url", "reference", "domain", "state", "rows")
ROW = RepeatedTemplate("partials/slip_row.html", "look", "label", "kind", "words")
STATE = RepeatedTemplate("partials/state_mark.html", "tone", "icon", "label")

MORE, NUMBER = SafeString(' class="slip-more"'), SafeString(' class="num"')


class SlipState(Protocol):
    """A state for the slip."""

    tone: str
    icon: str
    label: Words


class Slip(Protocol):
    """What the slip shows; the subject is masked already, and what is empty has no row."""

    @property
    def reference(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def domain(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def next_at(self) -> datetime | None: ...
    @property
    def next_label(self) -> Words: ...
    @property
    def is_approved(self) -> bool: ...
    @property
    def state(self) -> SlipState: ...


def state_mark(tone: str, shape: str, label: Words) -> SafeString:
    """The mark of a state: shape, word, tint."""
    return STATE.fill(tone=tone, icon=icon(shape), label=zh_parts(label))


def markup(slip: Slip, state: SafeString, printed: str) -> SafeString:
    """The slip; `printed` stands on paper only."""
    rows = [
        *([_row(slip.next_label or gettext("Next deadline"), beijing(slip.next_at))] if slip.next_at else []),
        *([_row(pgettext("filing", "Subject"), zh(slip.subject), look=MORE)] if slip.subject else []),
        *([_row(gettext("Filing number"), zh(slip.number), look=MORE, kind=NUMBER)] if slip.number else []),
    ]
    return SLIP.fill(
        look=" is-approved" if slip.is_approved else "",
        printed=printed,
        url=slip.url,
        reference=slip.reference,
        domain=zh(slip.domain),
        state=state,
        rows=SafeString("".join(rows)),
    )


def _row(label: Words, words: Words, *, look: Words = "", kind: Words = "") -> SafeString:
    return ROW.fill(look=look, label=label, kind=kind, words=words)
