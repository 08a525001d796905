"""Head and foot of a page as HTML, built once a process for each kind of reader and cached.

The cached HTML contains nothing of one reader: the page's URL, the unread count, an order's reference and the CSRF
token are gaps that each page fills.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString

from icpportal.kept_html.gaps import KeptHtml, gap
from icpportal.pages.header import Reader, header

KEPT = 512  # two languages, three readers, three themes, six places, with and without a draft


@dataclass(frozen=True, slots=True)
class Head:
    """Everything that determines the head of a page, apart from gaps."""

    language: str
    reader: Reader
    place: str
    theme: str
    can_post: bool
    takes_draft: bool
    provider: str
    demo: bool
    addresses: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Foot:
    """Everything that determines the foot of a page, apart from gaps."""

    language: str
    hotline: str
    hours: str
    is_of_order: bool
    addresses: tuple[str, str]


@lru_cache(KEPT)
def head(key: Head) -> KeptHtml:
    """The header, with gaps."""
    facts = {
        "head": header(key.reader, key.place, key.theme, can_post=key.can_post),
        "page_draft": {"names": ["any"] if key.takes_draft else []},
        "provider_name": key.provider,
        "demo": key.demo,
        "csrf_token": "" if key.reader is Reader.VISITOR else gap("token"),
        "page_address": gap("address"),
        "unread": gap("unread"),
    }
    return _drawn("partials/header.html", facts, key.language)


@lru_cache(KEPT)
def foot(key: Foot) -> KeptHtml:
    """Help line and standing pages, in the same way."""
    facts = {
        "provider_hotline": SafeString(key.hotline),
        "provider_hours": key.hours,
        "reference": gap("reference") if key.is_of_order else "",
    }
    return _drawn("partials/footer.html", facts, key.language)


@lru_cache(KEPT)
def unread(language: str, number: str) -> SafeString:
    """The count beside the bell; "" for none."""
    with translation.override(language):
        found = {"number": int(number)}
        return SafeString(render_to_string("partials/unread.html", found) if found["number"] else "")


def _drawn(template: str, facts: Mapping[str, object], language: str) -> KeptHtml:
    with translation.override(language):
        return KeptHtml(render_to_string(template, dict(facts)))
