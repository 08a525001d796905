"""Stores and finds drafts of pages: one for each reader and URL; of what two requests store, the later counts."""

import json
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import IntegrityError
from django.db.models import CharField, DateTimeField
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from icpportal.alarms import portions
from icpportal.codes import limits
from icpportal.database.prepared import CompiledDelete, CompiledQuery, insert_unless_there
from icpportal.drafts.marks import Mark
from icpportal.drafts.models import PageDraft
from icpportal.fields.client import client_address
from icpportal.fields.types import Json
from icpportal.privacy.blind_index import blind_index
from icpportal.privacy.fields import seal_value

VISITOR = "page_visitor"  # cookie of visitors who are not signed in, with a random id
NEW_VISITOR = "_page_visitor"  # attribute of the request: to be set by the response
HAS_DRAFTS = "has_page_drafts"  # attribute of the loaded account: whether it has any draft
KEPT = timedelta(days=60)  # as long as an order's draft
KEPT_OF_VISITORS = timedelta(days=1)
LARGEST = 64 * 1024  # characters stored for one page
SEALED = ("typed", "reply")

Typed = dict[str, list[str]]

KEPT_NOW = CompiledQuery(
    lambda key, now: PageDraft.objects.filter(key=key, expires_at__gt=now).order_by(),
    key=CharField(),
    now=DateTimeField(),
)
OF_KEY = CompiledQuery(lambda key: PageDraft.objects.filter(key=key).order_by(), key=CharField())
OF_PAGE = CompiledDelete(lambda key: PageDraft.objects.filter(key=key), key=CharField())


class TooLarge(Exception):
    """More was typed than is stored for a page."""


class TooMany(Exception):
    """The limit of stored pages of visitors from one address is reached."""


def typed_of(data: QueryDict, names: tuple[str, ...]) -> Typed:
    """The stored form of these fields; raises `TooLarge`."""
    typed = {name: data.getlist(name) for name in names if name in data}
    if len(json.dumps(typed, ensure_ascii=False)) > LARGEST:
        raise TooLarge
    return typed


def find(request: HttpRequest, mark: Mark) -> PageDraft | None:
    """The draft of this page, if it has not expired; no query for readers without drafts."""
    reader = _reader(request, mark)
    if not reader or _has_none(request, reader):
        return None
    return KEPT_NOW.first(key=_key(reader, mark), now=timezone.now())


def keep_typed(request: HttpRequest, mark: Mark, typed: Typed, *, now: datetime | None = None) -> datetime:
    """Stores what was typed, and keeps the page's last answer. Returns when; raises `TooMany`."""
    now = now or timezone.now()
    _write(request, mark, now, typed=typed, typed_at=now)
    return now


def keep_reply(
    request: HttpRequest, mark: Mark, typed: Typed, reply: dict[str, Json], *, now: datetime | None = None
) -> None:
    """Stores what was typed and the page's answer; raises `TooMany`."""
    now = now or timezone.now()
    _write(request, mark, now, typed=typed, typed_at=now, reply=reply, replied_at=now)


def keep_unanswered(request: HttpRequest, mark: Mark, typed: Typed, *, now: datetime | None = None) -> None:
    """Stores what was submitted and did not reach the page, whose last answer was about something else."""
    now = now or timezone.now()
    _write(request, mark, now, typed=typed, typed_at=now, reply={}, replied_at=None)


def drop(request: HttpRequest, mark: Mark) -> None:
    """Deletes the draft of a page that was saved."""
    if (reader := _reader(request, mark)) and not _has_none(request, reader):
        OF_PAGE.run(key=_key(reader, mark))


def forget(holder: str) -> None:
    """Deletes all drafts of an order's pages."""
    PageDraft.objects.filter(holder=holder).delete()


def forget_old(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Deletes expired drafts; returns how many."""
    old = PageDraft.objects.filter(expires_at__lte=now or timezone.now())
    return portions.delete(old, dry_run=dry_run)


def _write(request: HttpRequest, mark: Mark, now: datetime, **values: Json | datetime | Typed | None) -> None:
    reader = _reader(request, mark) or _new_visitor(request)
    owner = reader.partition(":")[2] if reader.startswith("account:") else None
    if owner is not None and owner != str(request.user.pk) and not get_user_model().objects.filter(pk=owner).exists():
        return
    key, until = _key(reader, mark), now + (KEPT_OF_VISITORS if owner is None else KEPT)
    for _again in range(2):  # another window may store or drop it at this moment
        there = OF_KEY.first(key=key)
        if there is None and owner is None and not limits.consume("visitor_drafts", client_address(request)).ok:
            raise TooMany
        draft = there or PageDraft(key=key, owner_id=owner, holder=mark.holder)
        for name, value in {**values, "expires_at": until}.items():
            setattr(draft, name, value)
        if _rewrite(draft, [*values, "expires_at"]) if there else _insert(draft):
            setattr(request.user, HAS_DRAFTS, True)
            return


def _insert(draft: PageDraft) -> bool:
    try:
        return insert_unless_there(draft)  # another window may be first
    except IntegrityError:  # the account was erased since
        return False


def _rewrite(draft: PageDraft, names: Iterable[str]) -> bool:
    """Writes these columns alone: the others may have changed since it was read. False if it was dropped since."""
    columns = {name: seal_value(draft, name) if name in SEALED else getattr(draft, name) for name in names}
    return bool(PageDraft.objects.filter(pk=draft.pk).update(**columns))


def _reader(request: HttpRequest, mark: Mark) -> str:
    """Whom the page was drawn for; if nobody known, who is asking now."""
    if mark.account:
        return f"account:{mark.account}"
    if request.user.is_authenticated:
        return f"account:{request.user.pk}"
    visitor = getattr(request, NEW_VISITOR, "") or request.COOKIES.get(VISITOR, "")
    return f"visitor:{visitor}" if visitor else ""


def _has_none(request: HttpRequest, reader: str) -> bool:
    """Whether the account had no draft when its session was read."""
    return reader == f"account:{request.user.pk}" and not getattr(request.user, HAS_DRAFTS, True)


def _new_visitor(request: HttpRequest) -> str:
    visitor = secrets.token_urlsafe(18)
    setattr(request, NEW_VISITOR, visitor)  # not in the session, which concurrent requests would overwrite
    return f"visitor:{visitor}"


def _key(reader: str, mark: Mark) -> str:
    return blind_index("page draft", f"{reader}\x1f{mark.url}")
