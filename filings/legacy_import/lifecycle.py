"""The lifecycles of an import (导入) and of a claim (认领): rows, guards over given facts, and messages.

`IMPORT.apply` and `CLAIM.apply` are the only writers of their states.
"""

from django.conf import settings

from filings.models import LegacyClaim, LegacyClaimEvent, LegacyImport, LegacyImportEvent
from filings.models.legacy_states import (
    ACCEPTED,
    DECLINED,
    FAILED,
    IMPORTED,
    OPEN,
    PREVIEWED,
    PROVED,
    RUNNING,
    SENT,
)
from icpportal.fields.types import Facts
from icpportal.lifecycle import APPLICANT, CLOCK, REVIEWER, Lifecycle, Move, MoveTable
from icpportal.outbox.actions import Letter, notify_all


def proof_is_fresh(thing: LegacyImport, facts: Facts) -> bool:
    """The old account was proved recently."""
    return bool(facts.get("fresh"))


def something_came(thing: LegacyImport, facts: Facts) -> bool:
    """At least one record has been imported."""
    return bool(facts.get("n"))


def everything_came(thing: LegacyImport, facts: Facts) -> bool:
    """Every chosen record has been imported."""
    return not facts.get("m")


def something_left(thing: LegacyImport, facts: Facts) -> bool:
    """The old account still holds a record and was proved recently."""
    return bool(facts.get("left")) and bool(facts.get("fresh"))


def can_be_sent(thing: LegacyClaim, facts: Facts) -> bool:
    """There is a picture, all of them are checked, and what was declined has changed."""
    return bool(facts.get("papers_ready")) and (thing.state != DECLINED or bool(facts.get("changed")))


def can_be_sent_for_account(thing: LegacyClaim, facts: Facts) -> bool:
    """The same, for a claim of an old account."""
    return can_be_sent(thing, facts) and is_of_account(thing, facts)


def is_of_account(thing: LegacyClaim, facts: Facts) -> bool:
    """The claim is for an old account, not for one record."""
    return bool(facts.get("reset"))


IMPORT_ROWS = (
    Move("preview", (PROVED,), PREVIEWED, by=APPLICANT, guard=proof_is_fresh),
    Move("run", (PREVIEWED,), RUNNING, by=APPLICANT, guard=proof_is_fresh),
    Move("finish", (RUNNING,), IMPORTED, by=CLOCK, guard=everything_came, notify="import_complete"),
    Move("finish", (RUNNING,), IMPORTED, by=CLOCK, guard=something_came, notify="import_done"),
    Move("finish", (RUNNING,), FAILED, by=CLOCK, notify="import_failed"),
    Move("again", (IMPORTED, FAILED), PREVIEWED, by=APPLICANT, guard=something_left),
)
CLAIM_ROWS = (
    Move("send", (OPEN, DECLINED), SENT, by=APPLICANT, guard=can_be_sent_for_account, notify="reset_received"),
    Move("send", (OPEN, DECLINED), SENT, by=APPLICANT, guard=can_be_sent, notify="claim_received"),
    Move("withdraw", (SENT,), OPEN, by=APPLICANT),
    Move("accept", (SENT,), ACCEPTED, by=REVIEWER, guard=is_of_account, notify="reset_accepted"),
    Move("accept", (SENT,), ACCEPTED, by=REVIEWER, notify="claim_accepted"),
    Move("decline", (SENT,), DECLINED, by=REVIEWER, notify="claim_declined"),
)

IMPORT_TABLE = MoveTable(IMPORT_ROWS, usual_kinds=("import",))
CLAIM_TABLE = MoveTable(CLAIM_ROWS, usual_kinds=("claim",))


def _tell_owner(
    thing: LegacyImport | LegacyClaim, row: Move, event: LegacyImportEvent | LegacyClaimEvent, facts: Facts
) -> None:
    """Queues the move's message on each channel of the owner; an event is never told twice."""
    if not row.notify:
        return
    owner = thing.owner
    words = {
        "n": facts.get("n", 0),
        "m": facts.get("m", 0),
        "reason": facts.get("reason", ""),
        "what_next": facts.get("what_next", ""),
        "domain": thing.record.domain if isinstance(thing, LegacyClaim) else "",
        "url": settings.PUBLIC_BASE_URL + thing.get_absolute_url(),
    }
    addresses = (("sms", owner.mobile), ("email", owner.email), ("site", str(owner.pk)))
    notify_all(
        Letter(
            key=f"{row.notify}:{event.pk}:{channel}",
            template=row.notify,
            channel=channel,
            to=address,
            language=owner.language,
            context=words,
            user_id=owner.pk,
        )
        for channel, address in addresses
        if address
    )


IMPORT = Lifecycle(IMPORT_TABLE, model=LegacyImport, events=LegacyImportEvent, after=_tell_owner)
CLAIM = Lifecycle(CLAIM_TABLE, model=LegacyClaim, events=LegacyClaimEvent, after=_tell_owner)
