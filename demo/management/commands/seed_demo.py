"""`manage.py seed_demo`: invented customers, filings, servers, and orders in every state. Safe to repeat."""

import random
from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.ministry.api.client import NotThere
from demo.seed import free_filings, old_platform, orders, past_orders, photo_places, second_look, service_codes
from demo.seed.accounts import ACCOUNTS, PASSWORD, open_accounts
from icpportal.accounts import roles


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
            placed = orders.place(accounts["applicant"], dice)
            second_look.place(accounts["applicant"], accounts["colleague"])
            codes = service_codes.fill(accounts["applicant"], accounts["newcomer"])
            past = past_orders.place(accounts)
        except NotThere as nobody:
            raise CommandError(f"{nobody} `make demo` starts everything.") from None
        self.stdout.write("Demo accounts (password for all: " + PASSWORD + ")")
        for account in ACCOUNTS:
            self.stdout.write(f"  {account.email:24} {account.words}")
        self.stdout.write("Try a transfer yourself with one of these filings:")
        for free in free_filings.FREE:
            self.stdout.write(f"  {free.line()}")
        self.stdout.write("Transfer another filing as lin@example.com:")
        self.stdout.write(f"  {orders.transferable()}")
        self.stdout.write("Cancel this transfer as lin@example.com:")
        self.stdout.write(f"  {orders.cancellable()}")
        self.stdout.write("Show the photo of Shanghai's app as lin@example.com:")
        self.stdout.write(f"  {orders.by_app()}")
        self.stdout.write("Import from the old platform with one of these accounts:")
        for line in old_platform.lines():
            self.stdout.write(f"  {line}")
        self.stdout.write(
            f"{len(accounts)} accounts, {len(free_filings.FREE)} free filings, {placed} orders, {past} past ones, "
            f"{codes} service codes, {places} designated places"
        )
