"""`manage.py set_aside`: lists rows that jobs have set aside, and lets them be tried again."""

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from icpportal.alarms.actions import try_again
from icpportal.alarms.models import SetAside
from icpportal.time_format import to_beijing


class Command(BaseCommand):
    help = "Lists the rows that jobs have set aside; with --again their next round tries them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        only = "only the rows of this order, message or file (after -- if it begins with a dash)"
        parser.add_argument("reference", nargs="?", default="", help=only)
        parser.add_argument("--job", default="", help="only the rows of this job, such as deadlines.due")
        parser.add_argument("--again", action="store_true", help="try them with the next round, not at their time")
        parser.add_argument("--json", action="store_true", dest="as_json", help="one object instead of lines")

    def handle(
        self, *, reference: str, job: str, again: bool, as_json: bool, **options: bool | int | str | None
    ) -> None:
        wanted = {name: value for name, value in (("reference", reference), ("job", job)) if value}
        chosen = SetAside.objects.filter(**wanted).order_by("since", "pk")
        if wanted and not chosen.exists():
            raise CommandError("no such row is set aside")
        hurried = try_again(chosen) if again else 0
        if as_json:
            self.stdout.write(json.dumps({"rows": [_as_json(row) for row in chosen], "again": hurried}))
            return
        for row in chosen:
            since, following = (f"{to_beijing(at):%Y-%m-%d %H:%M}" for at in (row.since, row.next_at))
            tries = f"{row.tries} tries since {since}, the next {following}"
            self.stdout.write(f"{row.job} {row.reference}: {row.trouble}, {tries}")
        self.stdout.write(f"{hurried} are tried with the next round" if again else f"{chosen.count()} set aside")


def _as_json(row: SetAside) -> dict[str, str | int]:
    moments = {"since": row.since.isoformat(), "next_at": row.next_at.isoformat()}
    return {"job": row.job, "reference": row.reference, "trouble": row.trouble, "tries": row.tries, **moments}
