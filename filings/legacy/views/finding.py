"""Find a forgotten old account by a filed domain and a text message; nothing is told before the code is right."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from filings.legacy import finding
from filings.legacy.forms import FindCodeForm, FindForm
from filings.legacy.refusals import Why, refusal
from filings.models import LegacyAccount
from icpportal.accounts.access import account_of, confirmed_required
from icpportal.codes import limits
from icpportal.entry.client import client_address


@confirmed_required
@never_cache
def find(request: HttpRequest) -> HttpResponse:
    """First the domain, then the code; both stay on this page, so that neither lies in an address or a session."""
    posted = request.method == "POST"
    form = FindForm(request.POST if posted else None)
    code_form: FindCodeForm | None = None
    account: LegacyAccount | None = None
    if posted and form.is_valid():
        domain = form.cleaned_data["domain"]
        if "code" in request.POST:
            code_form = FindCodeForm(request.POST)
            account = _found(account_of(request), domain, code_form)
        elif _sent(request, domain, form):
            code_form = FindCodeForm()
    context = {
        "form": form,
        "code_form": code_form,
        "forms": [code_form or form],
        "domain": form.cleaned_data.get("domain", "") if code_form else "",
        "account": str(account) if account else "",
        "back_url": reverse("import"),
    }
    return render(request, "filings/import_find.html", context)


def _sent(request: HttpRequest, domain: str, form: FindForm) -> bool:
    owner = account_of(request)
    for name, key in (("import_find", str(owner.pk)), ("import_find_domain", domain)):
        allowed = limits.take(name, key)
        if not allowed.ok:
            form.add_error(None, refusal(Why.TOO_MANY, allowed.until))
            return False
    finding.send(owner, domain, client=client_address(request))
    return True


def _found(owner: Any, domain: str, form: FindCodeForm) -> LegacyAccount | None:
    if not form.is_valid():
        return None
    allowed = limits.take("import_find_code", str(owner.pk))
    if not allowed.ok:
        form.add_error(None, refusal(Why.TOO_MANY, allowed.until))
        return None
    account = finding.enter(owner, domain, form.cleaned_data["code"])
    if account is None:
        words = _("The code is not right or no longer good: compare it, or have another one sent")
        form.add_error("code", ValidationError(words, code="find_code"))
    return account
