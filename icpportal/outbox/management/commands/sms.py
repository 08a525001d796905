"""`manage.py sms templates`: prints what to register with a supplier of text messages, and what has no number yet."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import TypedDict, Unpack

from django.conf import settings
from django.core.management.base import BaseCommand

from icpportal.outbox.texts.registered import MARKS, RegisteredText, registered_texts

MISSING = "none"


class Options(TypedDict):
    """The arguments of the command."""

    task: str
    supplier: str
    json: bool


class Command(BaseCommand):
    help = "Prints the text messages in a supplier's notation, for registration."

    def add_arguments(self, parser: ArgumentParser) -> None:
        tasks = parser.add_subparsers(dest="task", required=True)
        templates = tasks.add_parser("templates", help="each text, its kind, its places, its number")
        templates.add_argument("--supplier", choices=sorted(MARKS), default=_in_force(), help="default: SMS_GATEWAY's")
        templates.add_argument("--json", action="store_true")

    def handle(self, **options: Unpack[Options]) -> None:
        found = registered_texts(options["supplier"])
        if options["json"]:
            self.stdout.write(json.dumps([asdict(each) | {"number": each.number} for each in found]))
            return
        for each in found:
            self.stdout.write(_as_lines(each))
        without = [each.name for each in found if not each.number]
        self.stdout.write(f"totals: {len(found)} texts, {len(without)} without a number in SMS_TEMPLATES")
        for name in without:
            self.stdout.write(f"  without a number: {name}")


def _in_force() -> str:
    return "tencent" if settings.SMS_GATEWAY.endswith(".TencentSms") else "aliyun"


def _as_lines(each: RegisteredText) -> str:
    places = ", ".join(f"{number} {name}" for number, name in enumerate(each.places, 1)) or "nothing"
    head = f"{each.name} · {each.kind} · number: {each.number or MISSING} · filled in: {places}"
    return "\n".join([head, *(f"  {line}" for line in each.text.splitlines()), ""])
