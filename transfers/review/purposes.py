"""Why a member of staff may see an order unmasked: a duty, or a reason they gave. Looks are counted by purpose."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from icpportal.accounts.guards import account_of
from icpportal.accounts.models import User
from icpportal.fields.client import client_address
from icpportal.fields.types import Words
from icpportal.privacy.access_words import REASONS
from icpportal.privacy.actions import note_access, note_access_by, note_purpose
from icpportal.privacy.models import AccessNote
from transfers.models import ColleagueNote, Order, ReviewDraft
from transfers.orders import states
from transfers.orders.rows import Group
from transfers.review.leases import holds
from transfers.review.staff import is_lead
from transfers.review.unsent_orders import opens
from transfers.second_look.queries import waiting

LEASE, LEAD, ASKED, BEGUN, ACCEPTED = "lease", "lead", "asked", "begun", "accepted"
HELD_BY_OTHERS = (LEAD, BEGUN)
REASONS.update(
    {
        LEASE: _("Holds the case"),
        LEAD: _("Leads the reviewers, does not hold the case"),
        ASKED: _("Asked by the colleague who holds the case"),
        ACCEPTED: _("Accepted it, and waits for a second person"),
        BEGUN: _("Has verdicts on it that are not used, does not hold the case"),
    }
)
CASE, SHOWN = "order", "shown "  # names in the access log; SHOWN is followed by the part
# why a masked value is shown in full; whatever else is typed
SHOW_REASONS: dict[str, Words] = {
    "show-call": _("To call this person"),
    "show-compare": _("It differs, or has a finding"),
    "show-asked": _("The applicant asks about it"),
}
REASONS.update(SHOW_REASONS)
SAID_FOR = timedelta(minutes=30)  # a typed reason holds this long after the latest look
BEGUN_FOR = timedelta(days=1)  # so long after the latest verdict or words that were not used, the case can be read
SHORTEST, LONGEST = 2, 200


@dataclass(frozen=True, slots=True)
class Purpose:
    """A key of `REASONS` or a typed reason, and the masked parts shown since."""

    reason: str
    shown: frozenset[str]


def purpose_of(order: Order, user: User, *, now: datetime | None = None) -> Purpose | None:
    """Why this reviewer may see the order now; None if they have given no reason yet."""
    now = now or timezone.now()
    has_it = holds(order, user, now=now)
    since = order.claimed_since if has_it and order.claimed_since else now - SAID_FOR
    looks = AccessNote.objects.filter(actor=user, reference=order.reference, last_at__gte=since)
    noted = list(looks.order_by("-last_at").values_list("what", "reason"))
    reason = LEASE if has_it else _typed_reason(noted) or _duty(order, user, now)
    shown = frozenset(what.removeprefix(SHOWN) for what, _reason in noted if what.startswith(SHOWN))
    return Purpose(reason, shown) if reason else None


def _typed_reason(noted: Iterable[tuple[str, str]]) -> str:
    """The reason typed last, or ""."""
    return next((reason for what, reason in noted if what == CASE and reason not in REASONS), "")


def open_questions() -> QuerySet[ColleagueNote]:
    """Questions to colleagues that wait for an answer; when the case is decided they no longer do."""
    in_review = {"order__state__in": states.keys(Group.IN_REVIEW), "at__gte": F("order__entered_at")}
    return ColleagueNote.objects.filter(kind=ColleagueNote.QUESTION, answered_at=None, **in_review)


def _duty(order: Order, user: User, now: datetime) -> str:
    """This reviewer's part in a case that somebody else holds, or nobody; "" if none."""
    if is_lead(user):
        return LEAD
    of_order = {"order": OuterRef("pk")}
    asked = open_questions().filter(addressee=user, **of_order)
    begun = ReviewDraft.objects.filter(reviewer=user, saved_at__gte=now - BEGUN_FOR, **of_order)
    # a person who lost the case while typing may read what became of it
    duties = {ASKED: Exists(asked), ACCEPTED: waiting(user), BEGUN: Exists(begun)}
    found = Order.objects.filter(pk=order.pk).values_list(*duties.values()).get()
    return next((duty for duty, holds in zip(duties, found, strict=True) if holds), "")


def is_reason(words: str) -> bool:
    """Whether the access log can keep these words as a reason."""
    return SHORTEST <= len(words) <= LONGEST and words.partition(": ")[0] not in {"", *REASONS}


def say(order: Order, user: User, words: str, *, client: str) -> None:
    """Stores what this person wants to see the order for; this is not yet a look."""
    note_purpose(actor=user, what=CASE, reference=order.reference, reason=words, client=client)


def show_reason(chosen: str, words: str) -> str:
    """The reason for showing a value, as the log keeps it: one of the list, or typed words, or both; "" is none."""
    if chosen in SHOW_REASONS:
        return f"{chosen}: {words}" if words else chosen
    return words if is_reason(words) else ""


def show(order: Order, user: User, part: str, reason: str, *, client: str) -> None:
    """Notes that a masked value was asked for: this person sees it for as long as they hold the case."""
    note_access(actor=user, what=f"{SHOWN}{part}", reference=order.reference, reason=reason, client=client)


def note_look(request: HttpRequest, order: Order, purpose: Purpose) -> None:
    """Notes that the case was drawn; one row for each person, case and purpose."""
    note_access_by(request, what=CASE, reference=order.reference, reason=purpose.reason)


def looks_at_paper(request: HttpRequest, order: Order) -> bool:
    """Whether this reviewer may see the order's papers now.

    Seeing one is part of a look at the case and is not noted apart.
    """
    user = account_of(request)
    purpose = purpose_of(order, user) if opens(order) else None
    if purpose is not None:
        say(order, user, purpose.reason, client=client_address(request))
    return purpose is not None


def without_holding() -> Q:
    """Looks at cases by people who neither held them nor were asked by the person who did."""
    return Q(what=CASE) & ~Q(reason__in=[each for each in ("", *REASONS) if each not in HELD_BY_OTHERS])
