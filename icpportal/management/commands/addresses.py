"""`manage.py addresses`: addresses that accounts have given up, with their servers and service codes."""

import logging

from django.core.management.base import BaseCommand, CommandError, CommandParser

from icpportal.accounts.customers import leave
from icpportal.accounts.models import FormerAddress, User
from verification.service_codes.actions import give_left

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "release ADDRESS: an account has left it, and the provider gave it to another customer; the account that has "
        "it today gets what is listed under it. give ADDRESS --to ADDRESS: an account gets the service codes of an "
        "address whose account was not known."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        what.add_parser("release").add_argument("address")
        give = what.add_parser("give")
        give.add_argument("address")
        give.add_argument("--to", required=True, help="the address that the account has today")

    def handle(self, *, what: str, address: str, to: str = "", **_options: bool | int | str | None) -> None:
        if what == "release":
            self._release(address.lower())
        else:
            self._give(address.lower(), to.lower())

    def _release(self, address: str) -> None:
        left = FormerAddress.objects.filter(email=address).first()
        if left is None:
            raise CommandError("no account has left this address")
        left.delete()
        logger.info("address released", extra={"account": str(left.user_id)})
        self.stdout.write("released: servers listed under it go to the account that has it; codes stay where they are")

    def _give(self, address: str, to: str) -> None:
        user = User.objects.filter(email=to).first()
        if user is None:
            raise CommandError("no account has the address of --to")
        number = give_left(address, user.customer)
        if not number:
            raise CommandError("no service code waits under this address")
        if address != user.email:
            leave(user, address)
        logger.info("service codes given", extra={"account": str(user.pk), "number": number})
        self.stdout.write(f"service codes given: {number}")
