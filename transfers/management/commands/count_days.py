"""`manage.py count_days`: counts all due days, as beat does each hour; `--since` counts days again."""

from argparse import ArgumentParser
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from icpportal.command_line.arguments import typed_day
from icpportal.time_format import to_beijing
from transfers.durations import days
from transfers.durations.counting import DURATIONS
from transfers.models import CountedDay, DeskDay
from transfers.review.figures.daily_count import DESK


class Command(BaseCommand):
    help = "Counts how long orders took, and what the review desk did, on every day that waits for it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", type=typed_day, help="count again from this day on (2026-11-24)")

    def handle(self, *, since: date | None, **options: str | int | None) -> None:
        if since is not None and since > to_beijing(timezone.now()).date():
            raise CommandError(f"--since is in the future: {since}")
        if since is not None:
            for model in (CountedDay, DeskDay):
                model._default_manager.filter(day__gte=since).delete()
        for name, daily in (("durations", DURATIONS), ("desk", DESK)):
            total = 0
            while found := days.count_days(daily):
                total += found
            self.stdout.write(f"{name}: {total} days counted")
