"""Whether orders wait for a photo."""

from transfers.models import Order
from transfers.orders.kinds import in_group
from transfers.orders.rows import Group


def is_due(reference: str) -> bool:
    """Whether the order of this reference waits for the photo of its administrator."""
    return Order.objects.filter(in_group(Group.PHOTO_WANTED), reference=reference).exists()
