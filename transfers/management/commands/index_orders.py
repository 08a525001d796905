"""`manage.py index_orders`: writes the search keys of orders that lack them."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from transfers.models import SearchKey
from transfers.review.search.backfill import fill
from transfers.review.search.parts import MISSING, make_index


class Command(BaseCommand):
    help = (
        "Writes the search keys of orders that have none, and makes the index of parts of domains where it is missing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", dest="again", help="compare the keys of every order")

    def handle(self, *, again: bool, **options: str | int | None) -> None:
        SearchKey.objects.exists()  # a database without tables lacks more than the index, and says so
        if not make_index(connection):
            self.stderr.write(f"{MISSING.msg} {MISSING.hint}")
        totals = fill(again=again)
        self.stdout.write(f"index_orders: {totals.kept} orders")
        if totals.unreadable:
            raise CommandError(f"{totals.unreadable} orders cannot be read; see `reconcile`", returncode=2)
