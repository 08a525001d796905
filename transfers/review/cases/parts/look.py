"""A pending second look: in words, and as a case's page shows it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from icpportal.accounts.models import User
from icpportal.approvals.models import ApprovalRequest
from icpportal.approvals.words import alone_words
from icpportal.fields.language_marks import comma_list
from icpportal.time_format import short_words
from transfers.models import Order
from transfers.review import leases
from transfers.review.staff import reviewers
from transfers.second_look.policy import WORDS

NAMES = 4  # names shown of colleagues who may take it


@dataclass(frozen=True, slots=True)
class LookBox:
    """The box on a case's page while a second look is pending."""

    key: str  # key of the request
    told: str
    because: str
    waits_for: str
    is_own: bool  # whether the reader accepted it and can judge it again
    may_look: bool  # whether the reader can give the look now
    first: str


def told_words(asked: ApprovalRequest) -> str:
    """`Gao Yang accepted this order (today 14:20)`."""
    facts = {"name": str(asked.asked_by), "time": short_words(asked.asked_at)}
    return _("%(name)s accepted this order (%(time)s)") % facts


def waits_words(asked: ApprovalRequest) -> str:
    """Tells somebody who wants to decide something else that a second look is pending."""
    words = _("%(accepted)s. A second person looks at it before anything else is decided")
    return words % {"accepted": told_words(asked)}


def because_words(asked: ApprovalRequest) -> str:
    """Why a second person is asked."""
    return comma_list(WORDS[key] for key in asked.said["because"])


def look_box(asked: ApprovalRequest, order: Order, user: User, *, is_decided: bool) -> LookBox:
    """The second look as this reader sees it."""
    is_barred = str(user.pk) in asked.barred
    return LookBox(
        key=str(asked.pk),
        told=told_words(asked),
        because=because_words(asked),
        waits_for="" if leases.holds(order, user) else _waits_for(asked, order),  # the head of the case says "yours"
        is_own=asked.asked_by_id == user.pk and not is_decided,
        may_look=not is_decided and not is_barred and not leases.is_others(order, user),
        first=str(asked.asked_by),
    )


def _waits_for(asked: ApprovalRequest, order: Order) -> str:
    """Who has it or may take it; or when it is done alone where nobody else holds the duty."""
    if leases.is_held(order):
        return leases.held_words(order)
    names = [str(each) for each in reviewers().exclude(pk__in=asked.barred)]
    if not names:
        return alone_words(asked)
    shown = comma_list(names[:NAMES]) + ("…" if len(names) > NAMES else "")
    return _("It waits for one of: %(names)s") % {"names": shown}
