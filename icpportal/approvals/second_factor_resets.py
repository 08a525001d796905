"""Removes a lost second factor: by two people, recorded, and told to its owner."""

import uuid
from datetime import datetime
from urllib.parse import urljoin

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, override

from icpportal.accounts.actions import note_change, tell_changed
from icpportal.accounts.models import User
from icpportal.accounts.sessions import end_sessions
from icpportal.approvals import actions as approvals
from icpportal.approvals.models import SECOND_FACTOR, ApprovalRequest
from icpportal.codes.models import Channel
from icpportal.desk.event_lines import log_change
from icpportal.fields.types import Facts

APP = gettext_lazy("authenticator app")


def ask(user: User, *, actor: User, now: datetime | None = None) -> bool:
    """Removes the account's second factor; returns False when a second person was asked and nothing changed yet.

    Raises `RequestRefused` while one is asked already, and when there is nothing to remove.
    """
    now = now or timezone.now()
    devices = _devices(user)
    if not (user.is_active and devices):
        raise approvals.RequestRefused(_("This account has no second factor"))
    if not approvals.is_needed():
        _remove(user, by=actor, second=None, now=now)
        return True
    with transaction.atomic():
        approvals.ask(
            SECOND_FACTOR,
            key=str(user.pk),
            reference=str(user.pk)[:8],  # appears in logs: no name
            owner=user,
            said={"devices": devices},
            actor=actor,
            now=now,
        )
        log_change(user, actor, lambda: _("asked a second person: resetting the second factor"))
    return False


def carry(asked: ApprovalRequest, now: datetime) -> None:
    """Removes it in the asker's name; raises `Stale` when the account is closed or has other devices by now."""
    user = User.objects.select_for_update().get(pk=asked.key)
    if not user.is_active or _devices(user) != asked.said["devices"]:
        raise approvals.Stale(asked.reference)
    _remove(user, by=asked.asked_by, second=asked.answered_by, now=now)


def keep_end(asked: ApprovalRequest) -> None:
    """Records how the request ended in the account's history, with who ended it."""
    words = {
        ApprovalRequest.DECLINED: gettext_noop("declined what %(name)s had asked"),
        ApprovalRequest.WITHDRAWN: gettext_noop("withdrew the request"),
        ApprovalRequest.FAILED: gettext_noop("could not do what %(name)s had asked: it had changed since"),
    }.get(asked.outcome)
    if words:
        user, by = User.objects.get(pk=asked.key), asked.answered_by or asked.asked_by
        log_change(user, by, lambda: _(words) % {"name": asked.asked_by})


def _devices(user: User) -> list[int]:
    return list(Authenticator.objects.filter(user=user).order_by("pk").values_list("pk", flat=True))


def _remove(user: User, *, by: User, second: User | None, now: datetime) -> None:
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        end_sessions(user)
        log_change(user, second or by, lambda: _("reset the second factor; %(name)s had asked") % {"name": by})
        if not user.is_staff:  # a password alone opens the account from here on
            note_change(user, now)
            _tell_customer(user, now)
            return
        with override(user.language):
            agreed = str(second) if second else _("nobody else")
        _tell(user, "second_factor_reset", settings.STAFF_BASE_URL, {"by": str(by), "second": agreed, "time": now})


def _tell_customer(user: User, now: datetime) -> None:
    """By mail and to the confirmed mobile: a person who deceived us may read only one of the two."""
    facts = {"time": now, "until": now + settings.CANCEL_PAUSE}
    _tell(user, "second_factor_removed", settings.PUBLIC_BASE_URL, facts)
    if user.mobile_confirmed_at:
        tell_changed(user, APP, to=user.mobile, channel=Channel.SMS)


def _tell(user: User, template: str, base: str, facts: Facts) -> None:
    import_string(settings.MESSENGER)(
        key=f"{template}:{uuid.uuid4()}",
        template=template,
        channel=Channel.EMAIL,
        to=user.email,
        language=user.language,
        context={**facts, "url": urljoin(base or settings.PUBLIC_BASE_URL, reverse("account_login"))},
        user_id=user.pk,
    )
