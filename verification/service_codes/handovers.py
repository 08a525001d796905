"""Hands a free code over to another account (转交): offered, then accepted, declined or taken back.

An offered code stays with its keeper and can still be used; whichever comes first counts. Each step is one conditional
UPDATE whose row count decides, and both accounts are told in the same transaction.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urljoin

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from icpportal.accounts.customers import account_of_customer
from icpportal.accounts.models import User
from icpportal.fields.types import Facts
from icpportal.outbox.actions import Letter, notify_all
from icpportal.privacy.masks import mask_email
from verification.models import CodeHandover, HandoverState, ServiceCode, ServiceCodeState
from verification.service_codes import actions as service_codes

PENDING = "handover_pending"
NOT_FREE = "handover_not_free"
SELF = "handover_self"
RETURNED = "handover_returned"
# what the giver and the taker read, in this order
TOLD: dict[str, tuple[str, str]] = {
    HandoverState.OFFERED: ("handover_sent", "handover_offered"),
    HandoverState.ACCEPTED: ("handover_accepted", "handover_accepted"),
    HandoverState.DECLINED: ("handover_declined", "handover_declined"),
    HandoverState.TAKEN_BACK: ("handover_taken_back", "handover_taken_back"),
    HandoverState.OVERTAKEN: ("handover_failed", "handover_failed"),
}


class HandoverNotPossible(Exception):
    """The code cannot be handed over now; `rule` is the id of the sentence that says why."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def offer(code: ServiceCode, giver: User, taker: User, *, now: datetime | None = None) -> CodeHandover:
    """Offers a free code of the giver to the taker; returns the open offer if it is the same."""
    if giver.pk == taker.pk:
        raise HandoverNotPossible(SELF)
    mine = ServiceCode.objects.filter(service_codes.kept_by_account(giver.customer), pk=code.pk)
    if not mine.filter(state=ServiceCodeState.FREE).exists():
        raise HandoverNotPossible(NOT_FREE)
    try:
        with transaction.atomic():
            created = CodeHandover.objects.create(code=code, giver=giver, taker=taker, offered_at=now or timezone.now())
            _tell(created)
    except IntegrityError as clash:  # an offer is open already, perhaps from the first of two presses
        there = open_offer(code)
        if there is None or there.taker_id != taker.pk:
            raise HandoverNotPossible(PENDING) from clash
        return there
    service_codes.mark_shown(code)
    return created


def open_offer(code: ServiceCode) -> CodeHandover | None:
    """The offer of this code that waits for an answer."""
    return CodeHandover.objects.filter(code=code, state=HandoverState.OFFERED).select_related("giver", "taker").first()


def accept(handover: CodeHandover, *, now: datetime | None = None) -> None:
    """Gives the code to the taker; if it was used or revoked in the meantime, the offer ends as overtaken."""
    taker, giver = handover.taker.customer, handover.giver.customer
    free = ServiceCode.objects.filter(
        service_codes.kept_by_account(giver), pk=handover.code_id, state=ServiceCodeState.FREE
    )
    to = "" if handover.code.account == taker else taker  # it returns to the owner of its server
    with transaction.atomic():
        if not _end(handover, HandoverState.ACCEPTED, now):
            return
        if not free.update(kept_by=to):
            CodeHandover.objects.filter(pk=handover.pk).update(state=HandoverState.OVERTAKEN)
            handover.refresh_from_db(fields=["state"])
        _tell(handover)


def decline(handover: CodeHandover, *, now: datetime | None = None) -> None:
    """Declines the offer; does nothing when it was answered already."""
    _close(handover, HandoverState.DECLINED, now)


def take_back(handover: CodeHandover, *, now: datetime | None = None) -> None:
    """Withdraws the offer; does nothing when it was answered already."""
    _close(handover, HandoverState.TAKEN_BACK, now)


def end_offers(account: User, *, now: datetime | None = None) -> None:
    """Ends what an account that is being closed has offered and was offered; the other account is told."""
    theirs = CodeHandover.objects.filter(Q(giver=account) | Q(taker=account), state=HandoverState.OFFERED)
    for handover in theirs.select_related("code", "giver", "taker").order_by("pk"):
        _close(handover, HandoverState.TAKEN_BACK if handover.giver_id == account.pk else HandoverState.DECLINED, now)


def give_back(account: str) -> None:
    """Returns the free codes that a closed account was given to the owners of their servers, and tells these."""
    for code in ServiceCode.objects.filter(kept_by=account, state=ServiceCodeState.FREE):
        free = ServiceCode.objects.filter(pk=code.pk, kept_by=account, state=ServiceCodeState.FREE)
        with transaction.atomic():
            owner = account_of_customer(code.account)
            if free.update(kept_by="") and owner is not None:
                _tell_owner(code, owner)


def revoke(code: ServiceCode, account: str, *, now: datetime | None = None) -> bool:
    """Makes a free code unusable and ends its offer; returns False and changes nothing when it is not free."""
    with transaction.atomic():
        offered = open_offer(code)
        # locks the offer before the code, as `accept` does: the other order could deadlock
        ended = offered is not None and _end(offered, HandoverState.OVERTAKEN, now)
        if not service_codes.revoke(code.pk, account):
            transaction.set_rollback(True)
            return False
        if offered is not None and ended:
            _tell(offered)
    return True


def _close(handover: CodeHandover, state: HandoverState, now: datetime | None) -> None:
    with transaction.atomic():
        if _end(handover, state, now):
            _tell(handover)


def _end(handover: CodeHandover, state: HandoverState, now: datetime | None) -> bool:
    still_open = CodeHandover.objects.filter(pk=handover.pk, state=HandoverState.OFFERED)
    ended = bool(still_open.update(state=state, ended_at=now or timezone.now()))
    handover.refresh_from_db(fields=["state", "ended_at"])
    return ended


def _tell(handover: CodeHandover) -> None:
    """Tells both accounts, each in its language, by text, mail and on the site; never includes the code."""
    giver, taker = handover.giver, handover.taker
    words = {
        "giver": mask_email(giver.email),
        "taker": mask_email(taker.email),
        "instance": handover.code.instance_id,
        "url": urljoin(settings.PUBLIC_BASE_URL, handover.get_absolute_url()),
    }
    notify_all(
        letter
        for role, reader, template in zip(("giver", "taker"), (giver, taker), TOLD[handover.state], strict=True)
        for letter in _letters(f"{template}:{handover.reference}:{role}", template, reader, words)
    )


def _tell_owner(code: ServiceCode, owner: User) -> None:
    """Tells the owner of the server that the code is theirs again."""
    words = {
        "instance": code.instance_id,
        "url": urljoin(settings.PUBLIC_BASE_URL, reverse("service-code", args=[code.reference])),
    }
    once = secrets.token_hex(8)  # the same code may come back again
    notify_all(_letters(f"{RETURNED}:{code.reference}:{once}", RETURNED, owner, words))


def _letters(key: str, template: str, reader: User, words: Facts) -> Iterable[Letter]:
    """One message by each channel that reaches the reader."""
    for channel, address in (("sms", reader.mobile), ("email", reader.email), ("site", str(reader.pk))):
        if address:
            yield {
                "key": f"{key}:{channel}",
                "template": template,
                "channel": channel,
                "to": address,
                "language": reader.language,
                "context": words,
                "user_id": reader.pk,
            }
