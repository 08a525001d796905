"""Asking a second person, and what follows from the answer; a person who holds a duty alone waits for a day instead."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from icpportal.accounts.models import User
from icpportal.alarms import rows
from icpportal.approvals.models import KINDS, ApprovalRequest
from icpportal.approvals.queries import forget_open, has_colleague, open_request
from icpportal.codes.models import Channel
from icpportal.fields.types import Json

logger = logging.getLogger(__name__)

ALONE_AFTER = timedelta(hours=24)
GONE = _("This request has been answered or withdrawn")


class Stale(Exception):
    """What was asked cannot be done any more: what it is about has changed since."""


class RequestRefused(Exception):
    """Nothing happened; `words` says why."""

    def __init__(self, words: str | Promise) -> None:
        super().__init__(str(words))
        self.words = words


def is_needed() -> bool:
    """Whether a second person is asked at all."""
    return bool(settings.SECOND_PERSON)


def ask(
    kind: str,
    *,
    key: str,
    reference: str,
    owner: User,
    said: dict[str, Json],
    actor: User,
    barred: Iterable[str] = (),
    now: datetime | None = None,
) -> ApprovalRequest:
    """Ask a second person, never the owner of what it is about; raises `RequestRefused` while one is open.

    Nor does the owner ask, where the kind says so, nor may the people answer whose keys are `barred`. Where only who
    asks could answer it is done after 24 hours, and all staff read so until then.
    """
    if owner.pk == actor.pk and not KINDS[kind].owner_asks:
        raise RequestRefused(_("You cannot ask this about an application of your own: leave it to a colleague"))
    now = now or timezone.now()
    permission = KINDS[kind].permission
    asked = ApprovalRequest(
        kind=kind,
        key=key,
        reference=reference,
        owner=owner,
        said={**said, "barred": sorted(barred)} if barred else said,
        asked_by=actor,
        asked_at=now,
    )
    is_alone = actor.has_perm(permission) and not has_colleague(permission, asked.barred)
    asked.alone_at = now + ALONE_AFTER if is_alone else None
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
            _mail_all_staff(asked)
    except IntegrityError:
        raise RequestRefused(_("A second person has been asked already")) from None
    forget_open()
    logger.info("second person asked", extra={"kind": kind, "reference": reference, "alone": is_alone})
    return asked


def _mail_all_staff(asked: ApprovalRequest) -> None:
    """While somebody acts alone every member of staff is told, also who does not open the desk that day."""
    if asked.alone_at is None:
        return
    for user in User.objects.filter(is_staff=True, is_active=True):
        import_string(settings.MESSENGER)(
            key=f"acts_alone:{asked.pk}:{user.pk}",
            template="acts_alone",
            channel=Channel.EMAIL,
            to=user.email,
            language=user.language,
            context={
                "by": str(asked.asked_by),
                "what": asked.label,
                "about": asked.reference,
                "time": asked.alone_at,
                "url": urljoin(settings.STAFF_BASE_URL or settings.PUBLIC_BASE_URL, reverse("admin:index")),
            },
        )


def request_shown(kind: str, key: object, shown: str | None) -> ApprovalRequest:
    """The open request about this thing, if it is still the one that the page showed; raises `RequestRefused`."""
    asked = open_request(kind, key)
    if asked is None or str(asked.pk) != shown:
        raise RequestRefused(GONE)
    return asked


def allow(asked: ApprovalRequest, *, actor: User, now: datetime | None = None) -> None:
    """Do what was asked; raises `RequestRefused` where this person may not, or it cannot be done any more."""
    now = now or timezone.now()
    _refuse_answer(asked, actor)
    if not _finish(asked, ApprovalRequest.ALLOWED, now, answered_by=actor):
        raise RequestRefused(_("Nothing was done: it has changed since the request was made"))


def decline(
    asked: ApprovalRequest, *, actor: User, answer: dict[str, Json] | None = None, now: datetime | None = None
) -> None:
    """Nothing is done; keeps what was answered. Raises `RequestRefused` where this person may not answer."""
    _refuse_answer(asked, actor)
    with transaction.atomic():
        if answer:
            asked.said = {**asked.said, "answer": answer}
            asked.save(update_fields=["said"])
        _end(asked, ApprovalRequest.DECLINED, now or timezone.now(), answered_by=actor)
        _tell(asked)


def withdraw(asked: ApprovalRequest, *, actor: User, now: datetime | None = None) -> None:
    """Take one's own request back; raises `RequestRefused` where it is another's."""
    if asked.asked_by_id != actor.pk:
        raise RequestRefused(_("Only who made the request withdraws it"))
    with transaction.atomic():
        _end(asked, ApprovalRequest.WITHDRAWN, now or timezone.now())
        _tell(asked)


def forget(kind: str, key: object, *, now: datetime | None = None) -> None:
    """What was asked cannot be done any more, because what it is about has moved on."""
    # the person who is ending it now finds out for themselves
    waiting = ApprovalRequest.objects.select_for_update(of=("self",), skip_locked=True)
    for asked in waiting.filter(kind=kind, key=str(key), outcome=""):
        _end(asked, ApprovalRequest.FAILED, now or timezone.now())


def finish_due(*, now: datetime | None = None) -> int:
    """Do what people asked who hold their duty alone and have waited for a day; how many requests."""
    now = now or timezone.now()
    due = ApprovalRequest.objects.filter(outcome="", alone_at__lte=now).order_by("asked_at")
    waiting = due.select_related("asked_by", "owner")
    ran = rows.each("approvals.alone", waiting, lambda asked: _finish_alone(asked, now), reference="reference")
    return len(ran.done)


def _finish_alone(asked: ApprovalRequest, now: datetime) -> bool:
    """A colleague who has come since is waited for."""
    if has_colleague(asked.permission, asked.barred):
        ApprovalRequest.objects.filter(pk=asked.pk, outcome="").update(alone_at=None)
        return False
    return _finish(asked, ApprovalRequest.ALONE, now)


def _refuse_answer(asked: ApprovalRequest, actor: User) -> None:
    if str(actor.pk) in asked.barred or not actor.has_perm(asked.permission):
        raise RequestRefused(_("A second person must decide: not the one who made the request"))


def _finish(asked: ApprovalRequest, outcome: str, now: datetime, *, answered_by: User | None = None) -> bool:
    """Close the request and do what it asks, in one; False when that could not be done, and then the request says so.

    Raises `RequestRefused` when somebody was quicker.
    """
    with transaction.atomic():
        _end(asked, outcome, now, answered_by=answered_by)
        is_done = _is_carried(asked, now)
        if not is_done:
            asked.outcome = ApprovalRequest.FAILED
            asked.save(update_fields=["outcome"])
        _tell(asked)
    return is_done


def _is_carried(asked: ApprovalRequest, now: datetime) -> bool:
    if not asked.asked_by.has_perm(asked.needed_to_ask):  # who asked has left the duty
        return False
    try:
        with transaction.atomic():
            import_string(settings.APPROVED_ACTS[asked.kind])(asked, now)
    except Stale:
        return False
    return True


def _end(asked: ApprovalRequest, outcome: str, now: datetime, *, answered_by: User | None = None) -> None:
    waiting = ApprovalRequest.objects.filter(pk=asked.pk, outcome="")
    if not waiting.update(outcome=outcome, answered_by=answered_by, ended_at=now):
        raise RequestRefused(GONE)
    asked.outcome, asked.answered_by, asked.ended_at = outcome, answered_by, now
    forget_open()
    logger.info("request ended", extra={"kind": asked.kind, "reference": asked.reference, "outcome": outcome})


def _tell(asked: ApprovalRequest) -> None:
    """What it is about keeps how the request ended, where it has a place for it."""
    if asked.kind in settings.APPROVAL_ENDS:
        import_string(settings.APPROVAL_ENDS[asked.kind])(asked)
