"""The life of a request for a backdrop, on one page."""

from typing import Any

from icpportal.lifecycle import APPLICANT, REVIEWER, T, Table
from verification.backdrops.states import CALLED_OFF, DELIVERED, POSTED, REQUESTED

Facts = dict[str, Any]


def in_stock(backdrop: Any, facts: Facts) -> bool:
    """There is one to post, and a courier's number for it."""
    return bool(facts.get("in_stock")) and bool(facts.get("tracking"))


ROWS = (
    T("post", (REQUESTED,), POSTED, by=REVIEWER, when=in_stock, tell="backdrop_posted"),
    T("arrive", (POSTED,), DELIVERED, by=APPLICANT),
    T("arrive", (POSTED,), DELIVERED, by=REVIEWER),
    T("come_back", (POSTED,), REQUESTED, by=REVIEWER, tell="backdrop_came_back"),
    T("call_off", (REQUESTED,), CALLED_OFF, by=APPLICANT),
)

TABLE = Table(ROWS, usual_kinds=("backdrop",))
