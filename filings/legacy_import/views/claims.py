"""Claims a filing from before June 2010 (认领), or an old account without its password (重置), with documents.

The pages that find the record, take the documents and show the reviewer's answer.
"""

from dataclasses import dataclass
from itertools import islice
from typing import ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from filings.legacy_import import account_proof, actions
from filings.legacy_import.account_proof import Why, refusal
from filings.legacy_import.claims import claims as claiming
from filings.legacy_import.claims import replacements
from filings.legacy_import.claims.claim_rows import is_of_individual
from filings.legacy_import.state_labels import CLAIM_SENTENCES, GONE, RESET_SENTENCES, Sentence, mark_of
from filings.legacy_import.views.claim_words import PAPERS_ASKED, ClaimWords, claim_words, paper_titles
from filings.legacy_import.views.forms import ClaimForm, SendClaimForm
from filings.models import LegacyClaim, LegacyClaimPaper, LegacyRecord
from filings.models import legacy_states as states
from icpportal.accounts.guards import account_of, confirmed_required, signed_in_required
from icpportal.accounts.models import User
from icpportal.codes import limits
from icpportal.desk.own_words import html_for
from icpportal.drafts.pages import draw, said_words, say_words
from icpportal.fields.client import takes_file
from icpportal.fields.components import DrawnSlot, Notice, Panel, SlotAction, no_details
from icpportal.fields.domains import display_domain
from icpportal.fields.language_marks import reads_chinese
from icpportal.fields.marked_text import zh
from icpportal.fields.types import Words
from icpportal.lifecycle import MoveNotAllowed
from icpportal.time_format import long_words
from icpportal.workdays.calendar import end_of_answer
from verification.documents import file_access
from verification.documents.forms import UploadForm, file_of
from verification.documents.upload_messages import UploadRefused, reason_of

LACKING = ("empty", "again", "refused")
KEPT = gettext_lazy("%(reason)s. The earlier picture is kept")
REPLACED = gettext_lazy("Nothing was changed: this is no longer the picture that you saw")
LATE = gettext_lazy(
    "This was due from us by %(due)s and is late. You do not need to do anything: we will tell you once it is done"
)
SHOWN = 20
REFUSED = "refused."  # followed by the number of the document


@confirmed_required
def claim(request: HttpRequest) -> HttpResponse:
    """Asks which record is claimed: its subject and its domain."""
    return _which(request, reset=False)


@confirmed_required
def reset(request: HttpRequest) -> HttpResponse:
    """The same for an old account whose password is forgotten, by one of the filings it holds."""
    return _which(request, reset=True)


def _which(request: HttpRequest, *, reset: bool) -> HttpResponse:
    owner = account_of(request)
    form = ClaimForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = _find_record(owner, form, reset=reset)
        if found is not None:
            return redirect(claiming.begin(owner, found))
    mine = LegacyClaim.objects.filter(owner=owner).select_related("record").order_by("-created_at")
    of_kind = islice((each for each in mine if claiming.is_reset(each.record) == reset), SHOWN)
    rows = [
        {
            "claim": each,
            "domain": display_domain(each.record.domain),
            "state": mark_of(_said_of(each), each.state),
        }
        for each in of_kind
    ]
    context = {"form": form, "claims": rows, "words": claim_words(is_reset=reset), "back_url": reverse("import")}
    return draw(request, "filings/claim.html", context)


def _sentence(mine: LegacyClaim) -> Words:
    """The sentence of its state; once the answer is overdue, by when it was due."""
    due = end_of_answer(mine.entered_at, claiming.workdays_promised(mine.record))
    if mine.state == states.SENT and due < timezone.now():
        return str(LATE) % {"due": long_words(due)}
    return _said_of(mine).words


def _said_of(mine: LegacyClaim) -> Sentence:
    """Label and sentence of its state; for its owner to go on with a filing that is gone would lead nowhere."""
    if mine.state in claiming.CHANGEABLE and claiming.is_gone(mine):
        return GONE
    return (RESET_SENTENCES if claiming.is_reset(mine.record) else CLAIM_SENTENCES)[mine.state]


def _find_record(owner: User, form: ClaimForm, *, reset: bool) -> LegacyRecord | None:
    """Returns the record, or `None` with an error on the form: the same error whichever value was wrong."""
    allowed = limits.consume("import_claim", str(owner.pk))
    if not allowed.ok:
        form.add_error(None, refusal(Why.TOO_MANY, allowed.until))
        return None
    found = claiming.find(**form.cleaned_data, reset=reset)
    if found is None:
        words = (
            _("No filing under an old account matches all of this. Compare it with your filing, character by character")
            if reset
            else _("No old record matches all of this. Compare it with your filing, or import with your old account")
        )
        form.add_error(None, ValidationError(words, code="claim_unknown"))
    return found


def own_claim(request: HttpRequest, reference: str) -> LegacyClaim:
    """The visitor's own claim; 404 for anyone else's."""
    mine = LegacyClaim.objects.select_related("owner", "record", "account")
    return get_object_or_404(mine, reference=reference, owner=request.user)


@takes_file
@confirmed_required
def page(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows the documents, what can be added, and the answer."""
    mine = own_claim(request, reference)
    if request.method != "POST":
        return _page(request, mine)
    if "open" in request.POST:
        return _open(request, mine)
    if "withdraw" in request.POST:
        return _withdraw(request, mine)
    if not claiming.is_open(mine):
        return redirect(mine)
    try:
        return _send(request, mine) if "send" in request.POST else _paper(request, mine)
    except MoveNotAllowed:  # sent from another tab in the meantime
        return redirect(mine)


def _open(request: HttpRequest, mine: LegacyClaim) -> HttpResponse:
    """Begins the import of an old account proved by documents; other obstacles are named as after a password."""
    if mine.account is None or mine.state != states.ACCEPTED:
        return redirect(mine)
    proof = account_proof.import_obstacle(mine.owner, mine.account)
    if proof.account is not None:
        return redirect(actions.begin(mine.owner, proof.account))
    form = SendClaimForm({"words": ""})
    form.add_error(None, refusal(proof.why or Why.IMPORTED, proof.when))
    return _page(request, mine, form)


def _withdraw(request: HttpRequest, mine: LegacyClaim) -> HttpResponse:
    """Gives a sent claim back to its owner; the page of one that was decided in the meantime shows the answer."""
    try:
        claiming.withdraw(mine)
    except MoveNotAllowed:
        messages.info(request, _("Nothing was withdrawn: this is not in review any more"))
    else:
        messages.success(request, _("Withdrawn. You can change the documents and submit them again"))
    return redirect(mine)


def _send(request: HttpRequest, mine: LegacyClaim) -> HttpResponse:
    form = SendClaimForm(request.POST)
    if not form.is_valid():
        return _page(request, mine, form)
    if (lacking := _lacking(mine, form.cleaned_data["words"])) is not None:
        form.add_error(None, lacking)
        return _page(request, mine, form)
    try:
        claiming.send(mine, form.cleaned_data["words"])
    except MoveNotAllowed:  # pressed twice, or a document changed in the meantime
        mine = own_claim(request, mine.reference)
        if not claiming.is_open(mine):
            return redirect(mine)
        words = _("The documents were changed in another window. Check them, then submit")
        form.add_error(None, ValidationError(words, code="papers_changed"))
        return _page(request, mine, form)
    return redirect(mine)


def _lacking(mine: LegacyClaim, words: str) -> ValidationError | None:
    """What has to be done before the claim can be sent with these words."""
    facts = claiming.facts_of(mine, words)
    if not facts["papers_ready"]:
        waiting = any(paper.document.is_checking for paper in claiming.papers_of(mine))
        said = (
            _("A picture is still being checked: try again in a moment")
            if waiting
            else _("Upload at least one document, and replace any that failed the check")
        )
        return ValidationError(said, code="papers_missing")
    if mine.state == states.DECLINED and not facts["changed"]:
        said = _("Nothing has changed since the answer: replace or add a document, or write what we should know")
        return ValidationError(said, code="claim_unchanged")
    return None


def _paper(request: HttpRequest, mine: LegacyClaim) -> HttpResponse:
    side = request.GET.get("side", "1")
    if not (side.isascii() and side.isdecimal()) or not 1 <= int(side) <= claiming.SIDES:
        raise Http404
    if "remove" in request.POST:
        try:
            claiming.remove(mine, side=int(side), seen=request.POST["remove"])
        except claiming.PictureReplaced:
            messages.warning(request, REPLACED)
        return redirect(mine)
    try:
        claiming.upload(mine, side=int(side), file=file_of(request))
    except UploadRefused as refused:
        say_words(request, f"{REFUSED}{side}", refused.message)
        return _page(request, mine)
    return redirect(mine)


def _page(request: HttpRequest, mine: LegacyClaim, form: SendClaimForm | None = None) -> HttpResponse:
    ever = list(mine.papers.select_related("document", "claim"))
    papers = {paper.side: paper for paper in ever if paper.retired_at is None}
    shown = min(max(papers, default=0) + 1, claiming.SIDES) if claiming.is_open(mine) else max(papers, default=0)
    is_reset, domain = claiming.is_reset(mine.record), display_domain(mine.record.domain)
    words = claim_words(is_reset=is_reset)
    form = form or SendClaimForm(initial={"words": mine.words})
    titles = paper_titles(is_individual=is_of_individual(mine.record))
    sides = [
        _slot(mine, side, title, papers.get(side), ever, said_words(request, f"{REFUSED}{side}"))
        for side, title in enumerate(titles[:shown], 1)
    ]
    lacking = [side for side in sides if side["state"] in LACKING and (not papers or side["state"] != "empty")]
    context = {
        "claim": mine,
        "title": str(words.of_domain) % {"domain": domain},
        "heading": format_html(str(words.of_domain) % {"domain": "{}"}, zh(domain)),
        "state": mark_of(_said_of(mine), mine.state),
        "sentence": _sentence(mine),
        "notices": _why_declined(mine),
        "asked": [PAPERS_ASKED] if claiming.is_open(mine) else [],
        "sides": [{**side, "is_quiet": side not in lacking[:1]} for side in sides],
        "form": form,
        "next": _next(mine, form, words, is_quiet=bool(lacking)),
        "back_url": reverse("import-reset" if is_reset else "claim"),
    }
    return draw(request, "filings/claim_page.html", context, at=mine.get_absolute_url())


def _why_declined(mine: LegacyClaim) -> list[Notice]:
    if mine.state != states.DECLINED:
        return []
    answer = html_for(claiming.answer_of(mine), "zh" if reads_chinese() else "en")
    return [Notice("turn", _("Why it was not accepted"), (linebreaksbr(answer),))]


@dataclass(frozen=True, slots=True)
class Send(Panel):
    """The claim goes to a reviewer."""

    template: ClassVar[str] = "filings/claim_send.html"
    form: SendClaimForm
    label: Words
    is_quiet: bool  # whether a document has to be uploaded first


@dataclass(frozen=True, slots=True)
class OpenImport(Panel):
    """The claim was accepted and opens the old account."""

    template: ClassVar[str] = "filings/claim_import.html"


@dataclass(frozen=True, slots=True)
class Withdraw(Panel):
    """The claim waits for a reviewer, and can be withdrawn."""

    template: ClassVar[str] = "filings/claim_withdraw.html"
    label: Words


@dataclass(frozen=True, slots=True)
class WayBack(Panel):
    """Nothing to do here."""

    template: ClassVar[str] = "filings/claim_back.html"


def _next(mine: LegacyClaim, form: SendClaimForm, words: ClaimWords, *, is_quiet: bool) -> Panel:
    """The panel with the reader's next action."""
    if claiming.is_open(mine):
        return Send(form, words.send, is_quiet)
    if mine.state == states.SENT:
        return Withdraw(words.withdraw)
    can_import = mine.state == states.ACCEPTED and mine.account is not None
    return OpenImport() if can_import else WayBack()


def _slot(
    mine: LegacyClaim,
    side: int,
    title: Words,
    paper: LegacyClaimPaper | None,
    ever: list[LegacyClaimPaper],
    reason: str,
) -> DrawnSlot:
    """The arguments of `partials/slot.html` for one document; `ever` are all that the claim has had."""
    url = f"{mine.get_absolute_url()}?side={side}"
    is_ready = paper is not None and paper.document.is_ready
    reason = reason or (str(replacements.refused_since(paper, ever)) if paper is not None else "")
    drawn: DrawnSlot = {
        **no_details(),
        "key": f"paper-{side}",
        "title": title,
        "hint": _("Photograph the original lying flat, with all four corners visible and no glare"),
        "drawing": "papers",
        "state": "again" if reason and not is_ready else paper.document.state if paper else "empty",
        "reason": reason or (reason_of(paper.document) if paper else ""),
        "poll_url": mine.get_absolute_url(),
        "refresh_url": mine.get_absolute_url(),
    }
    if paper is not None and is_ready:
        picture = reverse("claim-paper", args=[mine.reference, paper.document.reference])
        drawn["preview_url"] = f"{picture}?preview=1"
        drawn["facts"] = f"{paper.document.width} × {paper.document.height}"
        drawn["reason"] = KEPT % {"reason": reason} if reason else ""
    if claiming.is_open(mine):
        drawn["form"], drawn["form_url"] = UploadForm(key=f"paper_{side}"), url
        if paper is not None:
            drawn["actions"] = [_remove(url, title, paper, replaces_held=replacements.replaces_held(paper, ever))]
    return drawn


def _remove(url: str, title: Words, paper: LegacyClaimPaper, *, replaces_held: bool) -> SlotAction:
    remove: SlotAction = {
        "label": _("Remove"),
        "url": url,
        "post": True,
        "name": "remove",
        "value": paper.document.reference,  # another window may have sent a newer picture
        "kind": "link",
        "icon": "trash",
        "about": title,
    }
    if replaces_held:
        remove |= {"label": _("Restore the earlier picture"), "icon": "return"}
    return remove


@signed_in_required
@require_safe
def paper(request: HttpRequest, reference: str, document: str) -> HttpResponseBase:
    """Serves a picture of one's own claim."""
    papers = LegacyClaimPaper.objects.select_related("document").filter(claim__owner=account_of(request))
    found = get_object_or_404(papers, claim__reference=reference, document__reference=document)
    return picture_response(request, found)


def picture_response(request: HttpRequest, paper: LegacyClaimPaper) -> HttpResponseBase:
    """The response with the picture; 404 while there is nothing to show."""
    try:
        return file_access.response(paper.document, preview="preview" in request.GET)
    except file_access.NotReady as missing:
        raise Http404 from missing
