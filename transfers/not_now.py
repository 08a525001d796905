"""What an applicant might want to do with an order and cannot now, each with its reason; by state."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from transfers import states
from transfers.judging import is_over

Words = str | Promise
CHANGE, WITHDRAW, ABANDON = _("Change something"), _("Withdraw"), _("Abandon")
WITH_AUTHORITY = _("the authority has the order; wait for its result")
ON_ITS_WAY = _("the order is on its way to the authority")
# state → what cannot be done, and why
REASONS: dict[str, tuple[tuple[Words, Words], ...]] = {
    states.SUBMITTED: ((CHANGE, _("our reviewers are reading it; withdraw it, or wait for our answer")),),
    states.RETURNED: (
        (_("Change something else"), _("only what was returned is open")),
        (WITHDRAW, _("it is with you; abandon it if you no longer need it")),
    ),
    states.PHOTO_DUE: ((CHANGE, _("entries and papers are accepted; withdraw it and start again to change them")),),
    states.PHOTO_REVIEW: (
        (CHANGE, _("entries and papers are accepted")),
        (WITHDRAW, _("we are looking at the photo; wait for our answer")),
    ),
    states.HANDING_OVER: ((CHANGE, ON_ITS_WAY), (WITHDRAW, ON_ITS_WAY)),
    states.PHONE_DUE: ((CHANGE, WITH_AUTHORITY), (WITHDRAW, WITH_AUTHORITY)),
    states.AUTHORITY_REVIEW: ((CHANGE, WITH_AUTHORITY), (WITHDRAW, WITH_AUTHORITY)),
    states.AUTHORITY_RETURNED: ((WITHDRAW, _("the authority has answered; abandon it if you no longer need it")),),
    states.LAPSED: ((WITHDRAW, _("it came back to you; abandon it if you no longer need it")),),
}
TAKE_BACK = _("Take it back")
OF_CANCELLATIONS: dict[str, tuple[tuple[Words, Words], ...]] = {
    states.HANDING_OVER: ((TAKE_BACK, ON_ITS_WAY),),
    states.AUTHORITY_REVIEW: ((TAKE_BACK, _("the authority has the request")),),
}


def not_now(order: Any) -> tuple[tuple[Words, Words], ...]:
    """The acts and their reasons; nothing where everything that could be wished is offered, or the order has ended."""
    if is_over(order):  # its page says so, and nothing could be wished for
        return ()
    table = OF_CANCELLATIONS if order.kind == states.CANCELLATION else REASONS
    return table.get(order.state, ())
