"""Reads requests: the open one of a thing, those that wait for somebody, and who could answer."""

from collections.abc import Iterable

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q, QuerySet

from icpportal.accounts.models import User
from icpportal.approvals.models import KINDS, ApprovalRequest

ANY_OPEN, KNOWN_FOR = "approvals.open", 10  # seconds; every page of the desk asks


def has_colleague(permission: str, others: Iterable[str]) -> bool:
    """Whether anybody but these (keys of people) holds the permission by a role or directly."""
    app, _dot, codename = permission.partition(".")
    by_role = Q(groups__permissions__content_type__app_label=app, groups__permissions__codename=codename)
    directly = Q(user_permissions__content_type__app_label=app, user_permissions__codename=codename)
    holders = User.objects.filter(by_role | directly, is_active=True)
    return holders.exclude(pk__in=list(others)).exists()


def open_request(kind: str, key: object) -> ApprovalRequest | None:
    """The request about this thing that waits for its answer."""
    found = ApprovalRequest.objects.filter(kind=kind, key=str(key), outcome="")
    return found.select_related("asked_by", "owner").first()


def is_any_open() -> bool:
    """Whether any request waits: for lists and notices, which mostly have none to read."""
    return bool(cache.get_or_set(ANY_OPEN, lambda: int(ApprovalRequest.objects.filter(outcome="").exists()), KNOWN_FOR))


def forget_open() -> None:
    """A request was made or ended: every page reads anew, at once and when the others can see it too."""
    cache.delete(ANY_OPEN)
    transaction.on_commit(lambda: cache.delete(ANY_OPEN))


def open_requests(user: User, most: int) -> list[ApprovalRequest]:
    """The oldest open requests that this person may ask and answer; of those with a list of their own, one's own."""
    held = [name for name, kind in KINDS.items() if user.has_perm(kind.permission)]
    listed = [name for name in held if KINDS[name].has_page]
    wanted = Q(kind__in=[name for name in held if name not in listed]) | Q(kind__in=listed, asked_by=user)
    found = ApprovalRequest.objects.filter(wanted, outcome="").select_related("asked_by")
    return list(found.order_by("asked_at")[:most]) if held and is_any_open() else []


def lone_requests(most: int) -> Iterable[ApprovalRequest]:
    """What somebody is about to do without a second person."""
    if not is_any_open():
        return []
    found = ApprovalRequest.objects.filter(outcome="", alone_at__isnull=False).select_related("asked_by")
    return found.order_by("asked_at")[:most]


def requests_of(kind: str, key: object) -> QuerySet[ApprovalRequest]:
    """Every request about this thing."""
    return ApprovalRequest.objects.filter(kind=kind, key=str(key)).select_related("asked_by", "answered_by")
