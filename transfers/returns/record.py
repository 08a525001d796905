"""What is kept of a returned order until it is submitted again."""

from collections.abc import Mapping
from typing import TypedDict

from icpportal.fields.types import Json
from transfers.models import Order


class ReturnRecord(TypedDict, total=False):
    """What is kept of a returned order: the answers then, who returned it, why parts stay."""

    before: dict[str, dict[str, Json]]
    turned_down: bool
    replies: dict[str, str]


def stored_at_return(order: Order) -> ReturnRecord:
    """What `keep_at_return` stored; empty for an order returned before there was such a record."""
    return order.came_back or ReturnRecord()


def was_turned_down(order: Order) -> bool:
    """Whether the authority returned it, not our reviewer."""
    return bool(stored_at_return(order).get("turned_down"))


def kept_replies(order: Order) -> Mapping[str, str]:
    """The explanations of unchanged parts, by part."""
    return stored_at_return(order).get("replies", {})
