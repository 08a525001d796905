"""`manage.py seed_demo`: invented customers, filings, servers, and orders in every state. Safe to repeat."""

import random
from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from icpportal.accounts import roles
from icpportal.gateways.miit.simulator.client import NotThere
from icpportal.management import demo_codes, demo_legacy, demo_orders, demo_places, demo_world
from icpportal.management.demo_accounts import ACCOUNTS, PASSWORD, open_accounts


class Command(BaseCommand):
    help = "Fills the demo with invented people, filings, servers and orders; nobody in it exists."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=2026, help="the same number gives the same world")

    def handle(self, *, seed: int, **options: object) -> None:
        if not settings.SIMULATORS:
            raise CommandError("The simulators are off here (SIMULATORS): invented data have no place in this portal.")
        dice = random.Random(seed)  # noqa: S311 -- invented data, no secret
        roles.ensure()
        accounts = open_accounts()
        try:
            demo_world.fill(dice)
            demo_legacy.fill()
            places = demo_places.fill()
            orders = demo_orders.place(accounts["applicant"], dice)
            codes = demo_codes.fill(accounts["applicant"], accounts["newcomer"])
        except NotThere as nobody:
            raise CommandError(f"{nobody} `make demo` starts everything.") from None
        self.stdout.write("Demo accounts (password for all: " + PASSWORD + ")")
        for account in ACCOUNTS:
            self.stdout.write(f"  {account.email:24} {account.words}")
        self.stdout.write("Try a transfer yourself with one of these filings:")
        for free in demo_world.FREE:
            self.stdout.write(f"  {free.line()}")
        self.stdout.write("Transfer another filing as lin@example.com:")
        self.stdout.write(f"  {demo_orders.transferable()}")
        self.stdout.write("Cancel this transfer as lin@example.com:")
        self.stdout.write(f"  {demo_orders.cancellable()}")
        self.stdout.write("Show the photo of Shanghai's app as lin@example.com:")
        self.stdout.write(f"  {demo_orders.by_app()}")
        self.stdout.write("Import from the old platform with one of these accounts:")
        for line in demo_legacy.lines():
            self.stdout.write(f"  {line}")
        self.stdout.write(
            f"{len(accounts)} accounts, {len(demo_world.FREE)} free filings, {orders} orders, {codes} service codes, "
            f"{places} designated places"
        )
