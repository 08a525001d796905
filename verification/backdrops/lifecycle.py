"""The lifecycle of a request for a backdrop."""

from icpportal.fields.types import Facts
from icpportal.lifecycle import APPLICANT, REVIEWER, Move, MoveTable
from verification.models.backdrop_states import CALLED_OFF, DELIVERED, POSTED, REQUESTED
from verification.models.backdrops import Backdrop


def in_stock(backdrop: Backdrop, facts: Facts) -> bool:
    """A backdrop is in stock, and a tracking number was given."""
    return bool(facts.get("in_stock")) and bool(facts.get("tracking"))


ROWS = (
    Move("post", (REQUESTED,), POSTED, by=REVIEWER, guard=in_stock, notify="backdrop_posted"),
    Move("arrive", (POSTED,), DELIVERED, by=APPLICANT),
    Move("arrive", (POSTED,), DELIVERED, by=REVIEWER),
    Move("come_back", (POSTED,), REQUESTED, by=REVIEWER, notify="backdrop_returned"),
    Move("call_off", (REQUESTED,), CALLED_OFF, by=APPLICANT),
)

TABLE = MoveTable(ROWS, usual_kinds=("backdrop",))
