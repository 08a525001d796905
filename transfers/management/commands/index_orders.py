"""`manage.py index_orders`: writes what orders are found by at the review desk, where it is missing."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from transfers.review.search.backfill import fill


class Command(BaseCommand):
    help = "Writes the search keys of orders that have none. It may be stopped and run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", dest="again", help="compare the keys of every order")

    def handle(self, *, again: bool, **options: str | int | None) -> None:
        totals = fill(again=again)
        self.stdout.write(f"index_orders: {totals.kept} orders")
        if totals.unreadable:
            raise CommandError(f"{totals.unreadable} orders cannot be read; see `reconcile`", returncode=2)
