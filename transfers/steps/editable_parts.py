"""Which parts of a returned order its owner may change: those named, and those that depend on them."""

from collections.abc import Iterable

from icpportal.database.row_reads import read_once
from icpportal.gateways.miit.codes.processing_codes import opened_by
from icpportal.lifecycle import APPLICANT
from transfers.models import FieldVerdict, Order
from transfers.orders import history, queries, states
from transfers.orders.kinds import is_in
from transfers.orders.rows import Group
from transfers.proofs import servers

REMARKS, IN_REMARKS = "subject.remark", "备注"
PHONE_ELSEWHERE = "phone_elsewhere"  # the reason that a province may let people explain in the remarks
PERSON = ("name", "id_type", "id_number", "id_until", "phone1", "phone2", "emergency", "email")
APPROVALS = ("website.approval_types", "website.approval_number", "paper.approval_paper")
# a mailing address of its own: the landline must have its area code
MAILING = (*("subject.post_region", "subject.post_address", "subject.no_door_number"), "subject.lead_phone2")
# parts that depend on another: with that one unlocked alone, a change might not be accepted
FOLLOWING = {
    "administrator.same_person": (*(f"administrator.admin_{name}" for name in PERSON), "administrator.admin_told"),
    "website.needs_approval": APPROVALS,
    "website.content": ("website.needs_approval", *APPROVALS),
    "website.approval_types": ("website.approval_number", "paper.approval_paper"),
    "subject.is_legal_rep": ("subject.investor", *(f"subject.lead_{name}" for name in PERSON), "paper.lead_id"),
    "subject.id_address": ("subject.post_same", *MAILING),  # the mailing address may be the document's, or no longer
    "subject.post_same": MAILING,
    "subject.post_region": ("subject.lead_phone2",),
    "subject.post_address": ("subject.no_door_number",),
    "subject.no_door_number": ("subject.post_address",),
    "subject.lead_id_type": (
        *(f"subject.lead_{name}" for name in ("name", "id_number", "id_until")),
        "paper.lead_id",
    ),
    "administrator.admin_id_type": (
        *(f"administrator.admin_{name}" for name in ("name", "id_number", "id_until")),
        "paper.admin_id",
    ),
}
# everything is open in a draft, and in a lapsed order that was reopened
ALL = None
Opening = tuple[set[str] | None, dict[str, FieldVerdict]]


def open_parts(order: Order) -> set[str] | None:
    """The open parts (`subject.lead_name`, `paper.lead_id`, or a whole step `website`); `None` when all are."""
    return read(order)[0]


def read(order: Order) -> Opening:
    """The open parts, with the reviewer's words on those named; read once for its state."""
    return read_once(order, ("opening", order.state), lambda: _opening_of(order))


def _opening_of(order: Order) -> Opening:
    if not is_in(order, Group.RETURNED):
        return ALL, {}
    # what the authority returned needs no verdicts; what a reviewer returned has the event beside them
    verdicts = {} if order.authority_code else queries.open_verdicts(order)
    by, from_state = next(map(history.ENTRY, verdicts.values()), None) or history.entry_of(order)
    was_mended = by == APPLICANT
    if not by or (was_mended and Group.LAPSED in states.BY_KEY[from_state].groups):
        return ALL, {}
    if was_mended:
        return with_following(opened_by(order.authority_code)) | _gates_to_repeat(order), {}
    verdicts = verdicts or queries.open_verdicts(order)
    explained = {REMARKS for each in verdicts.values() if may_explain(order, each)}
    return with_following(verdicts) | explained | _gates_to_repeat(order), verdicts


def may_explain(order: Order, verdict: FieldVerdict) -> bool:
    """Whether the remarks may explain the part: the province accepts that, or the words of the reason offer it."""
    if verdict.reason is None or verdict.reason.key != PHONE_ELSEWHERE:
        return False
    nature = str(order.answer("type").get("nature", ""))
    return queries.rules_of(order).may_explain_mobile(nature) or IN_REMARKS in str(verdict.told)


def with_following(parts: Iterable[str]) -> set[str]:
    """The parts, and those without which a change of them could not be saved."""
    named = set(parts)
    return named.union(*(FOLLOWING.get(part, ()) for part in named))


def _gates_to_repeat(order: Order) -> set[str]:
    """Gates that must be repeated whatever was named: an erased filing password, a server of unknown place."""
    asks = queries.rules_of(order).asks_password
    password = {"filing_password"} if asks and not order.password_kept else set()
    return password if servers.is_placed(order) else password | {"service_code"}


def is_open(parts: set[str] | None, part: str) -> bool:
    """Whether `part` may be changed: it, its whole step, or everything is open."""
    return parts is ALL or part in parts or part.partition(".")[0] in parts
