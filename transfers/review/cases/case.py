"""Puts together the page of a case, and those for its purpose and further actions."""

from collections.abc import Callable, Collection, Mapping
from math import pi

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from icpportal.accounts.guards import account_of
from icpportal.accounts.models import User
from icpportal.approvals.models import REFUSE as REFUSAL
from icpportal.approvals.queries import request_to_show
from icpportal.fields.components import StateMark
from icpportal.fields.form_types import Choice
from icpportal.fields.language_marks import labelled
from icpportal.fields.marked_text import zh
from icpportal.gateways.miit import sent_reports
from icpportal.time_format import to_beijing
from transfers.models import ColleagueNote, Decision, Order
from transfers.orders import queries
from transfers.orders.kinds import is_in, kind_of, state_of
from transfers.orders.rows import Group
from transfers.pages.order_summary import subject_words
from transfers.returns.labels import label_of, section_of
from transfers.review import leases, purposes
from transfers.review.baskets.due import Due, DueBy, calendar_around, due_of
from transfers.review.baskets.forms import province_name
from transfers.review.baskets.page import Act
from transfers.review.baskets.views import case_url, kept_list, list_url
from transfers.review.cases import drafts
from transfers.review.cases.events import case_events, notes_of
from transfers.review.cases.forms import AskForm, HandOnForm, PhotoForm, RefuseForm
from transfers.review.cases.judgement import Judgement, case_judged, lacking_in
from transfers.review.cases.moves import ask_call_form, part_choices
from transfers.review.cases.notes import notes
from transfers.review.cases.page import Arc, CasePage, MorePage, PurposePage, Question
from transfers.review.cases.parts.look import LookBox, look_box
from transfers.review.cases.parts.obstacles import Obstacles, obstacles_of
from transfers.review.cases.parts.papers import Papers, papers_of
from transfers.review.cases.parts.part import Section
from transfers.review.cases.parts.parts import findings_elsewhere, sections_of
from transfers.review.cases.parts.photo import Panel, photo_panels
from transfers.review.cases.parts.rounds import Rounds, is_of_photo, rounds_of
from transfers.review.cases.parts.verdicts import Tally, Verdict
from transfers.review.cases.unused import (
    ANSWER_TO,
    ASK,
    CALL,
    HAND,
    NOTE,
    PHOTO,
    REFUSE,
    SECOND,
    UnusedText,
    own_fields,
    unused_of,
)
from transfers.review.reasons.queries import Held, offered_or_chosen
from transfers.review.staff import colleagues_of
from transfers.second_look.queries import has_look

RADIUS = 13
AROUND = 2 * pi * RADIUS
LEADS = "transfers.lead_review"


def case_page(
    request: HttpRequest, order: Order, can: Collection[str], again: Mapping[str, forms.Form], in_full: Collection[str]
) -> CasePage:
    """The case for this reader, with the masked values `in_full` that they revealed."""
    user = account_of(request)
    rounds = rounds_of(order)
    typed = drafts.read(order, user, rounds.next_number)
    papers = papers_of(rounds)
    case = case_judged(order, typed, rounds)
    own = _forms(order, typed, again)
    photo_form = own.get("photo_form")
    shows_parts = kind_of(order).is_reviewed and order.erased_at is None
    query = kept_query(request)
    more_url = case_url(order, query, "more")
    begun = _begun_reasons(photo_form)
    sections = case_sections(order, papers, case, rounds, in_full, begun, more_url) if shows_parts else []
    obstacles = obstacles_of(order, user)
    in_review = is_in(order, Group.IN_REVIEW)
    return CasePage(
        reference=order.reference,
        domain=order.display_domain,
        state=_state(order),
        facts=_facts(order),
        round=_("round %(n)s") % {"n": rounds.returns + 1} if rounds.returns else "",
        due=_due(order),
        lease=lease_words(order, user),
        acts=_acts(order, user, obstacles.waiting, obstacles.barred),
        can_judge=bool(can) and obstacles.is_clear and in_review,
        decided=leases.decided_words(obstacles.waiting) if obstacles.waiting else "",
        sections=sections,
        papers=papers,
        tally=case.tally,
        arcs=_arcs(case.tally),
        not_yet=lacking_in(order, case.tally),
        notes=notes(
            order,
            user,
            unused=_unused_texts(user, typed, own, case, obstacles),
            hints=findings_elsewhere(order, sections),
            sent_back=rounds.sent_back if in_review else None,
        ),
        water=f"{user} · {to_beijing(timezone.now()):%H:%M} · {order.reference}",
        kept=typed.stamp,
        version=order.version,
        panels=_photo_panels(order, papers, photo_form, case),
        photo_form=photo_form,
        more_url=more_url,
        back=list_url(kept_list(query)),
        query=query,
        errors=[str(error) for form in again.values() for errors in form.errors.values() for error in errors],
        asked=[obstacles.refusal] if obstacles.refusal else [],
        look=_look_box(order, user, obstacles),
        show_reasons=list(purposes.SHOW_REASONS.items()),
    )


def _unused_texts(
    user: User, typed: drafts.TypedText, own: Mapping[str, forms.Form], case: Judgement, obstacles: Obstacles
) -> list[UnusedText]:
    """What this reader typed and no field of the page shows.

    Parts have no fields while a colleague's decision is pending.
    """
    is_of_other = obstacles.waiting is not None and obstacles.waiting.reviewer_id != user.pk
    drawn = _field_names({} if obstacles.look else own, {} if is_of_other else case.verdicts)
    drawn |= {name for name in typed.fields if name.startswith(ANSWER_TO)}
    return unused_of(typed, drawn, _begun_reasons(own.get("photo_form")))


def _photo_panels(order: Order, papers: Papers, form: forms.Form | None, case: Judgement) -> list[Panel]:
    """The panels of the photo, with verdicts while it is judged."""
    verdicts = case.verdicts if is_in(order, Group.PHOTO_IN_REVIEW) else {}
    return photo_panels(order, papers, form, verdicts, _held_by(form))


def _look_box(order: Order, user: User, obstacles: Obstacles) -> LookBox | None:
    if obstacles.look is None:
        return None
    return look_box(obstacles.look, order, user, is_decided=obstacles.waiting is not None)


def _acts(order: Order, user: User, waiting: Decision | None, barred: leases.AssignedToOther | None) -> list[Act]:
    """The buttons at the head of the case: taking and releasing it, or undoing this reader's decision."""
    if waiting:
        return [Act("take_back", _("Undo the decision"))] if waiting.reviewer_id == user.pk else []
    in_review, held = is_in(order, Group.IN_REVIEW), leases.is_held(order)
    may_take_over = bool(barred) and held and user.has_perm(LEADS) and order.owner_id != user.pk
    offered = (
        (in_review and not held and barred is None, Act("claim", _("Assign to me"))),
        (in_review and may_take_over, Act("take_over", _("Take over"))),
        (in_review and leases.holds(order, user), Act("release", _("Release to the queue"))),
    )
    return [act for is_offered, act in offered if is_offered]


def purpose_page(order: Order, user: User, query: str) -> PurposePage:
    """Asks why somebody wants to see a case that they do not have."""
    is_free = is_in(order, Group.IN_REVIEW) and not leases.is_held(order) and leases.why_barred(order, user) is None
    return PurposePage(
        reference=order.reference,
        domain=order.display_domain,
        case_url=case_url(order, query),
        lease=lease_words(order, user),
        acts=[Act("claim", _("Assign to me"))] if is_free else [],
        back=list_url(kept_list(query)),
        kept=drafts.read(order, user).stamp,
        version=order.version,
        query=query,
    )


def more_page(request: HttpRequest, order: Order, again: Mapping[str, forms.Form]) -> MorePage:
    """Further actions on a case, and everything that happened to it."""
    user = account_of(request)
    rounds = rounds_of(order)
    typed = drafts.read(order, user, rounds.next_number)
    query = kept_query(request)
    notes, asked_of_user = notes_of(order, user)
    asked, parts = request.GET.get("ask", ""), part_choices(order)
    asked = asked if asked in dict(parts) else ""
    return MorePage(
        reference=order.reference,
        domain=order.display_domain,
        case_url=case_url(order, query),
        lease=lease_words(order, user),
        asked_part=asked,
        asked_label=label_of(asked) if asked else "",
        questions=[_question(note, typed) for note in asked_of_user],
        forms=_more_forms(order, user, typed, again, parts),
        note=typed.fields.get(f"{NOTE}-words", ""),
        happened=case_events(order, rounds, notes),
        sent=sent_reports.of_order(order.reference),
        kept=typed.stamp,
        version=order.version,
        query=query,
        errors=[str(error) for form in again.values() for errors in form.errors.values() for error in errors],
    )


def kept_query(request: HttpRequest) -> str:
    """The query string of the reader's list, for the links of a case."""
    return kept_list(request.POST.get("list", "") or request.META.get("QUERY_STRING", "")).urlencode()


def _state(order: Order) -> StateMark:
    state = state_of(order)
    return {"key": state.key, "label": state.label, "tone": state.tone, "icon": state.icon}


def _facts(order: Order) -> SafeString:
    """The order in one line."""
    found = [subject_words(order), province_name(order.province), str(kind_of(order).name), order.site_number]
    return format_html_join(" · ", "{}", ((zh(each),) for each in found if each))


def _due(order: Order) -> Due | None:
    now = timezone.now()
    return due_of(order, DueBy.PROMISE, now, calendar_around(now)) if is_in(order, Group.IN_REVIEW) else None


def lease_words(order: Order, user: User) -> str:
    """Whose the order in review is: until when for the reader, since when for others."""
    if not is_in(order, Group.IN_REVIEW) or not leases.is_held(order) or order.claimed_until is None:
        return ""
    until = f"{to_beijing(order.claimed_until):%H:%M}"
    return _("Yours until %(time)s") % {"time": until} if leases.holds(order, user) else leases.held_words(order)


def case_sections(
    order: Order,
    papers: Papers,
    case: Judgement,
    rounds: Rounds,
    in_full: Collection[str] = (),
    begun: Held | None = None,
    more_url: str = "",
) -> list[Section]:
    """The parts of the case, with the verdicts on them and the reasons to choose from."""
    chosen = {each.reason for each in case.verdicts.values() if each.reason}
    reasons = [] if all(is_of_photo(part) for part in case.verdicts) else offered_or_chosen(order, chosen, begun)
    questions = {part: _question_words(note) for part, note in case.asked.items()}
    verdicts, returned = case.verdicts, rounds.returned
    return sections_of(order, papers, verdicts, reasons, questions, returned, shown=in_full, more_url=more_url)


def _question(note: ColleagueNote, typed: drafts.TypedText) -> Question:
    """Names the part as the case does: page and label."""
    about = f"{section_of(note.part)} · {label_of(note.part)}" if note.part else ""
    return Question(note.pk, str(note.author), about, note.words, typed.fields.get(f"{ANSWER_TO}{note.pk}", ""))


def _question_words(note: ColleagueNote) -> str:
    name = str(note.addressee) if note.addressee else ""
    return labelled(name, note.words)


def _forms(order: Order, typed: drafts.TypedText, again: Mapping[str, forms.Form]) -> dict[str, forms.Form]:
    """The form of the photo while it is judged, with what was typed so far; a refused form as it is."""
    if is_in(order, Group.PHOTO_IN_REVIEW) and "photo_form" not in again:
        ways, initial = queries.rules_of(order).photo_ways, own_fields(typed.fields, PHOTO)
        return {"photo_form": PhotoForm(prefix=PHOTO, order=order, ways=ways, initial=initial), **again}
    return {**again}


def _more_forms(
    order: Order, user: User, typed: drafts.TypedText, again: Mapping[str, forms.Form], parts: list[Choice]
) -> dict[str, forms.Form]:
    """The forms of further actions; a refused one as it is."""
    in_review = is_in(order, Group.IN_REVIEW)
    colleagues = list(colleagues_of(user)) if in_review else []
    may_refuse = in_review and user.has_perm(LEADS) and not has_look(order)
    offered: dict[str, Callable[[], forms.Form]] = {}
    if not order.is_ended:
        offered["call_form"] = lambda: ask_call_form(order, parts, initial=own_fields(typed.fields, CALL))
    if in_review:
        offered["hand_on_form"] = lambda: HandOnForm(colleagues=colleagues, initial=own_fields(typed.fields, HAND))
        asked = own_fields(typed.fields, ASK)
        offered["ask_form"] = lambda: AskForm(colleagues=colleagues, parts=parts, initial=asked)
    if may_refuse and request_to_show(REFUSAL, order.pk) is None:
        offered["refuse_form"] = lambda: RefuseForm(prefix=REFUSE, initial=own_fields(typed.fields, REFUSE))
    return {**{name: make() for name, make in offered.items() if name not in again}, **again}


def _begun_reasons(form: forms.Form | None) -> Held | None:
    """The reasons that the form of the photo began with."""
    return form.begun if isinstance(form, PhotoForm) else None


def _held_by(form: forms.Form | None) -> Held:
    """The reasons that the form of the photo has read."""
    return form.reasons_of_rules if isinstance(form, PhotoForm) else {}


def _field_names(drawn: Mapping[str, forms.Form], verdicts: Mapping[str, Verdict]) -> set[str]:
    """The names of all fields on the page."""
    prefixes = (CALL, REFUSE, ASK, HAND, NOTE, SECOND)
    elsewhere = {f"{prefix}-{name}" for prefix in prefixes for name in ("reason", "words", "words_en", "to", "part")}
    of_forms = {form.add_prefix(name) for form in drawn.values() for name in form.fields} | elsewhere
    of_parts = {f"{name}.{part}" for part in verdicts for name in ("verdict", "reason", "words", "words_en")}
    of_return = {"return-although", "return-why"} if verdicts else set()
    return of_forms | of_parts | of_return


def _arcs(tally: Tally) -> list[Arc]:
    """The ring that fills with verdicts."""
    found, at = [], 0
    for key, n in (("ok", tally.ok), ("return", tally.returned), ("ask", tally.asked)):
        length = AROUND * n / tally.parts if tally.parts else 0
        start = AROUND * at / tally.parts if tally.parts else 0
        found.append(Arc(key, f"{length:.2f} {AROUND:.2f}", f"{-start:.2f}"))
        at += n
    return found
