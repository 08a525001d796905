"""The public pages for search engines, each with a description; all other pages are private."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import split_domain_port
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from icpportal.fields.types import Words

# pages by URL name
DESCRIPTIONS: dict[str, Words] = {
    "start": _(
        "Add %(provider)s to an ICP filing that exists with another provider: what you need, how long it takes, and "
        "where to begin."
    ),
    "help": _("How the transfer of an ICP filing works, step by step, with answers and every legal term explained."),
    "rules": _("What the communications administration of each of the 31 provinces requires for an ICP filing."),
    "rules-province": _("What the authority of this province requires for an ICP filing, with the sources."),
    "privacy": _("Which personal data an ICP filing needs, how they are stored, for how long, and who sees them."),
    "terms": _("The terms under which %(provider)s adds itself to your ICP filing."),
    "account_login": _("Sign in to transfer an ICP filing to %(provider)s, or to see how far it has come."),
    "account_signup": _("Create an account to transfer ICP filings to %(provider)s. It is free."),
}
NOT_FOR_ROBOTS = (
    *("/account/", "/admin/", "/by-phone/", "/codes/", "/consent/", "/demo/", "/documents/", "/drafts/", "/filings/"),
    *("/import/", "/messages/", "/phone/", "/regions/", "/transfers/"),
)
ALLOWED = ("/account/login/", "/account/signup/", "/account/terms/")


def description_of(request: HttpRequest | None, provider: Words) -> str:
    """The description of a public page; "" for others, and for search results."""
    match = request.resolver_match if request is not None else None
    if request is None or match is None or "q" in request.GET:
        return ""
    sentence = DESCRIPTIONS.get(match.view_name)
    return str(sentence) % {"provider": provider} if sentence else ""


def robots(request: HttpRequest) -> HttpResponse:
    """`robots.txt`: a demo and the host of staff disallow everything, a portal allows its public pages."""
    is_closed = settings.DEMO or split_domain_port(request.get_host())[0] == settings.STAFF_HOST
    closed = ["Disallow: /"] if is_closed else [f"Disallow: {path}" for path in NOT_FOR_ROBOTS]
    opened = [] if is_closed else [f"Allow: {path}" for path in ALLOWED]
    return HttpResponse("\n".join(["User-agent: *", *opened, *closed, ""]), content_type="text/plain; charset=utf-8")


def icon(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- a view
    """`favicon.ico`: leads what knows no page, such as a bookmark, to the icon that pages name."""
    return HttpResponseRedirect(static("img/seal.svg"))
