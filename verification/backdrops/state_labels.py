"""Each state of a request for a backdrop in words: its name, and whose turn it is."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.fields.components import StateMark
from verification.models import backdrop_states as states


@dataclass(frozen=True)
class Sentence:
    """A state's name, what follows, and how its mark looks."""

    label: str | Promise
    words: str | Promise
    tone: str
    icon: str


SENTENCES = {
    states.REQUESTED: Sentence(
        pgettext_lazy("backdrop", "Requested"),
        _("We will post it and tell you the tracking number. You can change the address until then"),
        "blue",
        "hourglass",
    ),
    states.POSTED: Sentence(
        pgettext_lazy("backdrop", "Posted"),
        _("On its way with the courier. Take and send the photo soon after it arrives"),
        "blue",
        "hourglass",
    ),
    states.DELIVERED: Sentence(
        pgettext_lazy("backdrop", "Delivered"),
        _("Take the photo in front of it. You can keep it for later filings"),
        "green",
        "check",
    ),
    states.CALLED_OFF: Sentence(
        pgettext_lazy("backdrop", "Cancelled"), _("Nothing was posted. You can ask again"), "slate", "return"
    ),
}


def mark(state: str) -> StateMark:
    """What `partials/state.html` draws."""
    said = SENTENCES[state]
    return {"key": state, "label": said.label, "tone": said.tone, "icon": said.icon}
