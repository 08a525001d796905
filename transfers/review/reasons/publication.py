"""A reason's text from draft to publication: written by one lead, tried on a past case, allowed by another."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from icpportal.accounts.models import User
from icpportal.approvals import actions as approvals
from icpportal.approvals.actions import RequestRefused
from icpportal.approvals.models import REASON, ApprovalRequest
from icpportal.approvals.queries import open_request
from transfers.models import ReasonVersion, ReturnReason

COPIED = ("text_zh", "text_en", "short_zh", "short_en", "fields")  # copied to the reason itself, for figures and search
WAITS = _("A second person has been asked: withdraw the request before you change the words")
NOT_TRIED = _("Try the draft on a past case first")
GONE = _("There is no draft any more")
CHANGED = _("Nothing is saved: the reason was changed since you opened it. Read the change, then save again")


def draft_of(reason: ReturnReason) -> ReasonVersion | None:
    """The version being written, or None."""
    return reason.versions.filter(published_at=None).select_related("author", "reason").first()


def stamp_of(newest: ReasonVersion | None) -> str:
    """What changes with every change of a reason's newest version, a draft or not."""
    return f"{newest.number} {newest.written_at.isoformat()}" if newest else ""


def write(
    reason: ReturnReason, author: User, words: Mapping[str, str | datetime | None], *, seen: str | None = None
) -> ReasonVersion:
    """Saves the draft of a reason.

    Raises `RequestRefused` while a second person is asked about it, and when the author has seen another version.
    """
    with transaction.atomic():
        ReturnReason.objects.select_for_update().get(pk=reason.pk)
        if seen is not None and seen != stamp_of(reason.versions.first()):
            raise RequestRefused(CHANGED)
        draft = draft_of(reason)
        if draft is None:
            last = reason.versions.aggregate(last=Max("number"))["last"] or 0
            draft = ReasonVersion(reason=reason, number=last + 1)
        elif open_request(REASON, draft.pk):
            raise RequestRefused(WAITS)
        for name, value in words.items():
            setattr(draft, name, value)
        draft.author, draft.written_at, draft.tried_on = author, timezone.now(), ""
        draft.save()
    return draft


def record_trial(draft: ReasonVersion, reference: str) -> None:
    """Records the past case on which the draft was read."""
    ReasonVersion.objects.filter(pk=draft.pk, published_at=None).update(tried_on=reference)


def ask(draft: ReasonVersion, lead: User, begins_at: datetime | None, *, now: datetime | None = None) -> bool:
    """Asks a second lead to publish the draft, never its author; True if none is needed and it was published at once.

    Raises `RequestRefused` if it was not tried, or somebody is already asked.
    """
    now = now or timezone.now()
    if not draft.tried_on:
        raise RequestRefused(NOT_TRIED)
    if not approvals.is_needed():
        _publish(draft, lead, begins_at, now)
        return True
    approvals.ask(
        REASON,
        key=str(draft.pk),
        reference=f"{draft.reason.key} v{draft.number}",
        owner=draft.author or lead,
        said={
            "words": f"{draft.text_zh}\n{draft.text_en}",
            "begins_at": begins_at.isoformat() if begins_at else "",
            "written_at": draft.written_at.isoformat(),
        },
        actor=lead,
        now=now,
    )
    return False


def begins_at_of(asked: ApprovalRequest) -> datetime | None:
    """From when the text is in force; None means from the moment of publishing."""
    given = str(asked.said.get("begins_at", ""))
    return datetime.fromisoformat(given) if given else None


def carry(asked: ApprovalRequest, now: datetime) -> None:
    """Publishes what was asked; raises `Stale` if the draft has changed or is gone."""
    draft = ReasonVersion.objects.select_related("reason").filter(pk=asked.key, published_at=None).first()
    if draft is None or draft.written_at.isoformat() != asked.said["written_at"]:
        raise approvals.Stale(asked.reference)
    _publish(draft, asked.answered_by, begins_at_of(asked), now)


def _publish(draft: ReasonVersion, second: User | None, begins_at: datetime | None, now: datetime) -> None:
    """Publishes the draft, in force now or from the later moment asked for."""
    draft.published_by, draft.published_at = second, now
    draft.begins_at = max(begins_at, now) if begins_at else now
    draft.save(update_fields=["published_by", "published_at", "begins_at"])
    copied = {name: getattr(draft, name) for name in COPIED}
    ReturnReason.objects.filter(pk=draft.reason_id).update(**copied, active=draft.ends_at is None)
