"""The search box at the head of every page of the desk, for those who may search."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from icpportal.accounts.models import User


@dataclass(frozen=True, slots=True)
class SearchBox:
    """What `admin/search_box.html` draws."""

    url: str
    words: str = ""  # what was typed, on the page that answers it


def may_open(reader: User | AnonymousUser) -> bool:
    """Reviewers and leads: what they find opens as a case."""
    return reader.has_perm("transfers.review_order")


def may_search(reader: User | AnonymousUser) -> bool:
    """They, and auditors, whom what they find leads to its log."""
    return may_open(reader) or reader.has_perm("privacy.view_accessnote")


def box_of(reader: User | AnonymousUser, words: str = "") -> SearchBox | None:
    """The box for this reader; none for those who cannot search."""
    return SearchBox(reverse("admin:transfers_order_search"), words) if may_search(reader) else None
