"""Why parts of a returned order stay as they are, in the words of its owner."""

from collections.abc import Iterable, Mapping

from django.db.models import F

from icpportal.accounts.models import User
from icpportal.fields.components import SummaryRow
from icpportal.lifecycle import APPLICANT
from icpportal.privacy.fields import seal_value
from transfers.models import Order
from transfers.orders.kinds import in_group
from transfers.orders.machine import note
from transfers.orders.rows import Group
from transfers.returns.labels import label_of
from transfers.returns.record import kept_replies, stored_at_return
from transfers.returns.returned_parts import ReturnedPart


def keep_replies(order: Order, replies: Mapping[str, str]) -> bool:
    """Stores why parts stay unchanged; returns False when the order was changed in the meantime."""
    if replies == kept_replies(order):
        return True
    order.came_back = {**stored_at_return(order), "replies": dict(replies)}
    mine = Order.objects.filter(in_group(Group.RETURNED), pk=order.pk, version=order.version)
    written = mine.update(came_back=seal_value(order, "came_back"), version=F("version") + 1)
    order.version += written
    return bool(written)


def note_replies(order: Order, parts: Iterable[ReturnedPart], *, actor: User) -> None:
    """Notes in the timeline what stays and why: later reviewers read it too."""
    for part in parts:
        if part.reason:
            note(order, "explained", by=APPLICANT, actor=actor, words=f"{part.key}: {part.reason}")


def reply_rows(order: Order) -> list[SummaryRow]:
    """The applicant's explanations of unchanged parts for the reviewer: label and words."""
    return [{"label": label_of(key), "value": words_} for key, words_ in kept_replies(order).items()]
