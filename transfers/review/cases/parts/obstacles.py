"""Who decides about an order, as one reader sees it."""

from dataclasses import dataclass

from icpportal.accounts.models import User
from icpportal.approvals.models import REFUSE, ApprovalRequest
from icpportal.approvals.queries import request_to_show
from icpportal.approvals.words import RequestPanel, asked_for
from transfers.models import Decision, Order
from transfers.orders.kinds import is_in
from transfers.orders.rows import Group
from transfers.review import decisions, leases
from transfers.second_look.queries import open_look


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What keeps this reader from judging: others' decisions and requests, or somebody who has the order."""

    waiting: Decision | None
    look: ApprovalRequest | None
    refusal: RequestPanel | None
    barred: leases.AssignedToOther | None

    @property
    def is_clear(self) -> bool:
        return not (self.waiting or self.look or self.refusal or self.barred)


def obstacles_of(order: Order, user: User) -> Obstacles:
    look = open_look(order)
    return Obstacles(
        waiting=decisions.decision_to_show(order) if is_in(order, Group.IN_REVIEW) else None,
        look=look,
        refusal=None if look else asked_for(request_to_show(REFUSE, order.pk), user),
        barred=leases.why_barred(order, user),
    )
