"""`manage.py close_order`: closes an order that can no longer be read, so that its owner can begin again."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from icpportal.lifecycle import MoveNotAllowed
from transfers.deadlines.closing import can_be_read, close
from transfers.models import Order


class Command(BaseCommand):
    help = "Closes an order that cannot be read and does not lie with the authority; its owner is told."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", help="of the order, as `set_aside` names it")
        parser.add_argument("--reason", required=True, help="what its owner reads in the timeline")

    def handle(self, *, reference: str, reason: str, **options: str | int | None) -> None:
        order = Order.objects.select_related("owner").filter(reference=reference).first()
        if order is None:
            raise CommandError(f"there is no order {reference}")
        if not reason.strip():
            raise CommandError("--reason says why: its owner reads it")
        if can_be_read(order):
            raise CommandError(f"{reference} can be read: its owner or a reviewer ends it")
        try:
            close(order, reason=reason.strip())
        except MoveNotAllowed as refusal:
            raise CommandError(
                f"{reference} is {order.state}: what lies with the authority, or is over, stays"
            ) from refusal
        self.stdout.write(f"{reference} is closed, and its owner is told")
