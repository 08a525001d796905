"""The page of a basket: the list of baskets, the filter, and one row for each order."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from icpportal.accounts.models import User
from icpportal.approvals.models import ApprovalRequest
from icpportal.fields.components import StateMark
from icpportal.fields.language_marks import reads_chinese, zh_lang
from icpportal.fields.types import Words
from icpportal.time_format import to_beijing
from transfers.models import Order
from transfers.orders.kinds import is_in, kind_of, state_of
from transfers.orders.rows import Group
from transfers.pages.authority_words import advice
from transfers.pages.order_summary import subject_words
from transfers.pages.unreadable import build_safely
from transfers.review.baskets.counts import BasketCount, cached_counts, count_baskets
from transfers.review.baskets.due import Due, due_of
from transfers.review.baskets.forms import QueueFilter, province_name
from transfers.review.baskets.queries import Slice, slice_of, with_objection
from transfers.review.baskets.rows import Basket, Reader, baskets
from transfers.review.leases import is_held
from transfers.review.staff import is_lead
from transfers.review.unsent_orders import is_own
from transfers.second_look.queries import accepted_words, looks_at

LIST = "admin:transfers_order_changelist"
REPORTS = "admin:miit_report_changelist"
FILTERS = ("province", "nature", "kind", "look", "who")


@dataclass(frozen=True, slots=True)
class Act:
    """A button at the head of a case or below a list."""

    move: str
    label: Words


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of staff to choose; `lang` is the attribute of an option that holds a Chinese name."""

    pk: str
    name: str
    lang: SafeString


@dataclass(frozen=True, slots=True)
class Tab:
    """A basket in the list of baskets, with its count."""

    label: Words
    part: Words  # the heading before it, for the first of a part
    url: str
    count: str
    is_here: bool
    is_bad: bool


@dataclass(frozen=True, slots=True)
class WhyHeld:
    """The code for which a report is held, what it means, and where its reports are: for operations."""

    code: str
    advice: str
    reports_url: str


@dataclass(frozen=True, slots=True)
class Row:
    """One order of a basket."""

    pk: str
    reference: str
    url: str  # "" for readers who may not open the case
    round: str
    has_objection: bool
    accepted: str  # by whom, while it waits for a second look
    domain: str
    subject: str
    kind: Words
    province: str
    state: StateMark
    marks: list[Words]
    why_held: WhyHeld | None
    due: Due | None
    look: str
    who: str
    until: str
    is_mine: bool
    can_take: bool
    can_be_picked: bool  # for an action of this reader on several orders

    @property
    def tone(self) -> str:
        """How urgent it is."""
        return (self.due.tone if self.due else "") or "later"


@dataclass(frozen=True, slots=True)
class QueuePage:
    """The variables of `admin/transfers/order/queue.html`."""

    title: Words
    basket: str
    lead: str
    tabs: list[Tab]
    filter: QueueFilter
    is_own: bool  # the reader's own provinces only
    all_url: str
    rows: list[Row]
    next_url: str
    query: str  # the list, for the links of its rows
    can_judge: bool
    shows_state: bool
    colleagues: list[Colleague]
    acts: list[Act]  # actions on picked orders
    export_url: str
    picked: list[str] = field(default_factory=list)  # the keys of orders picked for an action that was refused
    colleague: str = ""  # and the colleague chosen for it


def reads_names(user: User) -> bool:
    """Whether the reader may see whose an order is, and open it: those who judge. Operations see lists only."""
    return user.has_perm("transfers.review_order")


def queue_page(basket: Basket, reader: Reader, asked: QueueFilter, data: QueryDict, *, reference: str) -> QueuePage:
    """The basket as this reader may see it."""
    narrowed = asked.orders(reader)
    listed = f"{basket.key}?{urlencode(asked.chosen())}"
    counts = cached_counts(reader, listed, lambda: count_baskets(reader, narrowed=narrowed, timed=[basket]))
    if reference:
        narrowed &= Q(reference=reference.upper())
    found = slice_of(basket, reader, narrowed, data.get("after", ""))
    filters = {name: str(data[name]) for name in FILTERS if data.get(name)}
    can_judge = reads_names(reader.user)
    rows = rows_of(found, basket, reader)
    picks = any(row.can_be_picked for row in rows)
    query = urlencode({"queue": basket.key, **filters})
    return QueuePage(
        title=basket.label,
        basket=basket.key,
        lead=_lead(basket, counts.get(basket.key)),
        tabs=_tabs(basket, counts, filters),
        filter=asked,
        is_own=asked.is_own,
        all_url=_address(basket, {**filters, "province": "all"}),
        rows=rows,
        next_url=_address(basket, {**filters, "after": found.after}) if found.after else "",
        query=query,
        can_judge=can_judge,
        shows_state=not basket.is_work,
        colleagues=_colleagues(asked, reader) if picks else [],
        acts=_acts(reader.user) if picks else [],
        export_url=f"{reverse('admin:desk_export')}?{query}" if is_lead(reader.user) else "",
    )


def _colleagues(asked: QueueFilter, reader: Reader) -> list[Colleague]:
    """The colleagues to whom the reader may give orders."""
    others = [each for each in asked.reviewers if each != reader.user] if is_lead(reader.user) else []
    return [Colleague(str(each.pk), str(each), zh_lang(str(each))) for each in others]


def _acts(user: User) -> list[Act]:
    """What this reader may do with several orders."""
    rows = (
        ("transfers.review_order", Act("claim", _("Assign to me"))),
        ("transfers.review_order", Act("release", _("Release to the queue"))),
        ("transfers.lead_review", Act("assign", _("Assign"))),
        ("transfers.operate_order", Act("release_hold", _("Resubmit held orders"))),
    )
    return [act for permission, act in rows if user.has_perm(permission)]


def _address(basket: Basket, kept: dict[str, str]) -> str:
    return f"{reverse(LIST)}?{urlencode({'queue': basket.key, **kept})}"


def _lead(basket: Basket, counted: BasketCount | None) -> str:
    if counted is None:
        return ""
    in_all = ngettext("%(n)s order", "%(n)s orders", counted.waiting) % {"n": counted.words}
    over = _("%(n)s over their time") % {"n": counted.over} if counted.over else ""
    promise = _("Promise: first answer within 1 working day") if basket.is_work else ""
    return " · ".join(filter(None, (in_all, over, promise)))


def _tabs(here: Basket, counts: dict[str, BasketCount], kept: dict[str, str]) -> list[Tab]:
    tabs: list[Tab] = []
    part: Words = ""
    for row in baskets():
        counted = counts.get(row.key)
        tabs.append(
            Tab(
                label=row.label,
                part=row.part if row.part is not part else "",
                url=_address(row, kept),
                count=counted.words if counted else "",
                is_here=row.key == here.key,
                is_bad=bool(counted and row.key == "overdue" and counted.waiting),
            )
        )
        part = row.part
    return tabs


def rows_of(found: Slice, basket: Basket, reader: Reader) -> list[Row]:
    """The orders as rows; an unreadable one shows no name."""
    objected, looks = with_objection(found.orders), looks_at(found.orders)
    return [
        _row(order, basket, reader, has_objection=order.pk in objected, look=looks.get(order.reference))
        for order in found.orders
    ]


def _row(order: Order, basket: Basket, reader: Reader, *, has_objection: bool, look: ApprovalRequest | None) -> Row:
    state = state_of(order)
    held = is_held(order, now=reader.now)
    is_mine = held and order.reviewer_id == reader.user.pk
    can_judge = reads_names(reader.user)
    is_named = can_judge and (has_objection or not is_own(order))
    return Row(
        pk=str(order.pk),
        reference=order.reference,
        url=reverse("admin:transfers_order_case", args=[order.pk]) if is_named else "",
        round=_("round %(n)s") % {"n": order.returns + 1} if order.returns else "",
        has_objection=has_objection,
        domain=order.display_domain,
        subject=(build_safely(order, lambda: subject_words(order)) or "") if is_named else "",
        kind=kind_of(order).name,
        province=province_name(order.province),
        state={"key": state.key, "label": state.label, "tone": state.tone, "icon": state.icon},
        marks=_marks(order),
        why_held=_why_held(order) if _can_be_resubmitted(order, reader.user) else None,
        due=due_of(order, basket.by, reader.now, reader.known),
        look=_look(order) if basket.is_work or basket.key == "mine" else "",
        who=_who(order, is_mine) if held else "",
        until=_until(order, is_mine) if held else "",
        is_mine=is_mine,
        accepted=accepted_words(look) if look else "",
        can_be_picked=_can_be_picked(order, reader.user),
        can_take=can_judge
        and basket.is_work
        and not held
        and order.owner_id != reader.user.pk
        and not (look and str(reader.user.pk) in look.barred),
    )


def _can_be_picked(order: Order, user: User) -> bool:
    """Whether an action on several orders works on this one: reviewers take it, operations resubmit it."""
    if is_in(order, Group.IN_REVIEW) and reads_names(user):
        return True
    return _can_be_resubmitted(order, user)


def _can_be_resubmitted(order: Order, user: User) -> bool:
    return order.held and user.has_perm("transfers.operate_order")


def _why_held(order: Order) -> WhyHeld:
    """Without the authority's own words, which may name people: operations open no case."""
    code = order.authority_code
    plain = advice(order, code)["zh" if reads_chinese() else "en"] if code else ""
    return WhyHeld(code, plain, f"{reverse(REPORTS)}?{urlencode({'q': order.reference})}")


def _marks(order: Order) -> list[Words]:
    """What delays an order, apart from its state."""
    nameless = pgettext("order", "waiting for the authority's number of the access")
    return [
        *([pgettext("order", "on hold")] if order.held else []),
        *([nameless] if getattr(order, "nameless", False) else []),
    ]


def _look(order: Order) -> str:
    """How much a reviewer should look at closely; "" where it was not counted."""
    n = order.findings or 0
    return ngettext("%(n)s finding", "%(n)s findings", n) % {"n": n} if n else ""


def _who(order: Order, is_mine: bool) -> str:
    return _("You") if is_mine or order.reviewer is None else str(order.reviewer)


def _until(order: Order, is_mine: bool) -> str:
    """Until when the reader has it, or since when somebody else has."""
    if is_mine and order.claimed_until:
        return _("until %(time)s") % {"time": f"{to_beijing(order.claimed_until):%H:%M}"}
    since = order.claimed_since
    return _("since %(time)s") % {"time": f"{to_beijing(since):%H:%M}"} if since else ""
