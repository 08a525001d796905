"""Finds a forgotten old account by a filed domain and a text message; reveals nothing before the code is right."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from filings.legacy_import.account_proof import Why, refusal
from filings.legacy_import.claims import account_lookup
from filings.legacy_import.views.forms import FindCodeForm, FindForm
from filings.models import LegacyAccount
from icpportal.accounts.guards import account_of, confirmed_required
from icpportal.accounts.models import User
from icpportal.codes import limits
from icpportal.drafts.pages import added_message, draw, fill, say
from icpportal.fields.client import client_address

SENT, ACCOUNT = "sent", "account"


@confirmed_required
@never_cache
def find(request: HttpRequest) -> HttpResponse:
    """First asks for the domain, then for the code, both on one page, so that neither is in a URL or a session.

    The progress is kept sealed in the draft of the page, for minutes.
    """
    posted = request.method == "POST"
    form = FindForm(request.POST if posted else None)
    code_form: FindCodeForm | None = None
    if posted and form.is_valid():
        domain = form.cleaned_data["domain"]
        if "code" in request.POST:
            code_form = FindCodeForm(request.POST)
            account = _account_of_code(account_of(request), domain, code_form)
            say(request, ACCOUNT, str(account) if account else "")
            say(request, SENT, value=True)
        elif _send_code(request, domain, form):
            say(request, SENT, value=True)
    elif added_message(request, SENT):
        fill(request, form)
        code_form = FindCodeForm()
    context: dict[str, object] = {
        "form": form,
        "code_form": code_form,
        "forms": [code_form or form],
        "domain": _domain_of(form) if code_form else "",
        "account": added_message(request, ACCOUNT) or "",
        "back_url": reverse("import"),
    }
    return draw(request, "filings/import_find.html", context)


def _domain_of(form: FindForm) -> str:
    """The domain of what was typed, which may be a whole address."""
    typed: str = form["domain"].value() or ""
    try:
        return str(form.fields["domain"].clean(typed))
    except ValidationError:
        return typed


def _send_code(request: HttpRequest, domain: str, form: FindForm) -> bool:
    owner = account_of(request)
    for name, key in (("import_find", str(owner.pk)), ("import_find_domain", domain)):
        allowed = limits.consume(name, key)
        if not allowed.ok:
            form.add_error(None, refusal(Why.TOO_MANY, allowed.until))
            return False
    account_lookup.send(owner, domain, client=client_address(request))
    return True


def _account_of_code(owner: User, domain: str, form: FindCodeForm) -> LegacyAccount | None:
    if not form.is_valid():
        return None
    allowed = limits.consume("import_find_code", str(owner.pk))
    if not allowed.ok:
        form.add_error(None, refusal(Why.TOO_MANY, allowed.until))
        return None
    account = account_lookup.enter(owner, domain, form.cleaned_data["code"])
    if account is None:
        words = _("The code is wrong or has expired: check it, or send a new one")
        form.add_error("code", ValidationError(words, code="find_code"))
    return account
