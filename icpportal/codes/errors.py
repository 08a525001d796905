"""Messages of pages when a code cannot be sent, or the typed one is wrong."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from icpportal.codes.actions import Verdict
from icpportal.codes.refusals import BudgetSpent, NotSent, TooMany, TooSoon, VirtualNumber
from icpportal.fields import phones
from icpportal.time_format import long_words

EXPIRED = gettext_lazy("The code has expired: send a new one")
NOT_RIGHT = {
    "expired": ("code_expired", EXPIRED),
    "none": ("code_expired", EXPIRED),
    "spent": ("code_spent", gettext_lazy("No attempts left: send a new code")),
}


def not_sent(refused: NotSent, *, by_email: bool = False) -> ValidationError:
    """Why no code can be sent now, and when one can; `by_email` says that the page offers an email instead."""
    if isinstance(refused, TooSoon):
        words = ngettext("You can resend in %(n)s second", "You can resend in %(n)s seconds", refused.seconds)
        return ValidationError(words, code="code_wait", params={"n": refused.seconds})
    if isinstance(refused, VirtualNumber):
        words = _("We send no texts to numbers that begin with %(starts)s: use a number of another operator")
        starts = "/".join(phones.VIRTUAL_PREFIXES)
        return ValidationError(words, code="mobile_virtual", params={"starts": starts})
    words = _("Too many attempts. Try again after %(time)s")
    if isinstance(refused, BudgetSpent):
        words = _("No more text messages can be sent before %(time)s: come back then")
        if by_email:
            words = _("No more text messages can be sent before %(time)s: come back then, or have the code emailed")
    until = refused.until if isinstance(refused, TooMany) else timezone.now()
    return ValidationError(words, code="too_many", params={"time": long_words(until)})


def not_right(verdict: Verdict) -> ValidationError:
    """What to do about a wrong code."""
    if verdict.state == "wrong":
        words = ngettext(
            "The code is wrong. %(n)s attempt left", "The code is wrong. %(n)s attempts left", verdict.left
        )
        return ValidationError(words, code="code_wrong", params={"n": verdict.left})
    code, message = NOT_RIGHT[verdict.state]
    return ValidationError(message, code=code)
