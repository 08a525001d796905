"""Acceptance of a claim: one reviewer asks, another allows."""

from datetime import datetime

from filings.actions import OnFileInOtherAccount, UnderOtherDocument
from filings.legacy_import.claims import claims as claiming
from filings.models import LegacyClaim
from filings.models import legacy_states as states
from icpportal.accounts.models import User
from icpportal.approvals import actions as approvals
from icpportal.approvals.models import CLAIM, ApprovalRequest
from icpportal.fields.types import Json
from icpportal.lifecycle import MoveNotAllowed

REFUSALS = (claiming.OwnClaim, MoveNotAllowed, claiming.RecordGone, OnFileInOtherAccount, UnderOtherDocument)


def account_of(claim: LegacyClaim) -> str:
    """The old account accepted with the claim, or "" when it is the record alone."""
    return str(claim.record.account_id) if claiming.is_reset(claim.record) else ""


def accept(claim: LegacyClaim, reviewer: User, *, now: datetime | None = None) -> None:
    """Asks a second reviewer, or accepts at once where none is needed; raises what `claims.accept` raises."""
    if not approvals.is_needed():
        claiming.accept(claim, reviewer, now=now)
        return
    claiming.refuse_own(claim, reviewer)
    if claim.state != states.SENT:
        raise MoveNotAllowed(f"accept from {claim.state}")
    claiming.refuse_gone(claim)
    terms: dict[str, Json] = {"account": account_of(claim), "version": claim.version}
    approvals.ask(
        CLAIM, key=str(claim.pk), reference=claim.reference, owner=claim.owner, said=terms, actor=reviewer, now=now
    )


def carry(asked: ApprovalRequest, now: datetime) -> None:
    """Carries out an allowed acceptance in the asker's name; raises `Stale` when claim or record have changed."""
    claim = LegacyClaim.objects.select_related("owner", "record").get(pk=asked.key)
    if (account_of(claim), claim.version) != (asked.said["account"], asked.said["version"]):
        raise approvals.Stale(asked.reference)
    try:
        claiming.accept(claim, asked.asked_by, now=now)
    except REFUSALS as moved:
        raise approvals.Stale(asked.reference) from moved
