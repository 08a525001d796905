"""Labels of the states of a request for a backdrop, whose turn it is, and what each move did."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.fields.components import StateMark
from icpportal.fields.types import Words
from verification.models import backdrop_states as states
from verification.models.backdrops import Backdrop


@dataclass(frozen=True)
class Sentence:
    """A state's label, what follows, and the look of its mark."""

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
        _("On its way with the courier. Take and upload the photo soon after it arrives"),
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


# instead, while nobody has to take the photo
BEFORE_PHOTO: dict[str, Words] = {
    states.POSTED: _("On its way with the courier. Keep it: we will tell you when a photo in front of it is needed"),
    states.DELIVERED: _("Keep it: we will tell you when a photo in front of it is needed"),
}
CAME_BACK = _("It came back to us. Check the address and the mobile: we will post it again")
# what happened, by the move; some leave the state as it is, or lead back to an earlier one
HAPPENED: dict[str, Words] = {
    "ask": SENTENCES[states.REQUESTED].label,
    "change_address": pgettext_lazy("backdrop", "Address changed"),
    "post": SENTENCES[states.POSTED].label,
    "arrive": SENTENCES[states.DELIVERED].label,
    "come_back": pgettext_lazy("backdrop", "Came back"),
    "call_off": SENTENCES[states.CALLED_OFF].label,
}


def words_of(backdrop: Backdrop, *, photo_is_due: bool) -> Words:
    """What follows: of one that was posted before and lies here again, what to look at."""
    if backdrop.state == states.REQUESTED and backdrop.tracking:
        return CAME_BACK
    usual = SENTENCES[backdrop.state].words
    return usual if photo_is_due else BEFORE_PHOTO.get(backdrop.state, usual)


def mark(state: str) -> StateMark:
    """The arguments of `partials/state.html`."""
    sentence = SENTENCES[state]
    return {"key": state, "label": sentence.label, "tone": sentence.tone, "icon": sentence.icon}
