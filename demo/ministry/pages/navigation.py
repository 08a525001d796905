"""The pages of the authority, at the head of each."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.fields.types import Words

# the page, its label, other pages under the same tab
PAGES = (
    ("simulator-desk", pgettext_lazy("authority", "Reports"), ("simulator-faults", "simulator-put")),
    ("simulator-record", _("On file"), ()),
    ("simulator-traffic", _("Files and calls"), ()),
    ("simulator-codes", _("Page for codes"), ()),
)


@dataclass(frozen=True, slots=True)
class AuthorityPage:
    """One page, and whether it is the current one."""

    label: Words
    url: str
    is_here: bool


def authority_pages(request: HttpRequest) -> dict[str, list[AuthorityPage]]:
    """The pages for the head of every page."""
    now = request.resolver_match.view_name if request.resolver_match else ""
    return {
        "authority_pages": [
            AuthorityPage(words, reverse(name), now in (name, *others)) for name, words, others in PAGES
        ]
    }
