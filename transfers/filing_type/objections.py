"""Objects to an open order of somebody else (提交证明): the form, and the page of an objection."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from icpportal.accounts.guards import account_of, confirmed_required
from icpportal.desk.own_words import EN, ZH, html_for
from icpportal.fields.domains import display_domain
from icpportal.fields.fields import PlainTextField
from icpportal.fields.language_marks import reads_chinese
from icpportal.fields.types import Words
from transfers.models import Objection
from transfers.objections.results import result_of
from transfers.pages.frame import Page, render_page


class ObjectionForm(forms.Form):
    """Why the domain or document is yours; a reviewer reads it and calls you."""

    words = PlainTextField(
        label=_("Why this domain or document is yours"),
        help_text=_(
            "For example: who holds the domain, since when, and who to call. We will ask for documents afterwards"
        ),
        max_length=500,
        lines=True,
        widget=forms.Textarea(attrs={"rows": 5, "data-counter": "500"}),
    ).called(_("reason"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionPage(Page):
    """What was written, and the answer once there is one."""

    template: ClassVar[str] = "transfers/filing_type/objection_page.html"
    domain: str
    words: str
    at: datetime
    results: list[Words]
    answers: list[SafeString]
    closed_at: datetime | None


@confirmed_required
@require_safe
def objection_page(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows one's own objection and its answer; 404 for anyone else's."""
    objection = get_object_or_404(Objection, owner=account_of(request), reference=reference)
    result = result_of(objection.result)
    looking = gettext("We look into it, call you where something is unclear, and tell you the result")
    language = ZH if reads_chinese() else EN
    page = ObjectionPage(
        domain=display_domain(objection.domain),
        words=objection.words,
        at=objection.created_at,
        results=[looking] if objection.closed_at is None else [result.told] if result else [],
        answers=[html_for(objection.answers, language)] if objection.answers else [],
        closed_at=objection.closed_at,
    )
    return render_page(request, page)
