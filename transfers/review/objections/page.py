"""One objection, the preview of its answer, and the list, as drawn."""

from dataclasses import dataclass, field

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from icpportal.desk.comparison import DIFFERS, SAME, ComparisonLine
from icpportal.desk.own_words import EN, TAGS, ZH, html_for
from icpportal.fields.domains import display_domain
from icpportal.fields.form_types import Choice
from icpportal.fields.types import Words
from icpportal.privacy.masks import mask_email, mask_mobile
from icpportal.time_format import short_words
from transfers.calls.outcomes import outcome_of
from transfers.calls.people import OBJECTOR, people_of
from transfers.models import Call, CallAttempt, Objection, Order
from transfers.objections.actions import closed_words
from transfers.objections.queries import has_left, order_of
from transfers.objections.results import Result, results_for
from transfers.orders.kinds import state_of
from transfers.orders.people import ROLES, by_role
from transfers.pages.order_summary import subject_words
from transfers.pages.unreadable import build_safely
from transfers.review.baskets.due import OVER
from transfers.review.baskets.rows import Reader
from transfers.review.baskets.views import case_url
from transfers.review.objections.forms import CallForm, CloseForm
from transfers.review.worklists.calls import calls_now, when_words
from transfers.review.worklists.lists import OBJECTIONS, Choosable, Tab, Work, choosable, next_page, tabs, work
from transfers.review.worklists.objections import ObjectionRow, count_objections, row_of, slice_of_objections


@dataclass(frozen=True, slots=True)
class ObjectionsPage:
    """What `admin/objections/objections.html` draws."""

    title: Words
    lead: str
    tabs: list[Tab]
    rows: list[ObjectionRow]
    next_url: str


@dataclass(frozen=True, slots=True)
class Contact:
    """One attempt to reach one of the sides, or a call that waits."""

    url: str
    when: str
    whom: Words
    outcome: Words
    tone: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """The order that is objected to."""

    reference: str
    url: str
    subject: str
    state: Words
    owner: str


@dataclass(frozen=True, slots=True)
class ObjectionPage:
    """What `admin/objections/objection.html` draws."""

    title: str
    row: ObjectionRow
    work: Work  # what else waits
    is_over: bool
    due: Words
    contact: str  # masked until shown on request
    is_shown: bool
    words: str
    written: str
    sides: list[Side]  # none if the order is no longer known
    compared: list[ComparisonLine]
    made: list[Contact]
    call_form: forms.Form
    form: forms.Form
    results: list[Choosable]
    reads: Words
    ended: list[str] = field(default_factory=list)
    answer: list[SafeString] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)  # what was typed until somebody else closed it
    open: list[str] = field(default_factory=list)  # one entry while the objection is open

    @property
    def can_show(self) -> bool:
        """Whether the contact can be shown: while the objection is open."""
        return bool(self.open) and not self.is_shown

    @property
    def due_class(self) -> str:
        """The CSS class for how urgent it is."""
        return "bad" if self.is_over else ""


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """What `admin/objections/preview.html` draws: the answer as it will be read."""

    title: Words
    domain: str
    back_url: str
    told: Words
    hint: Words
    answer: SafeString
    forms: list[forms.Form]  # everything typed, as hidden fields


def objections_page(reader: Reader, after: str) -> ObjectionsPage:
    """Those that wait, oldest first."""
    counted, found = count_objections(reader.now), slice_of_objections(reader, after)
    in_all = ngettext("%(n)s objection", "%(n)s objections", counted.waiting) % {"n": counted.waiting}
    over = _("%(n)s over their time") % {"n": counted.over} if counted.over else ""
    lead = " · ".join(filter(None, (in_all, over, _("Promise: an answer within 1 working day"))))
    listed = tabs(calls_now(), counted, OBJECTIONS)
    return ObjectionsPage(_("Objections"), lead, listed, found.rows, next_page(OBJECTIONS, found.after))


def language_of(objection: Objection) -> str:
    """The language of the person who objects."""
    return ZH if objection.owner.language.startswith("zh") else EN


def ends_of(order: Order | None) -> list[Result]:
    """How an objection to this order can end as it stands."""
    return results_for(has_left=has_left(order))


def objection_page(
    objection: Objection, reader: Reader, *, form: CloseForm, call_form: CallForm, is_shown: bool
) -> ObjectionPage:
    """Who says what, what was tried, and how it may end."""
    order, owner = order_of(objection), objection.owner
    row = row_of(objection, reader, objection)
    is_open = objection.closed_at is None
    contact = [owner.mobile, owner.email] if is_shown else [mask_mobile(owner.mobile), mask_email(owner.email)]
    language = language_of(objection)
    return ObjectionPage(
        title=_("Objection: %(domain)s") % {"domain": display_domain(objection.domain)},
        row=row,
        work=work(reader, objection=objection),
        is_over=is_open and row.due.tone == OVER,
        due=_("answer due: %(when)s") % {"when": row.when} if is_open else "",
        contact=" · ".join(filter(None, contact)),
        is_shown=is_shown,
        words=objection.words,
        written=short_words(objection.created_at),
        sides=[_side(order)] if order else [],
        compared=_comparison(objection, order) if order else [],
        made=_attempts(objection, order, reader) if order else [],
        call_form=call_form,
        form=form,
        results=choosable(ends_of(order), str(form["result"].value() or "")),
        reads=_("Reads Chinese") if language == ZH else _("Reads English"),
        ended=[] if is_open else [closed_words(objection)],
        answer=[] if is_open else [html_for(objection.answers or {}, language)],
        unused=[] if is_open else _unused(objection, form, call_form),
        open=["open"] if is_open else [],
    )


def _unused(objection: Objection, form: CloseForm, call_form: CallForm) -> list[str]:
    """What the reader typed and nobody read; an answer whose button was pressed twice was used."""
    typed = (form["words"].value(), form["words_en"].value(), call_form["about"].value())
    given = [words.split() for words in (objection.answers or {}).values()]  # white space was tidied up
    return [words for words in typed if words and words.split() not in given]


def preview_page(objection: Objection, form: CloseForm, call_form: CallForm, back_url: str) -> PreviewPage:
    """What the person who objects will read; what was typed for a call is carried along."""
    language, result = language_of(objection), form.chosen()
    words = form.own()[language]
    answer = format_html('<span lang="{}">{}</span>', TAGS[language], words)
    return PreviewPage(
        _("The answer they will read"),
        display_domain(objection.domain),
        back_url,
        result.told,
        result.hint,
        answer,
        [form, call_form],
    )


def whom(order: Order | None) -> list[Choice]:
    """Whom one may call about an objection to this order."""
    people = (build_safely(order, lambda: people_of(order)) or []) if order else []
    other_side: list[Choice] = [(each.role, f"{each.label} · {each.masked_mobile}") for each in people]
    return [(OBJECTOR, _("The person who objects")), *other_side]


def _side(order: Order) -> Side:
    owner = order.owner
    return Side(
        order.reference,
        case_url(order),
        build_safely(order, lambda: subject_words(order)) or "",
        state_of(order).label,
        mask_mobile(owner.mobile) if owner.mobile else mask_email(owner.email),
    )


def _comparison(objection: Objection, order: Order) -> list[ComparisonLine]:
    """What both sides have in common."""
    domain = objection.domain == order.domain
    subject = bool(objection.subject_key) and objection.subject_key == order.subject_key
    mobile = objection.owner.mobile
    known = build_safely(order, lambda: {each.mobile for each in by_role(order).values()}) or set()
    stands = bool(mobile) and mobile in known | {order.owner.mobile}
    return [
        _same(_("Domain"), _("the same on both sides"), _("not the same"), holds=domain),
        _same(_("Subject's document"), _("the same on both sides"), _("not the same"), holds=subject),
        _same(_("Phone of the person who objects"), _("is in the order"), _("is not in the order"), holds=stands),
    ]


def _same(label: str, same: str, other: str, *, holds: bool) -> ComparisonLine:
    return ComparisonLine(label, same, SAME) if holds else ComparisonLine(label, other, DIFFERS)


def _attempts(objection: Objection, order: Order, reader: Reader) -> list[Contact]:
    """Every attempt to reach either side, then what waits."""
    calls = list(order.calls.filter(Q(objection=None) | Q(objection=objection)).prefetch_related("attempts__by"))
    people = {**ROLES, **dict(whom(order))}  # of whom the order names no more the role alone
    tried = [(attempt, call) for call in calls for attempt in call.attempts.all()]
    waits = [call for call in calls if call.ended_at is None]
    return [
        *(_contact_of(attempt, call, people, reader) for attempt, call in sorted(tried, key=lambda each: each[0].at)),
        *(
            Contact(_url(call), when_words(call.next_at, reader.now), people[call.role], _("next try"))
            for call in waits
        ),
    ]


def _contact_of(attempt: CallAttempt, call: Call, people: dict[str, Words], reader: Reader) -> Contact:
    outcome = outcome_of(attempt.outcome)
    tone = "warn" if outcome.is_missed else ""
    return Contact(
        _url(call), when_words(attempt.at, reader.now), people[call.role], outcome.label, tone, str(attempt.by)
    )


def _url(call: Call) -> str:
    return reverse("admin:desk_call", args=[call.pk])
