"""Why a member of staff may see an order in clear: by duty, or for what they said; each look is counted by purpose."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
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
CASE, SHOWN = "order", "shown "  # as the access log names them; SHOWN is followed by the part
# why a masked value is shown in full; whatever else is typed
SHOW_REASONS: dict[str, Words] = {
    "show-call": _("To call this person"),
    "show-compare": _("It differs, or has a finding"),
    "show-asked": _("The applicant asks about it"),
}
REASONS.update(SHOW_REASONS)
SAID_FOR = timedelta(minutes=30)  # so long after the latest look what was typed holds
SHORTEST, LONGEST = 2, 200


@dataclass(frozen=True, slots=True)
class Purpose:
    """A key of `REASONS`, or what was typed; and the masked parts that were asked for since."""

    reason: str
    shown: frozenset[str]


def purpose_of(order: Order, user: User, *, now: datetime | None = None) -> Purpose | None:
    """Why this reviewer may see the order now; None before anything was said."""
    now = now or timezone.now()
    has_it = holds(order, user, now=now)
    since = order.claimed_since if has_it and order.claimed_since else now - SAID_FOR
    looks = AccessNote.objects.filter(actor=user, reference=order.reference, last_at__gte=since)
    noted = list(looks.order_by("-last_at").values_list("what", "reason"))
    reason = LEASE if has_it else _said(noted) or _duty(order, user)
    shown = frozenset(what.removeprefix(SHOWN) for what, _reason in noted if what.startswith(SHOWN))
    return Purpose(reason, shown) if reason else None


def _said(noted: Iterable[tuple[str, str]]) -> str:
    """What was typed last."""
    return next((reason for what, reason in noted if what == CASE and reason not in REASONS), "")


def _duty(order: Order, user: User) -> str:
    """What this reviewer has to do with a case that somebody else has, or nobody."""
    if is_lead(user):
        return LEAD
    of_order = {"order": OuterRef("pk")}
    asked = ColleagueNote.objects.filter(kind=ColleagueNote.QUESTION, answered_at=None, addressee=user, **of_order)
    begun = ReviewDraft.objects.filter(reviewer=user, **of_order)
    # who lost the case while typing reads what became of it
    duties = {ASKED: Exists(asked), ACCEPTED: waiting(user), BEGUN: Exists(begun)}
    found = Order.objects.filter(pk=order.pk).values_list(*duties.values()).get()
    return next((duty for duty, holds in zip(duties, found, strict=True) if holds), "")


def is_reason(words: str) -> bool:
    """Whether these words can stand in the log as why somebody looked."""
    return SHORTEST <= len(words) <= LONGEST and words.partition(": ")[0] not in {"", *REASONS}


def say(order: Order, user: User, words: str, *, client: str) -> None:
    """Write down what this person wants to see the order for; it is no look yet."""
    note_purpose(actor=user, what=CASE, reference=order.reference, reason=words, client=client)


def show_reason(chosen: str, words: str) -> str:
    """Why a value is shown, as the log keeps it: from the list, with words beside it or without; "" is no reason."""
    if chosen in SHOW_REASONS:
        return f"{chosen}: {words}" if words else chosen
    return words if is_reason(words) else ""


def show(order: Order, user: User, part: str, reason: str, *, client: str) -> None:
    """Write down that a masked value was asked for: this person sees it as long as they have the case."""
    note_access(actor=user, what=f"{SHOWN}{part}", reference=order.reference, reason=reason, client=client)


def note_look(request: HttpRequest, order: Order, purpose: Purpose) -> None:
    """A row for each person, case and purpose that it was drawn for."""
    note_access_by(request, what=CASE, reference=order.reference, reason=purpose.reason)


def looks_at_paper(request: HttpRequest, order: Order) -> bool:
    """Whether this reviewer may see the papers of the order now. It is a look at the case, and none of its own."""
    user = account_of(request)
    purpose = purpose_of(order, user) if opens(order) else None
    if purpose is not None:
        say(order, user, purpose.reason, client=client_address(request))
    return purpose is not None


def without_holding() -> Q:
    """The looks at cases of people who neither held them nor were asked by who did."""
    return Q(what=CASE) & ~Q(reason__in=[each for each in ("", *REASONS) if each not in HELD_BY_OTHERS])
