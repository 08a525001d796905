"""The mark of a state, and the slip beside an order's pages: each is drawn once and filled in."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from icpportal.fields.components import OrderSlip
from icpportal.fields.marked_text import beijing, zh, zh_parts
from icpportal.fields.types import Words
from icpportal.kept_html.repeated_templates import RepeatedTemplate
from icpportal.pages.markup.drawings import icon

SLIP = RepeatedTemplate("partials/slip.html", "look", "printed", "url", "reference", "domain", "state", "rows")
ROW = RepeatedTemplate("partials/slip_row.html", "look", "label", "kind", "words")
STATE = RepeatedTemplate("partials/state_mark.html", "tone", "icon", "label")

MORE, NUMBER = SafeString(' class="slip-more"'), SafeString(' class="num"')


def state_mark(tone: str, shape: str, label: Words) -> SafeString:
    """The mark of a state: shape, word, tint."""
    return STATE.fill(tone=tone, icon=icon(shape), label=zh_parts(label))


def markup(slip: OrderSlip, state: SafeString, printed: str) -> SafeString:
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
