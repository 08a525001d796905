"""`manage.py seed_demo`: invented customers, filings, servers, and orders in every state. Safe to repeat."""

import random
from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.ministry.api.client import NotThere
from demo.seed import free_filings, old_platform, orders, past_orders, photo_places, second_look, service_codes
from demo.seed.accounts import ACCOUNTS, PASSWORD, open_accounts
from icpportal.accounts import roles
from icpportal.accounts.models import User
from transfers.models import Order

CLOSED = "The applicant's first account was closed, and its orders with it: make demo-reset fills everything again"


class Command(BaseCommand):
    help = "Fills the demo with invented people, filings, servers and orders; nobody in it exists."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=2026, help="random seed: the same number gives the same data")

    def handle(self, *, seed: int, **options: str | int | None) -> None:
        if not settings.SIMULATORS:
            raise CommandError("The simulators are off here (SIMULATORS): invented data have no place in this portal.")
        dice = random.Random(seed)  # noqa: S311 -- invented data, no secret
        roles.ensure()
        accounts = open_accounts()
        try:
            free_filings.fill(dice)
            old_platform.fill()
            places = photo_places.fill()
            placed, codes = place_orders(accounts, dice)
            past = past_orders.place(accounts)
        except NotThere as nobody:
            raise CommandError(f"{nobody} `make demo` starts everything.") from None
        self.stdout.write("Demo accounts (password for all: " + PASSWORD + ")")
        for account in ACCOUNTS:
            self.stdout.write(f"  {accounts[account.key].email:24} {account.words}")
        self.stdout.write("Try a transfer yourself with one of these filings:")
        for free in free_filings.FREE:
            self.stdout.write(f"  {free.line()}")
        for line in lines_of_applicant(accounts["applicant"].email) if placed else [CLOSED]:
            self.stdout.write(line)
        self.stdout.write("Import from the old platform with one of these accounts:")
        for line in old_platform.lines():
            self.stdout.write(f"  {line}")
        self.stdout.write(
            f"{len(accounts)} accounts, {len(free_filings.FREE)} free filings, {placed} orders, {past} past ones, "
            f"{codes} service codes, {places} designated places"
        )


def place_orders(accounts: dict[str, User], dice: random.Random) -> tuple[int, int]:
    """The applicant's orders and service codes, unless they exist; returns how many there are.

    None of both for who closed that account after an earlier start: they went with it.
    """
    owner = accounts["applicant"]
    if past_orders.are_placed() and not Order.objects.filter(owner=owner).exists():
        return 0, 0
    placed = orders.place(owner, dice)
    second_look.place(owner, accounts["colleague"])
    return placed, service_codes.fill(owner, accounts["newcomer"])


def lines_of_applicant(email: str) -> list[str]:
    """What the applicant can try."""
    return [
        f"Transfer another filing as {email}:",
        f"  {orders.transferable()}",
        f"Cancel this transfer as {email}:",
        f"  {orders.cancellable()}",
        f"Show the photo of Shanghai's app as {email}:",
        f"  {orders.by_app()}",
    ]
