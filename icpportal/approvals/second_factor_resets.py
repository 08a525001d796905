"""A second factor that was lost: removed by two people, written down, told to whose it was."""

import uuid
from datetime import datetime
from urllib.parse import urljoin

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from icpportal.accounts.models import User
from icpportal.accounts.sessions import end_sessions
from icpportal.approvals import actions as approvals
from icpportal.approvals.models import SECOND_FACTOR, ApprovalRequest
from icpportal.codes.models import Channel


def ask(user: User, *, actor: User, now: datetime | None = None) -> bool:
    """Remove the second factor of this account; False where a second person is asked first and nothing has changed.

    Raises `RequestRefused` while one is asked already, and where there is nothing to remove.
    """
    now = now or timezone.now()
    devices = _devices(user)
    if not (user.is_staff and user.is_active and devices):
        raise approvals.RequestRefused(_("This account has no second factor"))
    if not approvals.is_needed():
        _remove(user, by=actor, second=None, now=now)
        return True
    with transaction.atomic():
        approvals.ask(
            SECOND_FACTOR,
            key=str(user.pk),
            reference=str(user.pk)[:8],  # it stands in logs: no name
            owner=user,
            said={"devices": devices},
            actor=actor,
            now=now,
        )
        _write(user, actor, _("asked a second person: resetting the second factor"))
    return False


def carry(asked: ApprovalRequest, now: datetime) -> None:
    """Remove it in the name of who asked; raises `Stale` when the account is closed, or has other devices by now."""
    user = User.objects.select_for_update().get(pk=asked.key)
    if not user.is_active or _devices(user) != asked.said["devices"]:
        raise approvals.Stale(asked.reference)
    _remove(user, by=asked.asked_by, second=asked.answered_by, now=now)


def keep_end(asked: ApprovalRequest) -> None:
    """How the request ended stands in the history of the account, by whoever ended it."""
    words = {
        ApprovalRequest.DECLINED: _("declined what %(name)s had asked"),
        ApprovalRequest.WITHDRAWN: _("withdrew the request"),
        ApprovalRequest.FAILED: _("could not do what %(name)s had asked: it had changed since"),
    }
    if asked.outcome in words:
        told = words[asked.outcome] % {"name": asked.asked_by}
        _write(User.objects.get(pk=asked.key), asked.answered_by or asked.asked_by, told)


def _devices(user: User) -> list[int]:
    return list(Authenticator.objects.filter(user=user).order_by("pk").values_list("pk", flat=True))


def _remove(user: User, *, by: User, second: User | None, now: datetime) -> None:
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        end_sessions(user)
        told = _("reset the second factor; %(name)s had asked")
        _write(user, second or by, told % {"name": by})
        _tell(user, by, second, now)


def _tell(user: User, by: User, second: User | None, now: datetime) -> None:
    with override(user.language):
        agreed = str(second) if second else _("nobody else")
    import_string(settings.MESSENGER)(
        key=f"second_factor_reset:{uuid.uuid4()}",
        template="second_factor_reset",
        channel=Channel.EMAIL,
        to=user.email,
        language=user.language,
        context={
            "by": str(by),
            "second": agreed,
            "time": now,
            "url": urljoin(settings.STAFF_BASE_URL or settings.PUBLIC_BASE_URL, reverse("account_login")),
        },
        user_id=user.pk,
    )


def _write(user: User, actor: User, words: str) -> None:
    LogEntry.objects.log_actions(actor.pk, [user], CHANGE, words, single_object=True)
