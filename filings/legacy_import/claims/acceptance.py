"""Accepting a claim: asked by one reviewer, allowed by another."""

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
    """What is accepted with the claim: an old account, or "" for the record alone."""
    return str(claim.record.account_id) if claiming.is_reset(claim.record) else ""


def accept(claim: LegacyClaim, reviewer: User, *, now: datetime | None = None) -> None:
    """Ask a second reviewer, or accept at once where none is needed; raises what `claims.accept` raises."""
    if not approvals.is_needed():
        claiming.accept(claim, reviewer, now=now)
        return
    claiming.refuse_own(claim, reviewer)
    if claim.state != states.SENT:
        raise MoveNotAllowed(f"accept from {claim.state}")
    said: dict[str, Json] = {"account": account_of(claim), "version": claim.version}
    approvals.ask(
        CLAIM, key=str(claim.pk), reference=claim.reference, owner=claim.owner, said=said, actor=reviewer, now=now
    )


def carry(asked: ApprovalRequest, now: datetime) -> None:
    """Accept as it was asked, in the name of who asked; raises `Stale` when the claim or its record has changed."""
    claim = LegacyClaim.objects.select_related("owner", "record").get(pk=asked.key)
    if (account_of(claim), claim.version) != (asked.said["account"], asked.said["version"]):
        raise approvals.Stale(asked.reference)
    try:
        claiming.accept(claim, asked.asked_by, now=now)
    except REFUSALS as moved:
        raise approvals.Stale(asked.reference) from moved
