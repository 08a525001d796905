"""The links at the head of the desk, by what the reader may do, with how much waits behind each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.core.cache import cache
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.accounts.guards import account_of
from icpportal.accounts.models import User
from icpportal.desk.top import DeskLink
from icpportal.fields.types import Words
from transfers.review.baskets.counts import bounded_words
from transfers.review.baskets.counts import forget as forget_baskets
from transfers.review.baskets.due import calendar_around
from transfers.review.baskets.forms import own_provinces
from transfers.review.baskets.rows import Reader, basket_of
from transfers.review.worklists.calls import COUNTED as CALLS
from transfers.review.worklists.calls import calls_now
from transfers.review.worklists.claims import COUNTED as CLAIMS
from transfers.review.worklists.corrections import COUNTED as CORRECTIONS
from transfers.review.worklists.objections import COUNTED as OBJECTIONS
from transfers.review.worklists.objections import objections_now
from transfers.review.worklists.parcels import COUNTED as PARCELS

Counts = dict[str, str]
View = TypeVar("View", bound=Callable[..., HttpResponse])
ASKS = "only_asks"


@dataclass(frozen=True, slots=True)
class Place:
    """One link of the head. `permission` shows it; `unless` hides it from those who have another one instead."""

    label: Words
    name: str  # URL name
    permission: str
    query: str = ""
    counted: str = ""  # the key of the count beside it
    unless: str = ""


REVIEWS, LEADS, OPERATES, AUDITS = (
    f"transfers.{name}" for name in ("review_order", "lead_review", "operate_order", "audit_order")
)
COUNTED, COUNTED_FOR = "desk.counts", 30  # seconds: every page has the head
LIST = "admin:transfers_order_changelist"
PLACES = (
    Place(pgettext_lazy("place", "Desk"), "admin:index", ""),
    Place(_("Queue"), LIST, REVIEWS, "queue=judge", "judge"),
    Place(_("Photos"), LIST, REVIEWS, "queue=photo", "photo"),
    Place(_("Calls"), "admin:desk_calls", REVIEWS, counted="calls"),
    Place(_("Figures"), "admin:desk_figures", REVIEWS),
    Place(_("Reasons"), "admin:desk_reasons", LEADS),
    Place(_("Orders on hold"), LIST, OPERATES, "queue=held", unless=REVIEWS),
    Place(_("Ministry"), "admin:miit_report_changelist", OPERATES),
    Place(_("Messages"), "admin:outbox_message_changelist", OPERATES),
    Place(_("Accounts"), "admin:accounts_user_changelist", OPERATES),
    Place(_("Access log"), "admin:privacy_accessnote_changelist", AUDITS),
    Place(_("Registers"), "admin:registers", ""),
)


def links(request: HttpRequest) -> list[DeskLink]:
    """The links for this reader, the current one marked."""
    may: Callable[[str], bool] = request.user.has_perm
    rows = [
        row for row in PLACES if (not row.permission or may(row.permission)) and not (row.unless and may(row.unless))
    ]
    counts = _counts(account_of(request)) if may(REVIEWS) else {}
    found = [(row, url) for row in rows if (url := _address(row))]
    here = _current_place(request, found)
    return [
        DeskLink(row.label, url, is_here=row is here, count=counts.get(row.counted, "") if row.counted else "")
        for row, url in found
    ]


def _address(row: Place) -> str:
    try:
        return reverse(row.name) + (f"?{row.query}" if row.query else "")
    except NoReverseMatch:  # a part that this portal does not install
        return ""


def _current_place(request: HttpRequest, found: list[tuple[Place, str]]) -> Place | None:
    """The place whose address fits best; the desk's first page only when it is the current page."""
    asked = str(request.GET.get("queue", "judge")) if request.GET else "judge"
    fitting = [
        (row, url)
        for row, url in found
        if request.path == url.partition("?")[0]
        or (row.name != "admin:index" and request.path.startswith(url.partition("?")[0]))
    ]
    exact = [row for row, url in fitting if not row.query or row.query == f"queue={asked}"]
    return next(iter(exact or [row for row, _url in fitting]), None)


def _counts(user: User) -> Counts:
    """How much is in the lists behind the links in these provinces, counted again after half a minute."""
    own = own_provinces(user)
    cached: Counts | None = cache.get_or_set(_key(own), lambda: _counts_now(user, own), COUNTED_FOR)
    return cached or {}


def forget(user: User) -> None:
    """They did something: the next page that they see counts it, at its head and in its baskets."""
    forget_baskets(user)
    cache.delete_many([_key(own_provinces(user)), CALLS, OBJECTIONS, PARCELS, CLAIMS, CORRECTIONS])


def only_asks(view: View) -> View:
    """Marks a view of the desk whose posts change nothing, as of a search: what was counted stays known."""
    setattr(view, ASKS, True)
    return view


def _key(own: list[str]) -> str:
    return ".".join([COUNTED, *own])


def _counts_now(user: User, own: list[str]) -> Counts:
    """What is in the baskets (of these provinces only, as their lists show) and which calls are open."""
    now = timezone.now()
    reader = Reader(user, now, calendar_around(now))
    within = Q(province__in=own) if own else Q()
    rung = str(calls_now().waiting + objections_now().waiting)
    counted = [place.counted for place in PLACES if place.query and place.counted]
    lists = {key: basket_of(key).orders(reader) & within for key in counted}
    return {**bounded_words(user, **lists), "calls": rung}
