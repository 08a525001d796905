"""Each state in words: its name, whose turn it is, what to do, by when, what if not."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from transfers import states

YOU, WE, AUTHORITY, NOBODY = "you", "we", "authority", "nobody"


@dataclass(frozen=True)
class Sentence:
    """A state's name and its sentence; placeholders: due, n, number, reason."""

    label: str | Promise
    words: str | Promise
    turn: str


SENTENCES: dict[str, Sentence] = {
    states.DRAFT: Sentence(
        pgettext_lazy("state", "Draft"), _("Your turn to fill it in; kept until %(due)s, then it is closed"), YOU
    ),
    states.SUBMITTED: Sentence(
        _("Waiting for review"), _("We answer by %(due)s. Keep your phone reachable: we may call"), WE
    ),
    states.RETURNED: Sentence(
        _("Changes needed"),
        ngettext_lazy(
            "%(n)s thing to change. Change it and send again by %(due)s, or the order is closed",
            "%(n)s things to change. Change them and send again by %(due)s, or the order is closed",
            "n",
        ),
        YOU,
    ),
    states.PHOTO_DUE: Sentence(
        _("Photo needed"),
        _("The website administrator has to be photographed. Send the photo by %(due)s, or the order is closed"),
        YOU,
    ),
    states.PHOTO_REVIEW: Sentence(_("Photo in review"), _("We answer by %(due)s"), WE),
    states.HANDING_OVER: Sentence(
        _("Ready to submit"), _("We hand it over to the authority by %(due)s. There is nothing to do"), WE
    ),
    states.PHONE_DUE: Sentence(
        _("Confirm phones"), _("Confirm the phones by %(due)s, or the order comes back to you"), YOU
    ),
    states.AUTHORITY_REVIEW: Sentence(
        _("With the administration"),
        _("Usually 3–20 working days. Nothing can be changed or withdrawn now; we tell you the result"),
        AUTHORITY,
    ),
    states.AUTHORITY_RETURNED: Sentence(
        _("Returned by the administration"),
        _("The authority returned it: %(reason)s. Mend and send again by %(due)s, or the order is closed"),
        YOU,
    ),
    states.LAPSED: Sentence(
        pgettext_lazy("state", "Expired"),
        _(
            "The phones were not confirmed in time. Nothing is lost: "
            "send it again unchanged by %(due)s, or the order is closed"
        ),
        YOU,
    ),
    states.APPROVED: Sentence(pgettext_lazy("state", "Approved"), _("Website number %(number)s"), NOBODY),
    states.REFUSED: Sentence(pgettext_lazy("state", "Refused"), _("Refused: %(reason)s. You can start again"), NOBODY),
    states.WITHDRAWN: Sentence(
        pgettext_lazy("state", "Withdrawn"),
        _("You took it back. You can start again with these answers until %(due)s"),
        NOBODY,
    ),
    states.ABANDONED: Sentence(
        pgettext_lazy("state", "Abandoned"), _("A new order for this domain is possible"), NOBODY
    ),
    states.EXPIRED: Sentence(
        _("Time ran out"), _("It was not sent in time. You can start again with these answers until %(due)s"), NOBODY
    ),
    states.COOLING_OFF: Sentence(
        _("Can still be stopped"), _("The cancellation goes out at %(due)s; until then you can stop it"), YOU
    ),
    states.CANCELLED: Sentence(_("Transfer cancelled"), _("The number stays valid"), NOBODY),
}

# where the usual sentence would speak of a transfer
OF_CANCELLATIONS: dict[str, Sentence] = {
    states.DRAFT: Sentence(
        pgettext_lazy("state", "Draft"), _("Nothing was sent yet. Confirm it by %(due)s, or it is closed"), YOU
    ),
    states.AUTHORITY_REVIEW: Sentence(
        _("With the administration"),
        _("The authority has the request. It cannot be taken back now; we tell you the result"),
        AUTHORITY,
    ),
    states.REFUSED: Sentence(
        pgettext_lazy("state", "Refused"), _("Refused: %(reason)s. The transfer stays as it is"), NOBODY
    ),
    states.ABANDONED: Sentence(pgettext_lazy("state", "Abandoned"), _("The transfer stays as it is"), NOBODY),
    states.EXPIRED: Sentence(_("Time ran out"), _("It was not confirmed in time. The transfer stays as it is"), NOBODY),
}


def sentence_of(order: Any) -> Sentence:
    """The sentence of the state an order is in, by its kind."""
    own = OF_CANCELLATIONS.get(order.state) if order.kind == states.CANCELLATION else None
    return own or SENTENCES[order.state]


def mark(order: Any) -> dict[str, Any]:
    """What `partials/state.html` draws."""
    return {"key": order.state, "label": SENTENCES[order.state].label}
