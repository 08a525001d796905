"""`manage.py verify_audit`: checks that the audit chain is as it was written."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from icpportal.audit import chain, checkpoints
from icpportal.audit.verification import verify


class Command(BaseCommand):
    help = (
        "Reads the audit chain from its beginning, or from where its oldest rows were removed, and names the first row "
        "that is not as it was written; exit code 1 then."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one line of JSON instead of a sentence")
        parser.add_argument(
            "--sign-again",
            action="store_true",
            help="sign the checkpoints with the SECRET_KEY of today, before an old one leaves SECRET_KEY_FALLBACKS",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        chain.link()
        verdict = verify()
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {
                        "holds": not verdict.broken,
                        "entries": verdict.entries,
                        "begins_after": verdict.begins_after,
                        "ends_at": verdict.ends_at,
                        "not_linked": verdict.not_linked,
                        "broken": verdict.broken,
                    }
                )
            )
        if verdict.broken:
            raise CommandError(f"The audit chain is broken: {verdict.broken}.")
        if not options["json"]:
            self.stdout.write(f"The audit chain holds: {verdict.entries} entries, the last is {verdict.ends_at}.")
        if options["sign_again"]:
            self.stdout.write(f"Checkpoints signed again: {checkpoints.sign_again()}.")
