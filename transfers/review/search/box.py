"""The search box at the head of every page of the desk, for those who may search."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from icpportal.accounts.models import User


@dataclass(frozen=True, slots=True)
class SearchBox:
    """What `admin/search_box.html` draws."""

    url: str
    words: str = ""  # what was typed, on the page of results


def may_open(reader: User | AnonymousUser) -> bool:
    """Whether what is found opens as a case: for reviewers and leads."""
    return reader.has_perm("transfers.review_order")


def may_search(reader: User | AnonymousUser) -> bool:
    """Whether the account may search: reviewers, leads, and auditors, for whom results lead to the log."""
    return may_open(reader) or reader.has_perm("privacy.view_accessnote")


def box_of(reader: User | AnonymousUser, words: str = "") -> SearchBox | None:
    """The box for this reader; None if they may not search."""
    return SearchBox(reverse("admin:transfers_order_search"), words) if may_search(reader) else None
