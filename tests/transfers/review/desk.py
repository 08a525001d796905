"""What a reviewer's page sends when every part is in order."""

from transfers.models import Order
from transfers.orders.kinds import is_in
from transfers.orders.rows import Group
from transfers.review.cases.parts.parts import OTHER, parts_of
from transfers.review.cases.parts.photo_rules import rules_for

ALTHOUGH = {"return-although": "on"}


def all_ok(order: Order) -> dict[str, str]:
    """OK at every part, or rule of the photo, that needs a verdict."""
    if is_in(order, Group.PHOTO_IN_REVIEW):
        return {f"verdict.{rule.part}": "ok" for rule in rules_for(order)}
    return {f"verdict.{part}": "ok" for part in parts_of(order) if part != OTHER}
