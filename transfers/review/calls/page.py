"""The pages of the list of calls and of one call."""

from dataclasses import dataclass, field, replace

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from icpportal.desk.comparison import ComparisonLine
from icpportal.fields.language_marks import comma_list
from icpportal.fields.types import Words
from transfers.calls.outcomes import OUTCOMES, Outcome, outcome_of, result_words
from transfers.calls.people import PART_OF, PersonToCall, called_of
from transfers.calls.queries import GRACE_WORKDAYS, MISSED_MOST, may_return
from transfers.models import Call, CallAttempt
from transfers.orders.kinds import is_in
from transfers.orders.rows import Group
from transfers.pages.unreadable import build_safely
from transfers.returns.labels import label_of, section_of
from transfers.review.baskets.due import OVER
from transfers.review.baskets.rows import Reader
from transfers.review.baskets.views import case_url
from transfers.review.calls.forms import AttemptForm
from transfers.review.calls.script import Script, scripts_of
from transfers.review.cases.parts.parts import compared_lines
from transfers.review.worklists.calls import CallRow, count_calls, mark_of, row_of, slice_of_calls, when_words
from transfers.review.worklists.lists import CALLS, Choosable, Tab, Work, choosable, next_page, tabs, work
from transfers.review.worklists.objections import objections_now


@dataclass(frozen=True, slots=True)
class CallsPage:
    """The variables of `admin/calls/calls.html`."""

    title: Words
    lead: str
    tabs: list[Tab]
    rows: list[CallRow]
    next_url: str


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt: a past one with its outcome, or the next one."""

    title: str
    when: str
    outcome: Words = ""
    tone: str = ""
    who: str = ""
    note: str = ""
    mark: str = ""  # "now" for the next one


@dataclass(frozen=True, slots=True)
class About:
    """The part of the order that the call is about."""

    label: Words
    section: Words
    url: str
    lines: list[ComparisonLine]


@dataclass(frozen=True, slots=True)
class CallPage:
    """The variables of `admin/calls/call.html`."""

    title: str
    about: str
    row: CallRow
    work: Work  # what else waits
    case_url: str
    round: str
    due: Words
    is_over: bool
    called: PersonToCall
    number: str  # masked until revealed
    is_shown: bool
    told: Words  # what who is rung knows of it
    tries: list[Try]
    scripts: list[Script]
    parts: list[About]
    form: forms.Form
    outcomes: list[Choosable]
    version: int
    rule: str
    returns: list[Words] = field(default_factory=list)  # the button that leads to returning the order, if allowed
    ended: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)  # one entry while something can be done
    objection_urls: list[str] = field(default_factory=list)  # the objection that it is about, if any

    @property
    def whom(self) -> str:
        """Who is rung: the name, where one is known, and the role."""
        return comma_list(filter(None, (self.called.name, self.called.label)))

    @property
    def can_show(self) -> bool:
        """Whether the number can be shown: while somebody has to call."""
        return bool(self.open) and not self.is_shown

    @property
    def due_class(self) -> str:
        """How urgent it is."""
        return "bad" if self.is_over else ""


def calls_page(reader: Reader, after: str) -> CallsPage:
    """The open calls, the most urgent first."""
    counted, found = count_calls(reader.now), slice_of_calls(reader, after)
    in_all = ngettext("%(n)s call", "%(n)s calls", counted.waiting) % {"n": counted.waiting}
    over = _("%(n)s over their time") % {"n": counted.over} if counted.over else ""
    return CallsPage(
        title=_("Calls"),
        lead=" · ".join(filter(None, (in_all, over, _("Missed calls never reject an order")))),
        tabs=tabs(counted, objections_now(), CALLS),
        rows=found.rows,
        next_url=next_page(CALLS, found.after),
    )


def call_page(call: Call, reader: Reader, form: AttemptForm, *, is_shown: bool) -> CallPage:
    """One call; its number is in clear only when it was revealed."""
    order = call.order
    called = build_safely(order, lambda: called_of(call)) or PersonToCall(call.role, "", "", "")
    row = row_of(call, reader, call)
    ended = [_("Done: %(result)s") % {"result": result_words(call.result)}] if call.ended_at else []
    label = label_of(call.part) if call.part else ""
    return CallPage(
        title=_("Call the person who objects") if call.objection_id else _("Call %(name)s") % {"name": called.name},
        about=call.about,
        row=row,
        work=work(reader, call=call),
        case_url=case_url(order),
        round=_("round %(n)s") % {"n": order.returns + 1} if order.returns else "",
        due="" if ended else row.due.words,
        is_over=not ended and row.due.tone == OVER,
        called=called,
        number=_group_digits(called.mobile) if is_shown else called.masked_mobile,
        is_shown=is_shown,
        told="" if ended else _logged_words(call),
        tries=_tries(call, reader),
        scripts=scripts_of(call, called.name, label),
        parts=[_about(call)] if call.part else [],
        form=form,
        outcomes=choosable(_outcomes(call), str(form["outcome"].value() or "")),
        version=call.version,
        rule=_rule() if call.objection_id is None else _("An objection is answered whether or not anybody is reached."),
        returns=[_("Return the order…")] if can_return(call, reader) else [],
        ended=ended,
        objection_urls=[reverse("admin:desk_objection", args=[call.objection_id])] if call.objection_id else [],
        open=[] if ended else ["open"],
    )


def can_return(call: Call, reader: Reader) -> bool:
    """Whether the order may be returned now because nobody was reached."""
    return call.objection_id is None and may_return(call, reader.now) and is_in(call.order, Group.PAPERS_IN_REVIEW)


def part_of(call: Call) -> str:
    """The part that is returned then: the number of the person not reached, who may hold both roles."""
    return PART_OF[called_of(call).role]


def _logged_words(call: Call) -> Words:
    if call.objection_id:
        return _("Showing is logged. The person who objects was told that we call.")
    numbers = {"numbers": comma_list(settings.PROVIDER_CALLER_NUMBERS)}
    return _("Showing is logged. The applicant was told that the call comes from %(numbers)s.") % numbers


def _outcomes(call: Call) -> list[Outcome]:
    """How a try can end; of a call about an objection nobody is told that it was missed."""
    if call.objection_id is None:
        return list(OUTCOMES)
    return [replace(row, hint=_("Nobody is told")) if row.is_missed else row for row in OUTCOMES]


def _rule() -> str:
    facts = {"n": MISSED_MOST, "days": GRACE_WORKDAYS}
    return (
        _(
            "After %(n)s missed calls the applicant is told by email and text and has %(days)s working days to choose "
            "a time. Only then may the order be returned for it, by a person."
        )
        % facts
    )


def _group_digits(mobile: str) -> str:
    return f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}" if len(mobile) == 11 else mobile


def _tries(call: Call, reader: Reader) -> list[Try]:
    """The attempts so far, and the next one."""
    past = list(call.attempts.select_related("by"))
    found = [_try(n, attempt, reader) for n, attempt in enumerate(past, start=1)]
    if call.ended_at:
        return found
    mark = mark_of(call, reader.now)
    following = Try(_("Try %(n)s") % {"n": len(past) + 1}, when_words(call.next_at, reader.now), str(mark), mark="now")
    return [*found, following]


def _try(n: int, attempt: CallAttempt, reader: Reader) -> Try:
    outcome = outcome_of(attempt.outcome)
    return Try(
        _("Try %(n)s") % {"n": n},
        when_words(attempt.at, reader.now),
        outcome.label,
        "warn" if outcome.is_missed else "good",
        str(attempt.by),
        attempt.note,
    )


def _about(call: Call) -> About:
    anchor = "p-" + call.part.replace(".", "-").replace("_", "-")
    return About(
        label_of(call.part),
        section_of(call.part),
        f"{case_url(call.order)}#{anchor}",
        compared_lines(call.order, call.part),
    )
