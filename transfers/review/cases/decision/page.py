"""What a reviewer reads before a case is returned or accepted, and what follows from it."""

from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from icpportal.accounts.guards import account_of
from icpportal.fields.types import Words
from icpportal.privacy.masks import mask_mobile
from transfers.calls.queries import next_call
from transfers.documents.slots import PHOTO as PHOTO_SLOT
from transfers.models import Order
from transfers.orders import queries
from transfers.orders.kinds import is_in
from transfers.orders.rows import Group
from transfers.review.baskets.views import case_url
from transfers.review.cases import drafts
from transfers.review.cases.case import case_sections, kept_query, lease_words
from transfers.review.cases.decision.letters import Preview, previews
from transfers.review.cases.forms import ReturnForm
from transfers.review.cases.judgement import Judgement, case_judged
from transfers.review.cases.parts.papers import papers_of
from transfers.review.cases.parts.rounds import Rounds, rounds_of
from transfers.review.cases.parts.verdicts import Tally
from transfers.second_look import policy


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """The variables of `admin/transfers/case/return.html` and `accept.html`."""

    reference: str
    case_url: str
    lease: str
    tally: Tally
    form: forms.Form | None
    previews: list[Preview]
    happens: list[Words]
    set_aside: list[Words]  # findings that were checked and set aside
    mobile: str
    kept: str
    version: int
    seconds: int
    query: str = ""
    is_photo: bool = False  # whether the photo is judged, not the entries

    @property
    def title(self) -> Words:
        """What is about to be done."""
        accepts = _("Accept the photo") if self.is_photo else _("Accept the order")
        return _("Return to the applicant: read it as they will") if self.form else accepts

    @property
    def move(self) -> str:
        """The move of the button that accepts."""
        return "accept_photo" if self.is_photo else "accept"


def decision_page(request: HttpRequest, order: Order, typed: drafts.TypedText, form: ReturnForm | None) -> DecisionPage:
    """What follows from a return (`form`) or from accepting the order."""
    rounds = rounds_of(order)
    case = case_judged(order, typed, rounds)
    query = kept_query(request)
    is_photo = is_in(order, Group.PHOTO_IN_REVIEW)
    return DecisionPage(
        is_photo=is_photo,
        reference=order.reference,
        case_url=case_url(order, query),
        lease=lease_words(order, account_of(request)),
        tally=case.tally,
        form=form,
        previews=previews(order, form.returned_fields(), rest_passed=case.tally.rest_passed) if form else [],
        happens=_happens(order, case.tally, is_return=form is not None),
        set_aside=findings_of(order, case, rounds) if form is None else [],
        mobile=mask_mobile(order.owner.mobile) if order.owner.mobile else "",
        kept=typed.stamp,
        version=order.version,
        seconds=round(settings.DECISION_OPEN_FOR.total_seconds()),
        query=query,
    )


def findings_of(order: Order, case: Judgement, rounds: Rounds) -> list[Words]:
    """The findings on what is accepted, each with its part or picture."""
    papers = papers_of(rounds)
    if is_in(order, Group.PHOTO_IN_REVIEW):
        marked = [(photo, photo.found) for photo in papers.of((PHOTO_SLOT,)) if photo.found]
        return [f"{photo.name} · {mark.words}" for photo, found in marked for mark in found.marks]
    sections = case_sections(order, papers, case, rounds)
    return [f"{part.label} · {words}" for each in sections for part in each.parts for words in part.findings]


def _happens(order: Order, tally: Tally, *, is_return: bool) -> list[Words]:
    """What follows from the decision, line by line."""
    if is_return:
        n = tally.returned
        return [
            ngettext("Only this part opens for the applicant", "Only these %(n)s parts open for the applicant", n)
            % {"n": n},
            ngettext(
                "%(n)s verdict “OK” is kept for the next round",
                "%(n)s verdicts “OK” are kept for the next round",
                tally.ok,
            )
            % {"n": tally.ok},
            _("The reasons are kept in these very words"),
        ]
    call = [_("The call to make stays in the list: close it if nobody has to call")] if next_call(order) else []
    if is_in(order, Group.PHOTO_IN_REVIEW):
        return [_goes_on(order), *call]
    photo = queries.facts_of(order)["administrator_key"] != order.photo_accepted_for
    asked = _("We request the photo from the applicant (text and mail)")
    return [
        asked if photo else _goes_on(order),
        *([_("Nothing goes to the authority before the photo is accepted")] if photo else []),
        *call,
    ]


def _goes_on(order: Order) -> Words:
    """Where an accepted order goes. Nobody learns in advance whether it is drawn, so it reads as if it were."""
    if policy.certain(order):
        return _("A second person looks at it; then it goes to the authority, and the applicant is told")
    if policy.may_be_drawn():
        return _("The order goes to the authority and the applicant is told, or a second person looks at it first")
    return _("The order goes to the authority; the applicant is told")
