"""Reads of requests: the open one about a thing, those waiting for somebody, and who could answer."""

from collections.abc import Iterable

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q, QuerySet, prefetch_related_objects

from icpportal.accounts.models import User
from icpportal.accounts.staff.invitations import begun_condition
from icpportal.approvals.models import KINDS, OF_ACCOUNTS, ApprovalRequest

OPEN, KNOWN_FOR = "approvals.open", 10  # seconds; every page of the desk asks
MOST_KNOWN = 200  # above it, keys are not cached and each page queries its own
ANY, ALONE = "*", "alone"  # in the cache: "keys not listed", and "requests that nobody else can answer"


def has_colleague(permission: str, others: Iterable[str]) -> bool:
    """Whether anybody whose work has begun, except these (keys), has the permission, by a role or directly."""
    app, _dot, codename = permission.partition(".")
    by_role = Q(groups__permissions__content_type__app_label=app, groups__permissions__codename=codename)
    directly = Q(user_permissions__content_type__app_label=app, user_permissions__codename=codename)
    holders = User.objects.filter(by_role | directly, begun_condition(), is_active=True)
    return holders.exclude(pk__in=list(others)).exists()


def open_request(kind: str, key: object) -> ApprovalRequest | None:
    """The open request about this thing."""
    found = ApprovalRequest.objects.filter(kind=kind, key=str(key), outcome="")
    return found.select_related("asked_by", "owner").first()


def request_to_show(kind: str, key: object) -> ApprovalRequest | None:
    """The same for a page, mostly without a query; never decide anything by it."""
    known = _open_keys()
    return open_request(kind, key) if ANY in known or f"{kind} {key}" in known else None


def is_any_open() -> bool:
    """Whether any request is open: for lists and notices, mostly without a query."""
    return bool(_open_keys())


def _open_keys() -> list[str]:
    """The keys of open requests; cached for ten seconds, or until one is made or ended."""
    return cache.get_or_set(OPEN, _read_open_keys, KNOWN_FOR) or []


def _read_open_keys() -> list[str]:
    rows = ApprovalRequest.objects.filter(outcome="").values_list("kind", "key", "alone_at")[: MOST_KNOWN + 1]
    if len(rows) > MOST_KNOWN:
        return [ANY, ALONE]
    alone = [ALONE] if any(alone_at for _kind, _key, alone_at in rows) else []
    return [*(f"{kind} {key}" for kind, key, _alone_at in rows), *alone]


def forget_open() -> None:
    """Clears the cached keys, now and after the commit."""
    cache.delete(OPEN)
    transaction.on_commit(lambda: cache.delete(OPEN))


def open_requests(user: User, most: int) -> list[ApprovalRequest]:
    """The oldest open requests this person may ask and answer; of kinds with their own list, only one's own."""
    held = [name for name, kind in KINDS.items() if user.has_perm(kind.permission)]
    listed = [name for name in held if KINDS[name].has_page]
    wanted = Q(kind__in=[name for name in held if name not in listed]) | Q(kind__in=listed, asked_by=user)
    if not (held and is_any_open()):
        return []
    found = ApprovalRequest.objects.filter(wanted, outcome="").select_related("asked_by").order_by("asked_at")
    return with_owners(found[:most])


def with_owners(requests: Iterable[ApprovalRequest]) -> list[ApprovalRequest]:
    """These, with the accounts of those that name one: an order's owner is not shown, and each would be looked up."""
    read = list(requests)
    prefetch_related_objects([each for each in read if each.kind in OF_ACCOUNTS], "owner")
    return read


def lone_requests(most: int) -> Iterable[ApprovalRequest]:
    """What somebody is about to do without a second person."""
    if ALONE not in _open_keys():
        return []
    found = ApprovalRequest.objects.filter(outcome="", alone_at__isnull=False).select_related("asked_by", "owner")
    return found.defer("owner__mobile").order_by("asked_at")[:most]


def requests_of(key: object, *kinds: str) -> QuerySet[ApprovalRequest]:
    """Every request of these kinds about this thing."""
    return ApprovalRequest.objects.filter(kind__in=kinds, key=str(key)).select_related("asked_by", "answered_by")
