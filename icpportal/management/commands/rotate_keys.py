"""`manage.py rotate_keys`: seals all values with the first key; exits 1 when some are left."""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from icpportal.accounts.sign_in.authenticator_secrets import AuthenticatorSecrets
from icpportal.privacy import blind_index
from icpportal.privacy.crypto import key_names
from icpportal.privacy.key_change import blind_indexes, marks
from icpportal.privacy.key_change.sealed_values import Totals, columns
from transfers.review.search.backfill import fill


class Command(BaseCommand):
    help = "Seals every value and every key of a file with the first key of PII_KEYS. It may be stopped and run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say how much is sealed with which key")

    def handle(self, *, dry_run: bool, **options: str | int | None) -> None:
        totals = Totals()
        if not dry_run:
            for column in columns():
                totals += column.turn(self.stderr.write)
            totals += AuthenticatorSecrets().turn(self.stderr.write)
            if settings.BLIND_INDEX_KEY_FALLBACKS:
                try:
                    self.turn_indexes()
                except OperationalError as busy:
                    raise CommandError("others were writing all the time: nothing is lost, run it again") from busy
        left = sum(column.rest().count() for column in columns()) + AuthenticatorSecrets().count_rest()
        for words in self.key_lines(dry_run):
            self.stdout.write(words)
        done = (
            "" if dry_run else f"{totals.turned} turned, {totals.changed} changed meanwhile, {totals.failed} failed, "
        )
        self.stdout.write(f"rotate_keys: {done}{left} left")
        if left and not dry_run:
            sys.exit(1)

    def turn_indexes(self) -> None:
        """Switches the key of blind indexes all at once, and then what was written in that second."""
        tell = self.stderr.write
        unknown = blind_indexes.name_all(tell)
        turned = blind_indexes.switch(tell)
        time.sleep(blind_index.IN_FORCE_FOR)
        turned += blind_indexes.switch(tell)
        left = blind_indexes.count_left()
        blind_indexes.end()
        found = fill(again=True)
        self.stdout.write(
            f"BLIND_INDEX_KEY: {turned} indexes turned, {unknown} that no row can say, {left} left; "
            f"search keys of {found.kept} orders. Codes, links and counters of the earlier key run out within 30 days"
        )

    def key_lines(self, dry_run: bool) -> Iterator[str]:
        """One line for each key; one no longer in use is no longer required at the next start."""
        first, *others = key_names()
        yield f"{first}: {_values_under(first)} values, seals"
        for name in others:
            values = _values_under(name)
            yield f"{name}: {values} values" if values else f"{name}: no longer in use, PII_KEYS can do without it"
            if not values and not dry_run:
                marks.forget(name)
        if settings.BLIND_INDEX_KEY_FALLBACKS:
            yield f"BLIND_INDEX_KEY: the {'new' if blind_index.in_force_is_new() else 'earlier'} key is in force"


def _values_under(name: str) -> int:
    return sum(column.under(name).count() for column in columns()) + AuthenticatorSecrets().count(name)
