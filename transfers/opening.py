"""Which parts of a returned order its owner may change: exactly those that were named."""

from typing import Any

from transfers import queries, states
from transfers.processing_codes import code_of

# everything is open in a draft and in a lapsed order that is mended
ALL = None


def open_parts(order: Any) -> set[str] | None:
    """The open parts (`subject.lead_name`, `paper.lead_id`, or a whole step `website`); `None` when all are."""
    if order.state != states.RETURNED:
        return ALL
    entered = order.events.filter(to_state=states.RETURNED).exclude(from_state=states.RETURNED).first()
    if entered is None or (entered.move == "mend" and entered.from_state == states.LAPSED):
        return ALL
    named = set(code_of(order.authority_code).opens) if entered.move == "mend" else set(queries.open_verdicts(order))
    return named | _gates_to_repeat(order)


def _gates_to_repeat(order: Any) -> set[str]:
    """A filing password that was erased has to be asked again, whatever was named."""
    asks = queries.rules_of(order).asks_password
    return {"filing_password"} if asks and not order.password_kept else set()


def is_open(parts: set[str] | None, part: str) -> bool:
    """Whether `part` may be changed: it, its whole step, or everything is open."""
    return parts is ALL or part in parts or part.partition(".")[0] in parts
