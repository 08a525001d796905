"""What the applicant can do with an order now, drawn from the lifecycle; what leads to a page and what posts."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from icpportal.lifecycle import APPLICANT
from transfers import actions, queries, stages, states
from transfers.firing import ORDER
from transfers.judging import is_over

PRIMARY, SECONDARY = "primary", "secondary"


def _continue(order: Any) -> str:
    return stages.first_unanswered(order).url(order)


def _page(name: str) -> Callable[[Any], str]:
    return lambda order: reverse(name, args=[order.reference])


# state → the page where the work is done
PAGES: dict[str, tuple[str | Promise, Callable[[Any], str]]] = {
    states.DRAFT: (_("Continue"), _continue),
    states.RETURNED: (_("Mend"), _page("people")),
    states.PHOTO_DUE: (_("Upload the photo"), _page("photo")),
    states.PHONE_DUE: (_("Confirm the phones"), _page("phones")),
}
# move → its button; moves that are not here have a page of their own
POSTS: dict[str, tuple[str | Promise, str]] = {
    "resubmit": (_("Send again unchanged"), PRIMARY),
    "mend": (_("Mend"), PRIMARY),
    "withdraw": (_("Withdraw"), SECONDARY),
    "abandon": (_("Abandon"), SECONDARY),
    "stop": (_("Stop this"), PRIMARY),
}
OF_CANCELLATIONS: dict[tuple[str, str], tuple[str | Promise, str]] = {
    (states.CANCELLATION, "abandon"): (_("Keep the transfer"), SECONDARY),
}
ASKED_FIRST = ("withdraw", "abandon")


def buttons(order: Any) -> list[dict[str, Any]]:
    """The actions of `partials/action.html`, the next act first."""
    found: list[dict[str, Any]] = []
    if order.state in PAGES and not is_over(order):
        words, page = PAGES[order.state]
        found.append({"label": words, "url": page(order), "kind": PRIMARY})
    for row in ORDER.available(order, APPLICANT, queries.facts_of(order)):
        if row.name not in POSTS:
            continue
        label, kind = OF_CANCELLATIONS.get((order.kind, row.name)) or POSTS[row.name]
        url = reverse("order-move", args=[order.reference, row.name])
        kind = SECONDARY if found and found[0]["kind"] == PRIMARY else kind
        found.append({"label": label, "url": url, "kind": kind, "post": row.name not in ASKED_FIRST})
    if actions.can_start_again(order):
        url = reverse("order-move", args=[order.reference, "start_again"])
        found.append({"label": _("Start again with these answers"), "url": url, "kind": PRIMARY, "post": True})
    return found
