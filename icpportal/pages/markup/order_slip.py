"""The mark of a state, and the slip beside an order's pages: each is drawn once and filled in."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from icpportal.fields.components import OrderSlip
from icpportal.fields.marked_text import beijing, zh, zh_parts
from icpportal.fields.types import Words
from icpportal.kept_html.repeated_templates import RepeatedTemplate
from icpportal.pages.markup.drawings import icon

SLIP = RepeatedTemplate(
    "partials/slip.html", "look", "printed", "url", "reference", "domain", "state", "next_label",
    may_be_empty=("next_at", "subject", "number"),
)  # fmt: skip
STATE = RepeatedTemplate("partials/state_mark.html", "tone", "icon", "label")


def state_mark(tone: str, shape: str, label: Words) -> SafeString:
    """The mark of a state: shape, word, tint."""
    return STATE.fill(tone=tone, icon=icon(shape), label=zh_parts(label))


def markup(slip: OrderSlip, state: SafeString, printed: str) -> SafeString:
    """The slip; `printed` stands on paper only."""
    return SLIP.fill(
        look=" is-approved" if slip.is_approved else "",
        printed=printed,
        url=slip.url,
        reference=slip.reference,
        domain=zh(slip.domain),
        state=state,
        next_label=(slip.next_label or gettext("Next deadline")) if slip.next_at else "",
        next_at=beijing(slip.next_at),
        subject=zh(slip.subject),
        number=zh(slip.number),
    )
