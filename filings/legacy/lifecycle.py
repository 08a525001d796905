"""The lives of an import (导入) and of a claim (认领): rows, and guards that read what they are handed."""

from typing import Any

from filings.legacy.states import (
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
from icpportal.lifecycle import APPLICANT, CLOCK, REVIEWER, T, Table

Facts = dict[str, Any]


def proof_is_fresh(thing: Any, facts: Facts) -> bool:
    """The old account was proved not long ago."""
    return bool(facts.get("fresh"))


def something_came(thing: Any, facts: Facts) -> bool:
    """At least one record is here now, or nothing was in its way."""
    return bool(facts.get("n")) or not facts.get("m")


def something_left(thing: Any, facts: Facts) -> bool:
    """The old account still holds a record, and was proved not long ago."""
    return bool(facts.get("left")) and bool(facts.get("fresh"))


def has_papers(thing: Any, facts: Facts) -> bool:
    """At least one picture is there, and all of them were checked."""
    return bool(facts.get("papers_ready"))


def has_papers_for_account(thing: Any, facts: Facts) -> bool:
    """The same, where it is an old account that is asked for."""
    return has_papers(thing, facts) and is_of_account(thing, facts)


def is_of_account(thing: Any, facts: Facts) -> bool:
    """It is an old account that is asked for, not one record."""
    return bool(facts.get("reset"))


IMPORT_ROWS = (
    T("preview", (PROVED,), PREVIEWED, by=APPLICANT, when=proof_is_fresh),
    T("run", (PREVIEWED,), RUNNING, by=APPLICANT, when=proof_is_fresh),
    T("finish", (RUNNING,), IMPORTED, by=CLOCK, when=something_came, tell="import_done"),
    T("finish", (RUNNING,), FAILED, by=CLOCK, tell="import_failed"),
    T("again", (IMPORTED, FAILED), PREVIEWED, by=APPLICANT, when=something_left),
)
CLAIM_ROWS = (
    T("send", (OPEN, DECLINED), SENT, by=APPLICANT, when=has_papers_for_account, tell="reset_received"),
    T("send", (OPEN, DECLINED), SENT, by=APPLICANT, when=has_papers, tell="claim_received"),
    T("accept", (SENT,), ACCEPTED, by=REVIEWER, when=is_of_account, tell="reset_accepted"),
    T("accept", (SENT,), ACCEPTED, by=REVIEWER, tell="claim_accepted"),
    T("decline", (SENT,), DECLINED, by=REVIEWER, tell="claim_declined"),
)

IMPORT_TABLE = Table(IMPORT_ROWS, usual_kinds=("import",))
CLAIM_TABLE = Table(CLAIM_ROWS, usual_kinds=("claim",))
