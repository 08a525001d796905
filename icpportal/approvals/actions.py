"""Asks a second person and carries out what they allow; the only holder of a duty waits for a day instead."""

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
from icpportal.approvals.words import masked_thing
from icpportal.codes.models import Channel
from icpportal.fields.types import Json

logger = logging.getLogger(__name__)

ALONE_AFTER = timedelta(hours=24)
GONE = _("This request has been answered or withdrawn")


class Stale(Exception):
    """The request cannot be carried out: what it is about has changed."""


class RequestRefused(Exception):
    """Nothing happened; `words` says why."""

    def __init__(self, words: str | Promise) -> None:
        super().__init__(str(words))
        self.words = words


def is_needed() -> bool:
    """Whether a second person is needed at all."""
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
    """Asks a second person, never the owner of what it is about; raises `RequestRefused` while one is open.

    Some kinds exclude the owner from asking, too; people with keys in `barred` cannot answer. If only the asker could
    answer, it is carried out after 24 hours, of which all staff are told.
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
    """Tells every member of staff that somebody acts alone, even those who do not open the desk that day."""
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
                "about": masked_thing(asked),
                "time": asked.alone_at,
                "url": urljoin(settings.STAFF_BASE_URL or settings.PUBLIC_BASE_URL, reverse("admin:index")),
            },
        )


def request_shown(kind: str, key: object, shown: str | None) -> ApprovalRequest:
    """The open request about this thing, if it is the one the page showed; raises `RequestRefused`."""
    asked = open_request(kind, key)
    if asked is None or str(asked.pk) != shown:
        raise RequestRefused(GONE)
    return asked


def allow(asked: ApprovalRequest, *, actor: User, now: datetime | None = None) -> None:
    """Carries out the request; raises `RequestRefused` if this person may not allow it, or it is no longer possible."""
    now = now or timezone.now()
    _refuse_answer(asked, actor)
    if not _finish(asked, ApprovalRequest.ALLOWED, now, answered_by=actor):
        raise RequestRefused(_("Nothing was done: it has changed since the request was made"))


def decline(
    asked: ApprovalRequest, *, actor: User, answer: dict[str, Json] | None = None, now: datetime | None = None
) -> None:
    """Declines the request and stores the answer. Raises `RequestRefused` if this person may not answer."""
    _refuse_answer(asked, actor)
    with transaction.atomic():
        if answer:
            asked.said = {**asked.said, "answer": answer}
            asked.save(update_fields=["said"])
        _end(asked, ApprovalRequest.DECLINED, now or timezone.now(), answered_by=actor)
        _tell(asked)


def withdraw(asked: ApprovalRequest, *, actor: User, now: datetime | None = None) -> None:
    """Withdraws one's own request; raises `RequestRefused` if it is somebody else's."""
    if asked.asked_by_id != actor.pk:
        raise RequestRefused(_("Only who made the request withdraws it"))
    with transaction.atomic():
        _end(asked, ApprovalRequest.WITHDRAWN, now or timezone.now())
        _tell(asked)


def forget(kind: str, key: object, *, now: datetime | None = None) -> None:
    """Closes a request that can no longer be carried out, because what it is about has moved on."""
    # the person answering it at this moment finds out
    waiting = ApprovalRequest.objects.select_for_update(of=("self",), skip_locked=True)
    for asked in waiting.filter(kind=kind, key=str(key), outcome=""):
        _end(asked, ApprovalRequest.FAILED, now or timezone.now())


def finish_due(*, now: datetime | None = None) -> int:
    """Carries out requests of people who hold their duty alone and have waited a day; returns how many."""
    now = now or timezone.now()
    due = ApprovalRequest.objects.filter(outcome="", alone_at__lte=now).order_by("asked_at")
    waiting = due.select_related("asked_by", "owner")
    ran = rows.each("approvals.alone", waiting, lambda asked: _finish_alone(asked, now), reference="reference")
    return len(ran.done)


def _finish_alone(asked: ApprovalRequest, now: datetime) -> bool:
    """Not while a colleague has joined who could answer."""
    if has_colleague(asked.permission, asked.barred):
        ApprovalRequest.objects.filter(pk=asked.pk, outcome="").update(alone_at=None)
        return False
    return _finish(asked, ApprovalRequest.ALONE, now)


def _refuse_answer(asked: ApprovalRequest, actor: User) -> None:
    if str(actor.pk) in asked.barred or not actor.has_perm(asked.permission):
        raise RequestRefused(_("A second person must decide: not the one who made the request"))


def _finish(asked: ApprovalRequest, outcome: str, now: datetime, *, answered_by: User | None = None) -> bool:
    """Closes the request and carries it out in one transaction; returns False when that failed, which the request says.

    Raises `RequestRefused` when somebody else was first.
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
    if not asked.asked_by.has_perm(asked.needed_to_ask):  # the asker no longer has the duty
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
    """Records how the request ended on what it is about, if there is a place for it."""
    if asked.kind in settings.APPROVAL_ENDS:
        import_string(settings.APPROVAL_ENDS[asked.kind])(asked)
