"""Claims of old records at the review desk: the list, and the page on which a reviewer accepts or declines."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings.actions import OnFileInOtherAccount, UnderOtherDocument
from filings.legacy_import.claims import acceptance
from filings.legacy_import.claims import claims as claiming
from filings.legacy_import.claims.claim_rows import ABOUT, is_of_individual, known_of
from filings.legacy_import.state_labels import CLAIM_ACTS, CLAIM_SENTENCES, mark
from filings.legacy_import.views.claim_words import paper_titles
from filings.legacy_import.views.claims import picture_response
from filings.legacy_import.views.forms import DeclineForm
from filings.models import LegacyClaim, LegacyClaimPaper
from filings.models import legacy_states as states
from icpportal.accounts.guards import account_of
from icpportal.accounts.models import User
from icpportal.approvals import actions as approvals
from icpportal.approvals.actions import RequestRefused
from icpportal.approvals.models import CLAIM
from icpportal.approvals.queries import open_request, request_to_show
from icpportal.approvals.words import RequestPanel, asked_for, asked_words, lines_of
from icpportal.audit import words as audit
from icpportal.desk.comparison import ComparisonLine
from icpportal.desk.event_lines import event_line
from icpportal.desk.pages import page_response
from icpportal.desk.readonly_list import ReadOnly, ValuesFilter
from icpportal.desk.viewer import Paper, Papers
from icpportal.fields.components import Panel, StateMark
from icpportal.fields.domains import registrable
from icpportal.fields.marked_text import zh_parts
from icpportal.fields.types import Words
from icpportal.lifecycle import MoveNotAllowed
from icpportal.privacy.actions import REVIEW, note_access_by
from icpportal.time_format import to_beijing

MOVED = gettext_lazy("The claim has changed. This is its current state")
ACCEPTED = {
    False: gettext_lazy("Accepted: the filing is in the applicant's account"),
    True: gettext_lazy("Accepted: the applicant can import from the old account"),
}
DONE: dict[str, Callable[[LegacyClaim], Words]] = {
    "accept": lambda claim: ACCEPTED[claiming.is_reset(claim.record)],
    "decline": lambda _claim: gettext_lazy("Declined: the applicant reads your words"),
}
ASKED = gettext_lazy("Nothing is accepted yet: a second person has to allow it")
ANSWERS: dict[str, tuple[Callable[..., None], Words]] = {
    "allow_request": (approvals.allow, gettext_lazy("Allowed: the claim is accepted")),
    "decline_request": (approvals.decline, gettext_lazy("Declined: the claim stays as it is")),
    "withdraw_request": (approvals.withdraw, gettext_lazy("Your request is withdrawn")),
}
OF_ONES_OWN = gettext_lazy("You cannot decide your own claim: leave it to another reviewer")
RIVALS: dict[str, Words] = {
    states.SENT: gettext_lazy("Another account claims the same. Compare both before you decide:"),
    states.ACCEPTED: gettext_lazy("The claim of another account for the same was accepted:"),
}
REFUSED = {
    claiming.OwnClaim: OF_ONES_OWN,
    claiming.RecordGone: gettext_lazy("The record was imported or claimed by somebody else: decline this claim"),
    OnFileInOtherAccount: gettext_lazy("This website is on file here in another account: decline this claim"),
    UnderOtherDocument: gettext_lazy("This website is on file here with another document: decline this claim"),
}
audit.STATES.update({state: sentence.label for state, sentence in CLAIM_SENTENCES.items()})
# an order has a move of the same name
audit.DONE.update({audit.FROM % (move, states.SENT): words for move, words in CLAIM_ACTS.items()})


@dataclass(frozen=True, slots=True)
class Decision(Panel):
    """What a reviewer decides: the claim is accepted, or declined with a reason."""

    template: ClassVar[str] = "admin/filings/legacyclaim/decision.html"
    form: DeclineForm
    about: str  # the account that the reviewer saw


@dataclass(frozen=True, slots=True)
class Barred(Panel):
    """Why this reader cannot decide here."""

    template: ClassVar[str] = "admin/filings/legacyclaim/barred.html"
    why: Words


@dataclass(frozen=True, slots=True)
class Rival(Panel):
    """The claim of another account for the same."""

    template: ClassVar[str] = "admin/filings/legacyclaim/rival.html"
    why: Words
    url: str
    owner: str


@dataclass(frozen=True, slots=True)
class Unused(Panel):
    """What was typed after somebody else had decided, or asked a second person to."""

    template: ClassVar[str] = "admin/filings/legacyclaim/unused.html"
    words: str


@dataclass(frozen=True, slots=True)
class AskedPanel(Panel):
    """Accepting the claim waits for a second person."""

    template: ClassVar[str] = "admin/filings/legacyclaim/asked.html"
    asked: RequestPanel


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """A claim beside its documents, and what can be decided about it."""

    title: Words
    claim: LegacyClaim
    list_url: str
    list_label: Words
    state: StateMark
    owner: str
    water: str  # watermark of each picture: who looks, and when
    known: list[ComparisonLine]
    papers: Papers
    panels: list[Panel]
    events: list[SafeString]


def _panels(claim: LegacyClaim, form: DeclineForm, reader: User) -> list[Panel]:
    rivals = _rivals(claim)
    open_ask = asked_for(request_to_show(CLAIM, claim.pk), reader)
    unused: list[Panel] = [Unused(form.typed)] if form.typed else []
    if open_ask:
        return [*rivals, AskedPanel(open_ask), *unused]
    if claim.state != states.SENT:
        return unused
    if claiming.is_own(claim, reader):
        return [*rivals, Barred(OF_ONES_OWN), *unused]
    return [*rivals, Decision(form, acceptance.account_of(claim))]


def _rivals(claim: LegacyClaim) -> list[Panel]:
    """The claims that a decision about this one must be compared with."""
    if claim.state != states.SENT:
        return []
    case = "admin:filings_legacyclaim_case"
    return [
        Rival(RIVALS[other.state], reverse(case, args=[other.pk]), str(other.owner)) for other in claiming.rivals(claim)
    ]


class StateFilter(ValuesFilter):
    """Filters claims by state."""

    title = gettext_lazy("State")
    parameter_name = "state"
    values = {state: said.label for state, said in CLAIM_SENTENCES.items()}


@admin.register(LegacyClaim)
class LegacyClaimAdmin(ReadOnly):
    """Claims, the longest waiting first; decided ones stay readable."""

    list_display = ("__str__", "about", "owner", "state_shown", "entered_at")
    list_filter = (StateFilter,)
    list_select_related = ("record", "owner")
    search_fields = ("record__domain",)

    def found_by(self, term: str) -> Q:
        try:
            return Q(record__domain=registrable(term))
        except ValidationError:
            return Q(record__domain=term)

    @admin.display(description=gettext_lazy("Asked for"))
    def about(self, claim: LegacyClaim) -> str:
        return str(ABOUT[claiming.is_reset(claim.record)])

    @admin.display(description=gettext_lazy("State"), ordering="state")
    def state_shown(self, claim: LegacyClaim) -> str:
        return str(CLAIM_SENTENCES[claim.state].label)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<uuid:pk>/case/", view(self.case_view), name="filings_legacyclaim_case"),
            path("<uuid:pk>/papers/<str:document>/", view(self.paper_view), name="filings_legacyclaim_paper"),
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Words] | None = None
    ) -> HttpResponse:
        return redirect("admin:filings_legacyclaim_case", object_id)

    def _may_judge(self, request: HttpRequest) -> bool:
        return request.user.has_perm("filings.review_claim")

    def case_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Shows the old record beside the documents, and takes the decision."""
        if not self._may_judge(request):
            raise PermissionDenied
        claim = get_object_or_404(LegacyClaim.objects.select_related("owner", "record"), pk=pk)
        if request.method == "POST":
            return self._decide(request, claim)
        return self._case(request, claim, DeclineForm())

    def _decide(self, request: HttpRequest, claim: LegacyClaim) -> HttpResponse:
        """Decides and returns to the list; when refused, shows the page again with the reason and what was typed."""
        move = request.POST.get("move", "")
        if move in ANSWERS:
            return self._answer(request, claim, *ANSWERS[move])
        if move not in DONE:
            raise PermissionDenied
        if waiting := open_request(CLAIM, claim.pk):
            return self._show_refusal(request, claim, asked_words(waiting))
        form = DeclineForm(request.POST)
        try:
            if not self._is_decided(request, claim, move, form):
                return self._case(request, claim, form)
        except MoveNotAllowed:
            return self._show_refusal(request, claim, MOVED)
        except tuple(REFUSED) as refused:
            return self._show_refusal(request, claim, REFUSED[type(refused)])
        except RequestRefused as refused:
            return self._show_refusal(request, claim, refused.words)
        is_asked = move == "accept" and approvals.is_needed()
        messages.success(request, str(ASKED if is_asked else DONE[move](claim)))
        return redirect("admin:filings_legacyclaim_changelist")

    def _answer(
        self, request: HttpRequest, claim: LegacyClaim, answer: Callable[..., None], done: Words
    ) -> HttpResponse:
        """Records the second person's answer to the request that the page showed, or the asker's withdrawal of it."""
        try:
            waiting = approvals.request_shown(CLAIM, claim.pk, request.POST.get("request"))
            answer(waiting, actor=account_of(request))
        except RequestRefused as refused:
            return self._show_refusal(request, claim, refused.words)
        messages.success(request, str(done))
        return redirect("admin:filings_legacyclaim_changelist")

    def _is_decided(self, request: HttpRequest, claim: LegacyClaim, move: str, form: DeclineForm) -> bool:
        claiming.refuse_own(claim, account_of(request))
        about = acceptance.account_of(claim)
        if request.POST.get("about", about) != about:  # a newer dump put the record under another account
            raise MoveNotAllowed("another account than the page showed")
        if move == "accept":
            if form.typed:
                form.add_error("words", _("Not accepted: decline with these words, or empty them"))
                return False
            acceptance.accept(claim, account_of(request))
            return True
        if form.is_valid():
            claiming.decline(claim, account_of(request), form.own())
        return form.is_valid()

    def _show_refusal(self, request: HttpRequest, claim: LegacyClaim, reason: str | Promise) -> TemplateResponse:
        """Shows the claim's present state with what was typed, so that the text can be used again."""
        messages.error(request, str(reason))
        now = LegacyClaim.objects.select_related("owner", "record__account").get(pk=claim.pk)
        typed = {name: request.POST.get(name, "") for name in DeclineForm.base_fields}
        return self._case(request, now, DeclineForm(initial=typed))

    def _case(self, request: HttpRequest, claim: LegacyClaim, form: DeclineForm) -> TemplateResponse:
        """Draws the page and records that it was looked at."""
        note_access_by(request, what="claim", reference=claim.reference, reason=REVIEW)
        reader = account_of(request)
        page = ClaimPage(
            title=str(claim),
            claim=claim,
            list_url=reverse("admin:filings_legacyclaim_changelist"),
            list_label=str(self.opts.verbose_name_plural),
            state=mark(CLAIM_SENTENCES, claim.state),
            owner=" · ".join(filter(None, (claim.owner.email, claim.owner.mobile))),
            water=f"{reader} · {to_beijing(timezone.now()):%H:%M} · {claim.reference}",
            known=known_of(claim),
            papers=Papers([_picture(claim, paper) for paper in claiming.papers_of(claim)]),
            panels=_panels(claim, form, reader),
            events=_events(claim),
        )
        return page_response(
            request, "admin/filings/legacyclaim/case.html", self.admin_site.each_context(request), page
        )

    def paper_view(self, request: HttpRequest, pk: UUID, document: str) -> HttpResponseBase:
        """Serves a picture to reviewers and records each look."""
        if not self._may_judge(request):
            raise PermissionDenied
        papers = LegacyClaimPaper.objects.select_related("document", "claim")
        found = get_object_or_404(papers, claim_id=pk, document__reference=document)
        answer = picture_response(request, found)
        note_access_by(request, what="claim paper", reference=found.claim.reference, reason=REVIEW)
        return answer


def _events(claim: LegacyClaim) -> list[SafeString]:
    """The history of the claim with requests and approvals, by time."""
    moves: list[tuple[datetime, list[Words]]] = [
        (event.at, [CLAIM_SENTENCES[event.to_state].label, str(event.actor or ""), zh_parts(event.said)])
        for event in claim.events.select_related("actor")
    ]
    asks: list[tuple[datetime, list[Words]]] = [(line.at, [line.who, line.what]) for line in lines_of(CLAIM, claim.pk)]
    return [event_line(at, *words) for at, words in sorted([*moves, *asks], key=lambda each: each[0])]


def _picture(claim: LegacyClaim, paper: LegacyClaimPaper) -> Paper:
    url = reverse("admin:filings_legacyclaim_paper", args=[claim.pk, paper.document.reference])
    title = paper_titles(is_individual=is_of_individual(claim.record))[paper.side - 1]
    return Paper(key=f"paper-{paper.side}", name=title, url=url if paper.document.is_ready else "")
