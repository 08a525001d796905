"""`manage.py reset_attempts`: give somebody their tries back. Prints no personal data."""

import json
import uuid
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from icpportal.codes import limits
from icpportal.entry import phones


def keys_of_account(who: str) -> list[str]:
    """What is counted about an account: its id, its e-mail address and its mobile."""
    try:
        mine = Q(pk=uuid.UUID(who))
    except ValueError:
        mine = Q(email__iexact=who)
    user = get_user_model().objects.filter(mine).first()
    if user is None:
        raise CommandError("No such account")
    return [key for key in (str(user.pk), user.email, getattr(user, "mobile", "")) if key]


def keys_of_phone(typed: str) -> list[str]:
    """The mobile as codes are counted by it."""
    try:
        return [phones.mobile(typed)]
    except ValidationError as error:
        raise CommandError(error.messages[0]) from error


READERS = {
    "account": keys_of_account,
    "phone": keys_of_phone,
    "filing": lambda number: [number.strip()],
    "order": lambda reference: [reference.strip()],
}


class Command(BaseCommand):
    """Forget the counted tries of an account, a mobile, a filing number or an order."""

    help = (
        "Forget the counted tries of an account (e-mail or id), a mobile, a filing number or an order (reference). "
        "Failed sign-ins are not among them: those open again by themselves after five minutes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--account", action="append", default=[], metavar="EMAIL_OR_ID")
        parser.add_argument("--phone", action="append", default=[], metavar="MOBILE")
        parser.add_argument("--filing", action="append", default=[], metavar="NUMBER")
        parser.add_argument("--order", action="append", default=[], metavar="REFERENCE")
        parser.add_argument("--dry-run", action="store_true", help="count, but forget nothing")
        parser.add_argument("--json", action="store_true", help="totals as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 -- Django's signature
        asked = [(kind, value) for kind in READERS for value in options[kind]]
        if not asked:
            raise CommandError("Name at least one of --account, --phone, --filing, --order")
        keys = [key for kind, value in asked for key in READERS[kind](value)]
        counters = limits.reset(keys, dry_run=options["dry_run"])
        totals = {"asked": len(asked), "counters": counters, "dry_run": options["dry_run"]}
        words = "would forget" if options["dry_run"] else "forgot"
        self.stdout.write(json.dumps(totals) if options["json"] else f"reset_attempts: {words} {counters} counters")
