"""The section of help and the legal terms for each page."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch

from icpportal.pages.help.glossary import BY_KEY, GlossaryEntry
from icpportal.paths import path


@dataclass(frozen=True)
class Topic:
    """A row: pages by URL name, their section of help, and their terms by key."""

    pages: tuple[str, ...]
    part: str
    words: tuple[str, ...] = ()
    step: str = ""  # for pages of the wizard, which share one URL name


TOPICS = (
    Topic(("verify-type", "order-type", "objection"), "answer-filing-type", ("subject", "filing", "access")),
    Topic(("verify-type-outcome", "gates-passed"), "way", ("transfer", "current-provider")),
    Topic(("step",), "answer-service-code", ("service-code", "provider"), "service_code"),
    Topic(("step",), "answer-password", ("filing-password", "filing-number", "ministry-site"), "filing_password"),
    Topic(("password-forgotten",), "answer-password", ("filing-password", "ministry-site")),
    Topic(("people",), "answer-details", ("subject-lead", "administrator")),
    Topic(("step",), "answer-details", ("subject", "subject-lead"), "subject"),
    Topic(("step",), "answer-details", ("administrator", "phone-verification"), "administrator"),
    Topic(("step",), "answer-details", ("website", "domain-verification", "prior-approval"), "website"),
    Topic(("documents", "slot"), "answer-uploading", ("statement", "domain-certificate")),
    Topic(("check", "sent"), "answer-submitting", ("authority",)),
    Topic(("photo", "photo-place"), "answer-photo", ("administrator", "backdrop", "designated-place")),
    Topic(("backdrop",), "answer-photo", ("backdrop",)),
    Topic(("phones", "phones-lost"), "answer-phones", ("phone-verification", "ministry-site")),
    Topic(("order",), "answer-result", ("authority", "public-security")),
    Topic(
        ("cancel-consequences", "cancel-code", "cancel-password", "cancel-confirm"),
        "answer-leaving",
        ("cancel-transfer", "access"),
    ),
    Topic(("another", "another-of"), "answer-another-website", ("transfer-another", "subject")),
    Topic(("import", "import-find", "import-page", "import-reset", "claim"), "answer-old-platform", ("filing-number",)),
    Topic(("service-codes", "service-code-apply"), "answer-service-code", ("service-code",)),
)
BY_PAGE = {(page, topic.step): topic for topic in TOPICS for page in topic.pages}


@dataclass(frozen=True, slots=True)
class PageHelp:
    """The help that a page offers below its content: a section, and terms."""

    url: str
    words: list[GlossaryEntry]


def help_of(request: HttpRequest | None) -> PageHelp | None:
    """The help for the requested page; None where there is no section for it."""
    match = request.resolver_match if request is not None else None
    topic = BY_PAGE.get((match.view_name, match.kwargs.get("step", ""))) if match else None
    return PageHelp(address_of(topic.part), [BY_KEY[key] for key in topic.words]) if topic else None


def address_of(part: str) -> str:
    """The URL of a section of help; "" where there is no help."""
    try:
        return f"{path('help')}#{part}"
    except NoReverseMatch:
        return ""
