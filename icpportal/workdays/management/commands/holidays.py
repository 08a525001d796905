"""`holidays check` lists known years; `holidays load FILE` reads the notice of a new year."""

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import TypedDict, Unpack

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from icpportal.command_line.arguments import typed_day
from icpportal.workdays.calendar import NOTICE_DAYS, SHIPPED_YEARS, add_workdays
from icpportal.workdays.models import WorkCalendarDay
from icpportal.workdays.notices import BadNotice, read, save

LONGEST_PROMISE = 40  # working days: the longest promise, twice the authority's 20


class Options(TypedDict):
    """The arguments of the command."""

    task: str
    on: date | None
    file: Path
    source: str
    dry_run: bool
    json: bool


class Command(BaseCommand):
    help = "Checks that the holiday notices needed soon are loaded, or loads one from a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        tasks = parser.add_subparsers(dest="task", required=True)
        check = tasks.add_parser("check", help="exit code 1 when a year that is needed soon has no notice")
        check.add_argument("--on", type=typed_day, default=None, help="as if today were this date")
        check.add_argument("--json", action="store_true")
        load = tasks.add_parser("load", help="CSV lines: 2027-02-08,off,Spring Festival")
        load.add_argument("file", type=Path)
        load.add_argument("--source", default="", help="the notice, for example its number; else the file's name")
        load.add_argument("--dry-run", action="store_true")
        load.add_argument("--json", action="store_true")

    def handle(self, **options: Unpack[Options]) -> None:
        tasks = {"check": self.check_years, "load": self.load}
        tasks[options["task"]](options)

    def check_years(self, options: Options) -> None:
        today = options["on"] or timezone.localdate()
        last, provisional = add_workdays(today, LONGEST_PROMISE)
        years = {str(year): _known_from(year) for year in range(today.year, last.year + 1)}
        if options["json"]:
            self.stdout.write(json.dumps({"years": years, "needed_until": str(last), "complete": not provisional}))
        else:
            for year, source in years.items():
                self.stdout.write(f"{year}: {source}")
            self.stdout.write(f"totals: needed until {last}, {'a notice is missing' if provisional else 'complete'}")
        if provisional:
            raise SystemExit(1)

    def load(self, options: Options) -> None:
        try:
            days = read(options["file"], source=options["source"])
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}") from error
        except BadNotice as error:
            raise CommandError(str(error)) from error
        saved = 0 if options["dry_run"] else save(days)
        totals = {"read": len(days), "saved": saved}
        words = f"totals: read {totals['read']}, saved {totals['saved']}"
        self.stdout.write(json.dumps(totals) if options["json"] else words)


def _known_from(year: int) -> str:
    loaded = WorkCalendarDay.objects.filter(date__year=year).count()
    if loaded >= NOTICE_DAYS:
        return f"{loaded} days loaded"
    return "known from chinesecalendar" if year in SHIPPED_YEARS else "no notice, Monday to Friday"
