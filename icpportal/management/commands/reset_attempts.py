"""`manage.py reset_attempts`: gives somebody their attempts back. Prints no personal data."""

import json
import uuid
from typing import TypedDict, Unpack

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from filings.models import LegacyClaim
from icpportal.codes import limits
from icpportal.fields import filing_numbers, phones
from transfers.review.search import spellings


def keys_of_account(who: str) -> list[str]:
    """The keys under which an account's attempts are counted: its id, email address and mobile."""
    try:
        mine = Q(pk=uuid.UUID(who))
    except ValueError:
        mine = Q(email__iexact=who)
    user = get_user_model().objects.filter(mine).first()
    if user is None:
        raise CommandError("No such account")
    return [key for key in (str(user.pk), user.email, getattr(user, "mobile", "")) if key]


def keys_of_phone(typed: str) -> list[str]:
    """The keys under which a mobile's attempts are counted."""
    try:
        return [phones.mobile(typed)]
    except ValidationError as error:
        raise CommandError("This is no mobile number: write its 11 digits") from error


def keys_of_filing(typed: str) -> list[str]:
    """The keys of a subject number's attempts, by strangers and by its owners."""
    number = filing_numbers.subject_number(typed)
    if not number:
        raise CommandError("This is no filing number: write it like 宁ICP备00000000号")
    owned = get_user_model().objects.filter(subjects__subject_number=number)
    return [number, *(f"{number} {pk}" for pk in owned.values_list("pk", flat=True))]


def keys_of_order(typed: str) -> list[str]:
    """The key of the attempts of an order, or of a claim by the long reference in its address."""
    reference = spellings.reference(typed) or typed.strip()
    if not (spellings.reference(typed) or LegacyClaim.objects.filter(reference=reference).exists()):
        raise CommandError("This is no reference of an order: write it like T7Q4-M2KX")
    return [reference]


READERS = {
    "account": keys_of_account,
    "phone": keys_of_phone,
    "filing": keys_of_filing,
    "order": keys_of_order,
}


class Options(TypedDict):
    """The arguments of the command."""

    account: list[str]
    phone: list[str]
    filing: list[str]
    order: list[str]
    dry_run: bool
    json: bool


class Command(BaseCommand):
    """Deletes the counted attempts of an account, a mobile, a filing number or an order."""

    help = (
        "Resets the attempt counters of an account (email or ID), a mobile number, a filing number or "
        "an order (reference). "
        "Failed sign-ins are not included: that lock ends by itself, after five minutes or within the hour; a new "
        "password ends it at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--account", action="append", default=[], metavar="EMAIL_OR_ID")
        parser.add_argument("--phone", action="append", default=[], metavar="MOBILE")
        parser.add_argument("--filing", action="append", default=[], metavar="NUMBER")
        parser.add_argument("--order", action="append", default=[], metavar="REFERENCE")
        parser.add_argument("--dry-run", action="store_true", help="count only, reset nothing")
        parser.add_argument("--json", action="store_true", help="totals as one JSON object")

    def handle(self, **options: Unpack[Options]) -> None:
        typed = {"account": options["account"], "phone": options["phone"]}
        typed |= {"filing": options["filing"], "order": options["order"]}
        asked = [(kind, value) for kind in READERS for value in typed[kind]]
        if not asked:
            raise CommandError("Name at least one of --account, --phone, --filing, --order")
        keys = [key for kind, value in asked for key in READERS[kind](value)]
        counters = limits.reset(keys, dry_run=options["dry_run"])
        totals = {"asked": len(asked), "counters": counters, "dry_run": options["dry_run"]}
        words = "would forget" if options["dry_run"] else "forgot"
        self.stdout.write(json.dumps(totals) if options["json"] else f"reset_attempts: {words} {counters} counters")
