"""The first page of a reviewer and of a lead, as drawn."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Count, Q
from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from filings.models import LegacyClaim
from icpportal.accounts.models import User
from icpportal.approvals.models import CLAIM, ENDING, REASON, REFUSE, ROLE, SECOND_FACTOR, SUBMIT, ApprovalRequest
from icpportal.approvals.queries import open_requests
from icpportal.approvals.words import thing_words
from icpportal.fields.domains import display_domain
from icpportal.fields.language_marks import comma_list, labelled
from icpportal.fields.types import Words
from icpportal.time_format import day_words, short_words, to_beijing
from icpportal.workdays.calendar import CLOSING_TIME
from icpportal.workdays.hours import is_open
from transfers.models import CauseCancellation, Decision, Order, ReviewRound
from transfers.orders import queries
from transfers.orders.kinds import kind_of
from transfers.pages.order_summary import subject_words
from transfers.pages.unreadable import build_safely
from transfers.returns.labels import name_of
from transfers.review.baskets.counts import BasketCount, cached_counts, count_baskets
from transfers.review.baskets.due import OVER, Due, DueBy, due_of, over_before
from transfers.review.baskets.forms import own_provinces, province_name
from transfers.review.baskets.page import LIST
from transfers.review.baskets.queries import next_orders
from transfers.review.baskets.rows import ALL_TO_JUDGE, UNHELD, Basket, Reader, baskets, held_by, in_review
from transfers.review.baskets.views import case_url
from transfers.review.cases.parts.look import because_words
from transfers.review.decisions import FAILED
from transfers.review.home.basket_lines import BasketLine, amounts_of, bar_of, bar_words, waiting_words, worklist_lines
from transfers.review.purposes import open_questions
from transfers.review.staff import is_lead, reviewers

EVERYWHERE = "&province=all"  # query of a list of orders: a lead's counts cover all provinces
MOST = 20  # lines of one list at most


@dataclass(frozen=True, slots=True)
class NextOrder:
    """The order that Take next gives."""

    reference: str
    words: str
    about: list[str]
    is_over: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One order in a short list: its reference, when, and what about it."""

    reference: str
    url: str
    when: str
    words: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class ColleagueLine:
    """What one reviewer has."""

    name: str
    has: int
    over: int
    provinces: str
    url: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """What `admin/home/reviewer.html` draws."""

    title: Words
    lead: str
    provinces: str
    next: NextOrder | None
    unheld: int  # for leads: overdue and not taken
    baskets: list[BasketLine]
    mine: list[Line]
    mine_url: str
    asked: list[Line]
    decided: int
    returned: int
    open_decisions: list[Line]
    colleagues: list[ColleagueLine] = field(default_factory=list)
    is_lead: bool = False
    second: list[Line] = field(default_factory=list)  # requests that a second person answers
    looks: list[Line] = field(default_factory=list)  # accepted by the reader, now with a second person


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """What `admin/home/settings.html` draws."""

    title: Words
    form: Form


def home_page(reader: Reader) -> HomePage:
    """The first page for this reader.

    Counts come from indexes; names are read only for orders that the reader has.
    """
    own = own_provinces(reader.user)
    narrowed = Q(province__in=own) if own else Q()
    leads = is_lead(reader.user)
    shown_rows = [row for row in baskets() if row.on_home]
    wanted = [*shown_rows, *([UNHELD] if leads else [])]
    within = Q() if leads else narrowed
    counted = cached_counts(reader, f"home {own}", lambda: count_baskets(reader, wanted, within, timed=shown_rows))
    unheld = counted.get(UNHELD.key, BasketCount())
    counts = {key: each for key, each in counted.items() if key != UNHELD.key}
    decided, returned = _tally(reader)
    requests = open_requests(reader.user, MOST)
    return HomePage(
        title=_("Your desk"),
        lead=_when(reader.now),
        provinces=comma_list(province_name(code) for code in own) if own else _("all"),
        next=_next(reader, narrowed),
        unheld=unheld.waiting,
        baskets=[
            *_lines(counts, reader, EVERYWHERE if leads and own else ""),
            *worklist_lines(reader),
        ],
        mine=_mine(reader),
        mine_url=f"{reverse(LIST)}?queue=mine&province=all",
        asked=_questions(reader),
        decided=decided,
        returned=returned,
        open_decisions=_open_decisions(reader),
        colleagues=_colleagues(reader) if leads else [],
        is_lead=leads,
        second=_second(requests),
        looks=[_look(asked) for asked in requests if asked.kind == SUBMIT],
    )


def _when(now: datetime) -> str:
    """The day and the hour, and until when working time runs."""
    there = to_beijing(now)
    runs = _("Working time runs until %(time)s") % {"time": f"{CLOSING_TIME:%H:%M}"}
    hours = runs if is_open(now) else _("Outside working hours")
    facts = {"day": day_words(there.date(), now=now), "time": f"{there:%H:%M}", "hours": hours}
    return _("%(day)s, %(time)s. %(hours)s") % facts


def _next(reader: Reader, narrowed: Q) -> NextOrder | None:
    order = next_orders(ALL_TO_JUDGE, reader, narrowed).first()
    due = due_of(order, DueBy.PROMISE, reader.now, reader.known) if order else None
    if order is None or due is None:
        return None
    subject = build_safely(order, lambda: subject_words(order)) or ""
    about = [subject, order.display_domain, province_name(order.province), str(kind_of(order).name)]
    return NextOrder(order.reference, due.words, [each for each in about if each], due.tone == OVER)


def _lines(counts: dict[str, BasketCount], reader: Reader, where: str) -> list[BasketLine]:
    """The baskets. `where` filters by province as their lists do, so that both count the same."""
    found: list[BasketLine] = []
    most = max((counted.waiting for counted in counts.values()), default=0)
    part: Words = ""
    for row in baskets():
        if row.key in counts:
            line = _line(row, counts[row.key], most, reader, row.part if row.part is not part else "")
            found.append(replace(line, url=f"{line.url}{where}"))
            part = row.part
    return found


def _line(row: Basket, counted: BasketCount, most: int, reader: Reader, part: Words) -> BasketLine:
    earliest = _earliest(row, counted, reader)
    return BasketLine(
        part=part,
        label=row.label,
        url=f"{reverse(LIST)}?queue={row.key}",
        waiting=counted.words,
        over=counted.over,
        pieces=bar_of(amounts_of(counted), most),
        told=bar_words(counted),
        earliest=earliest.words if earliest else waiting_words(counted, reader),
        tone=earliest.tone if earliest else "",
    )


def _earliest(row: Basket, counted: BasketCount, reader: Reader) -> Due | None:
    """When the most urgent order of a basket is due."""
    if counted.first is None or row.by not in (DueBy.PROMISE, DueBy.DEADLINE):
        return None
    stands_for = Order(entered_at=counted.first, due_at=counted.first)
    return due_of(stands_for, row.by, reader.now, reader.known)


def _mine(reader: Reader) -> list[Line]:
    """What the reader has, and until when."""
    held = Order.objects.filter(in_review() & held_by(reader.user, reader.now)).order_by("entered_at")
    return [_of_mine(order, reader) for order in held.defer("answers")[:MOST]]


def _of_mine(order: Order, reader: Reader) -> Line:
    due = due_of(order, DueBy.PROMISE, reader.now, reader.known)
    since, until = (f"{to_beijing(at):%H:%M}" if at else "–" for at in (order.claimed_since, order.claimed_until))
    words = f"{order.display_domain} · {due.words}" if due else order.display_domain
    when = _("since %(since)s, until %(until)s") % {"since": since, "until": until}
    return Line(order.reference, case_url(order), when, words)


def _questions(reader: Reader) -> list[Line]:
    """Questions from colleagues that wait for the reader."""
    asked = open_questions().filter(addressee=reader.user).select_related("order", "author")
    return [
        Line(
            each.order.reference,
            f"{case_url(each.order, page='more')}#questions",
            f"{to_beijing(each.at):%H:%M}",
            labelled(name_of(each.part), each.words) if each.part else each.words,
            who=str(each.author),
        )
        for each in asked.order_by("at")[:MOST]
    ]


def _second(requests: list[ApprovalRequest]) -> list[Line]:
    """What waits for a second person, of those who may answer or who asked."""
    domains = _domains(requests)
    return [second_line(asked, domains.get((asked.kind, asked.key), "")) for asked in requests if asked.kind != SUBMIT]


def _domains(requests: list[ApprovalRequest]) -> dict[tuple[str, str], str]:
    """The domains of claims and accesses, by kind and key: their references are for logs and say nothing to people."""
    found: dict[tuple[str, str], str] = {}
    for kind, rows, column in (
        (CLAIM, LegacyClaim.objects, "record__domain"),
        (ENDING, CauseCancellation.objects, "website__domain"),
    ):
        if keys := [asked.key for asked in requests if asked.kind == kind]:
            named = rows.filter(pk__in=keys).values_list("pk", column)
            found |= {(kind, str(key)): display_domain(domain) for key, domain in named}
    return found


def second_line(asked: ApprovalRequest, name: str = "") -> Line:
    """A request that waits for a second person, by what it is about."""
    pages = {
        REFUSE: "admin:transfers_order_case",
        CLAIM: "admin:filings_legacyclaim_case",
        REASON: "admin:desk_reason",
        ROLE: "admin:accounts_user_change",
        SECOND_FACTOR: "admin:accounts_user_change",
        ENDING: "admin:transfers_causecancellation_change",
        SUBMIT: "admin:transfers_order_case",
    }
    key = asked.reference.partition(" ")[0] if asked.kind == REASON else asked.key
    url, when = reverse(pages[asked.kind], args=[key]), short_words(asked.asked_at)
    return Line(name or thing_words(asked), url, when, str(asked.label), who=str(asked.asked_by))


def _look(asked: ApprovalRequest) -> Line:
    """An order that the reader accepted and a second person has yet to look at; the case says who."""
    url = reverse("admin:transfers_order_case", args=[asked.key])
    return Line(asked.reference, url, short_words(asked.asked_at), because_words(asked))


def _tally(reader: Reader) -> tuple[int, int]:
    """How many cases the reader decided today, and how many of those were returned."""
    midnight = to_beijing(reader.now).replace(hour=0, minute=0, second=0, microsecond=0)
    rounds = ReviewRound.objects.filter(reviewer=reader.user, decided_at__gte=midnight)
    counted = rounds.aggregate(decided=Count("pk"), returned=Count("pk", filter=Q(decision=queries.RETURN)))
    return counted["decided"], counted["returned"]


def _open_decisions(reader: Reader) -> list[Line]:
    """The reader's decisions of today that can still be undone, or did not take effect."""
    midnight = to_beijing(reader.now).replace(hour=0, minute=0, second=0, microsecond=0)
    to_know = Q(ended_at=None) | Q(outcome=FAILED, decided_at__gte=midnight)
    rows = Decision.objects.filter(to_know, reviewer=reader.user).select_related("order").order_by("-decided_at")
    return [_decision(row) for row in rows[:MOST]]


def _decision(row: Decision) -> Line:
    final = _("final at %(time)s") % {"time": f"{to_beijing(row.final_at):%H:%M:%S}"}
    failed = _("It had moved on: your decision did not take effect")
    words = failed if row.outcome == FAILED else row.order.display_domain
    return Line(row.order.reference, case_url(row.order), final if not row.ended_at else "", words)


def _colleagues(reader: Reader) -> list[ColleagueLine]:
    """Who has what, by name."""
    late = Q(entered_at__lt=over_before(reader.now, reader.known))
    held = Order.objects.filter(in_review() & Q(claimed_until__gte=reader.now, reviewer__isnull=False))
    counted = held.order_by().values_list("reviewer").annotate(has=Count("pk"), over=Count("pk", filter=late))
    by_person = {person: (has, over) for person, has, over in counted}
    return [_colleague(each, *by_person.get(each.pk, (0, 0))) for each in reviewers().select_related("desk_settings")]


def _colleague(person: User, has: int, over: int) -> ColleagueLine:
    own = getattr(person, "desk_settings", None)
    names = [province_name(code) for code in own.provinces.split()] if own else []
    url = f"{reverse(LIST)}?queue=judge&province=all&who={person.pk}"
    return ColleagueLine(str(person), has, over, comma_list(names) or _("all"), url)
