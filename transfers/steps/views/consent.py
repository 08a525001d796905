"""The website administrator's consent: the applicant texts a link, the person answers on their own phone."""

from dataclasses import dataclass
from typing import ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CharField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from icpportal.accounts.guards import confirmed_required
from icpportal.codes.errors import not_sent
from icpportal.codes.refusals import NotSent
from icpportal.codes.shares import Requester
from icpportal.database.prepared import CompiledQuery
from icpportal.fields.client import client_address
from icpportal.fields.domains import display_domain
from icpportal.fields.types import Words
from icpportal.privacy.masks import mask_name
from icpportal.wizard.storage import keep
from transfers.models import Order
from transfers.orders.people import ADMINISTRATOR, administrator, language_of
from transfers.pages import stages
from transfers.pages.frame import Page, PageInOrder, frame, render_page
from transfers.pages.permissions import leave_closed, own_order
from transfers.rights import consents as rights
from transfers.steps import consent
from verification import consents
from verification.models import ConsentRequest
from verification.phones import consent_links

# the consequences of a withdrawal, for somebody without an account here
WITHDRAWN_HERE: dict[str, Words] = {
    rights.CLOSES: _("The filing stops, and the pictures of your document are deleted. The applicant is told."),
    rights.WAITS: _(
        "The authority has the filing already, and what was sent there cannot be called back. We record your withdrawal"
        " and tell the applicant. Unless the filing is approved, we delete the pictures when it ends."
    ),
    rights.CHANGES_NOTHING: _(
        "The filing was approved. We keep its pictures only as long as the privacy page says. We record your"
        " withdrawal, and the pictures are used for nothing else."
    ),
    rights.PICTURES_GO: _("The filing was not made. The pictures of your document that are still here are deleted."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentPage(PageInOrder):
    """The state of the administrator's consent, and the ways to get it."""

    template: ClassVar[str] = "transfers/steps/consent.html"
    standing: consent.ConsentStatus
    problem: Words
    letter_url: str
    change_url: str
    back_url: str


class AskedForm(forms.Form):
    """Both consents of the person, one box each, never ticked in advance."""

    role = forms.BooleanField(
        label=_("I agree to be the website administrator"),
        error_messages={"required": _("Tick the box to agree to be administrator, or say that you do not agree")},
    )
    pictures = forms.BooleanField(
        label=consents.TEXTS[consents.CURRENT].label,
        help_text=consents.TEXTS[consents.CURRENT].explanation,
        error_messages={"required": _("Tick the box to agree to the use of pictures, or say that you do not agree")},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPage(Page):
    """What the person reads on the phone; without a question the link has ended, or was answered as `said`."""

    template: ClassVar[str] = "transfers/steps/consent_asked.html"
    domain: str = ""
    subject: str = ""
    name: str = ""
    form: AskedForm | None = None
    said: str = ""
    has_agreed: bool = False
    has_withdrawn: bool = False
    follows: Words = ""  # the consequences of a withdrawal, while one is possible


@confirmed_required
def ask(request: HttpRequest, reference: str) -> HttpResponse:
    """Texts the link, also again; or records that the person signs on paper."""
    order = own_order(request, reference)
    if not order.is_editable:
        return leave_closed(request, order)
    found = consent.consent_status(order)
    if found is None:
        raise Http404
    if request.method == "POST" and consent.PAPER in request.POST:
        keep(order, consent.ANSWER, {consent.WAY: consent.PAPER})
        return redirect("people", order.reference)
    problem = _send(request, order) if request.method == "POST" else None
    if request.method == "POST" and problem is None:
        return redirect("people", order.reference)
    page = ConsentPage(
        frame=frame(order, stages.ADMINISTRATORS),
        standing=found,
        problem=" ".join(problem.messages) if problem else "",
        letter_url=reverse("slot", args=[order.reference, consent.LETTER]),
        change_url=reverse("step", args=[order.reference, "administrator"]),
        back_url=reverse("people", args=[order.reference]),
    )
    return render_page(request, page)


def _send(request: HttpRequest, order: Order) -> ValidationError | None:
    person = administrator(order)
    try:
        with transaction.atomic():  # who signs on paper does so until a link was texted
            consent_links.ask(
                holder=order.reference,
                person_key=person.key,
                mobile=person.mobile,
                language=language_of(order, name=person.name, mobile=person.mobile),
                link=_address_of,
                context={"domain": order.domain},
                requester=Requester(client_address(request), str(order.owner_id)),
            )
            if consent.is_on_paper(order):
                keep(order, consent.ANSWER, {})
    except NotSent as refused:
        return not_sent(refused)
    return None


def _address_of(token: str) -> str:
    return settings.PUBLIC_BASE_URL.rstrip("/") + reverse("consent-asked", args=[token])


OF_REQUEST = CompiledQuery(
    lambda reference: Order.objects.filter(reference=reference).select_related("owner").order_by(),
    reference=CharField(),
)


@never_cache
def consent_question(request: HttpRequest, token: str) -> HttpResponse:
    """Opened on the person's own phone without an account: GET shows the question, POST answers it once."""
    found = consent_links.open_request(token)
    order = OF_REQUEST.first(reference=found.holder) if found else None
    if found is None or order is None or not _still_asked(order):
        return _answer_page(request, token)
    says_no = "no" in request.POST
    form = AskedForm(request.POST if request.method == "POST" and not says_no else None)
    if says_no or form.is_valid():
        reply = consent_links.DECLINED if says_no else consent_links.AGREED
        consent.answer(order, token, reply, language=get_language() or "", client=client_address(request))
        return redirect("consent-asked", token)
    page = AskedPage(
        domain=display_domain(order.domain),
        subject=mask_name(str(order.answer("type").get("name") or "")),
        name=mask_name(administrator(order).name),
        form=form,
    )
    return render_page(request, page)


def _answer_page(request: HttpRequest, token: str) -> HttpResponse:
    """Shows the answer; a person who agreed can withdraw there, as easily as they agreed."""
    found = consent_links.answered_request(token)
    order = OF_REQUEST.first(reference=found.holder) if found else None
    if found is None or order is None:
        return render_page(request, AskedPage(), status=404)
    if request.method == "POST" and "take_back" in request.POST and found.answer == consent_links.AGREED:
        if _is_still_named(order, found):
            rights.withdraw(order, ADMINISTRATOR, actor=None, on_own_phone=True)
        return redirect("consent-asked", token)
    has_agreed = found.answer == consent_links.AGREED
    page = AskedPage(
        said=found.answer,
        has_agreed=has_agreed,
        has_withdrawn=found.answer == consent_links.WITHDRAWN,
        follows=WITHDRAWN_HERE[rights.effect(order)] if has_agreed and _is_still_named(order, found) else "",
    )
    return render_page(request, page)


def _is_still_named(order: Order, asked_for: ConsentRequest) -> bool:
    """Whether the order's consent in force is this very person's."""
    given = rights.consent_in_force(order, ADMINISTRATOR)
    return given is not None and administrator(order).key == asked_for.person_key


def _still_asked(order: Order) -> bool:
    """Whether the question is still about this person and this phone."""
    found = consent.consent_status(order)
    return found is not None and found.state == consent.WAITING
