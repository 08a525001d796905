"""The catalogue of reasons: leads write and publish, reviewers read."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from icpportal.accounts.guards import account_of
from icpportal.accounts.models import User
from icpportal.approvals import actions as approvals
from icpportal.approvals.actions import RequestRefused
from icpportal.approvals.models import REASON
from icpportal.approvals.queries import request_to_show
from icpportal.approvals.words import asked_for
from icpportal.desk.pages import draw
from icpportal.fields.types import Words
from icpportal.privacy.actions import REVIEW, note_access_by
from transfers.models import FieldVerdict, Order, ReasonVersion, ReturnReason
from transfers.review import actions as review
from transfers.review.cases.decision.letters import Preview, previews
from transfers.review.cases.parts.parts import parts_of
from transfers.review.reasons import publication
from transfers.review.reasons.blanks import BLANKS
from transfers.review.reasons.pages.forms import AskForm, TryForm, VersionForm, initial_of
from transfers.review.reasons.pages.page import ReasonsPage, item, matching_reasons, versions_of_all
from transfers.review.reasons.queries import fit, holds_in
from transfers.review.search import spellings
from transfers.review.staff import is_lead

REVIEWS = "transfers.review_order"
ANSWERS: dict[str, tuple[Callable[..., None], Words]] = {
    "allow_request": (approvals.allow, gettext_lazy("Published")),
    "decline_request": (approvals.decline, gettext_lazy("Sent back: the draft stays as it is")),
    "withdraw_request": (approvals.withdraw, gettext_lazy("Your request is withdrawn")),
}
KEY_LONGEST = 40


def reasons(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Lists every reason, with a search."""
    user = _reader(request)
    page = ReasonsPage(
        title=_("Reasons for returning"),
        listed=matching_reasons(versions_of_all(), request.GET.get("q", ""), ""),
        asked_for=request.GET.get("q", ""),
        can_write=is_lead(user),
    )
    return draw(request, site, page)


def new_reason(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Creates a reason that is not in the catalogue yet, as a draft."""
    user = _lead(request)
    form = VersionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            words = form.columns()
            copied = {name: words[name] for name in publication.COPIED}
            reason = ReturnReason.objects.create(key=_key(form.cleaned_data["short_en"]), active=False, **copied)
            publication.write(reason, user, words)
        messages.success(request, _("The draft is saved. Nobody is told it before it is published"))
        return redirect("admin:desk_reason", reason.key)
    page = ReasonsPage(
        title=_("New reason"),
        listed=matching_reasons(versions_of_all(), "", ""),
        asked_for="",
        can_write=True,
        form=form,
        blanks=_blanks(),
    )
    return draw(request, site, page)


def reason(request: HttpRequest, site: AdminSite, key: str) -> HttpResponse:
    """Shows one reason: its changes and versions, and to leads the next step of its draft."""
    user, found = _reader(request), get_object_or_404(ReturnReason, key=key)
    if request.method != "POST":
        return _draw(request, site, found)
    _lead(request)
    acts = {"save": _save, "try": _try, "ask": _ask}
    move = request.POST.get("move", "")
    try:
        if move in ANSWERS:
            return _answer_request(request, found, user, *ANSWERS[move])
        if move not in acts:
            raise PermissionDenied
        return acts[move](request, site, found, user)
    except RequestRefused as refused:
        messages.error(request, str(refused.words))
        return redirect("admin:desk_reason", key)


def _save(request: HttpRequest, site: AdminSite, found: ReturnReason, user: User) -> HttpResponse:
    form, seen = VersionForm(request.POST), request.POST.get("seen")
    if not form.is_valid():
        return _draw(request, site, found, form=form, seen=seen)
    try:
        publication.write(found, user, form.columns(), seen=seen)
    except RequestRefused as refused:
        messages.error(request, str(refused.words))
        return _draw(request, site, found, form=form)
    messages.success(request, _("The draft is saved. Nobody is told it before it is published"))
    return redirect("admin:desk_reason", found.key)


def _try(request: HttpRequest, site: AdminSite, found: ReturnReason, user: User) -> HttpResponse:
    """The letter as the applicant of a past case would have read it; the look is noted."""
    form, draft = TryForm(request.POST), publication.draft_of(found)
    if draft is None:
        raise RequestRefused(publication.GONE)
    if not form.is_valid():
        return _draw(request, site, found, try_form=form)
    typed = form.cleaned_data["reference"]
    order = Order.objects.select_related("owner").filter(reference=spellings.reference(typed) or typed).first()
    if order is None:
        form.add_error("reference", _("No order has this number: check it, for example T7Q4-M2KX"))
        return _draw(request, site, found, try_form=form)
    part = _part_for(draft, order)
    if not part or not holds_in(draft, order.province):
        form.add_error("reference", _("No case with a part and a province of this reason: choose another one"))
        return _draw(request, site, found, try_form=form)
    note_access_by(request, what="order", reference=order.reference, reason=REVIEW)
    now = timezone.now()
    letters = previews(order, [review.returned_field(order, part, draft, {}, now=now)], rest_passed=True, now=now)
    publication.record_trial(draft, order.reference)
    return _draw(request, site, found, try_form=form, letters=letters, tried=order.reference)


def _part_for(draft: ReasonVersion, order: Order) -> str:
    """A part of the case that the reason may be given for: one that was returned if possible."""
    returned = FieldVerdict.objects.filter(round__order=order, verdict=FieldVerdict.RETURN).values_list(
        "field", flat=True
    )
    parts = [*returned, *parts_of(order), review.PHOTO]
    return next((part for part in parts if fit(draft, part) < 3), "")


def _ask(request: HttpRequest, site: AdminSite, found: ReturnReason, user: User) -> HttpResponse:
    form, draft = AskForm(request.POST), publication.draft_of(found)
    if draft is None:
        raise RequestRefused(publication.GONE)
    if not form.is_valid():
        return _draw(request, site, found, ask_form=form)
    begins_at: datetime | None = form.cleaned_data["begins_at"]
    if draft.ends_at is not None and draft.ends_at <= (begins_at or timezone.now()):
        form.add_error("begins_at", _("It would end before it begins: change “In force until” in the draft first"))
        return _draw(request, site, found, ask_form=form)
    is_done = publication.ask(draft, user, begins_at)
    asked = _("Nothing is published yet: a second person has to allow it")
    messages.success(request, _("Published") if is_done else asked)
    return redirect("admin:desk_reason", found.key)


def _answer_request(
    request: HttpRequest, found: ReturnReason, user: User, answer: Callable[..., None], done: Words
) -> HttpResponse:
    """Answers the request shown on the page; publishing requires that both languages were read."""
    draft = publication.draft_of(found)
    asked = approvals.request_shown(REASON, draft.pk if draft else "", request.POST.get("request"))
    if request.POST["move"] == "allow_request" and "read" not in request.POST:
        raise RequestRefused(_("Nothing is published yet: read both languages, and say so"))
    answer(asked, actor=user)
    messages.success(request, str(done))
    return redirect("admin:desk_reason", found.key)


def _draw(
    request: HttpRequest,
    site: AdminSite,
    found: ReturnReason,
    *,
    form: VersionForm | None = None,
    seen: str | None = None,
    try_form: TryForm | None = None,
    ask_form: AskForm | None = None,
    letters: Sequence[Preview] = (),
    tried: str = "",
) -> HttpResponse:
    """The page, whichever request draws it."""
    user, everything = account_of(request), versions_of_all()
    versions = everything.get(found.key, [])
    newest = versions[0] if versions else _first_draft(found)
    draft = newest if versions and newest.published_at is None else None
    asked = request_to_show(REASON, draft.pk) if draft else None
    can_write, request_shown = is_lead(user), asked_for(asked, user)
    page = ReasonsPage(
        title=newest.short_zh if request.LANGUAGE_CODE.startswith("zh") else newest.short_en,
        listed=matching_reasons(everything, "", found.key),
        asked_for="",
        item=item(found, versions, asked) if versions else None,
        can_write=can_write,
        has_draft=draft is not None,
        form=form or (VersionForm(initial=initial_of(newest)) if can_write and not asked else None),
        seen=publication.stamp_of(newest if versions else None) if seen is None else seen,
        try_form=(try_form or TryForm(initial={"reference": newest.tried_on})) if can_write and draft else None,
        ask_form=(ask_form or AskForm()) if can_write and draft and draft.tried_on and not asked else None,
        asked=[request_shown] if request_shown else [],
        blanks=_blanks(),
        previews=list(letters),
        tried=tried,
    )
    return draw(request, site, page)


def _first_draft(found: ReturnReason) -> ReasonVersion:
    """The first draft of a reason without versions: its own texts."""
    return ReasonVersion(reason=found, **{name: getattr(found, name) for name in publication.COPIED})


def _blanks() -> list[tuple[str, Words]]:
    """What each placeholder is filled with."""
    return [(f"{{{name}}}", blank.label) for name, blank in BLANKS.items()]


def _key(short_en: str) -> str:
    """A unique key for a new reason."""
    base = slugify(short_en).replace("-", "_")[: KEY_LONGEST - 4] or "reason"
    used_keys = set(ReturnReason.objects.filter(key__startswith=base).values_list("key", flat=True))
    candidates = (base, *(f"{base}_{n}" for n in range(2, len(used_keys) + 2)))
    return next(key for key in candidates if key not in used_keys)


def _reader(request: HttpRequest) -> User:
    if not request.user.has_perm(REVIEWS):
        raise PermissionDenied
    return account_of(request)


def _lead(request: HttpRequest) -> User:
    user = _reader(request)
    if not is_lead(user):
        raise PermissionDenied
    return user
