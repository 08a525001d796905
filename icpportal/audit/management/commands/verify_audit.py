"""`manage.py verify_audit`: checks that the audit chain is as it was written."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from icpportal.audit import chain, checkpoints
from icpportal.audit.verification import verify
from icpportal.database import failures

NOT_READ = 3  # exit code: nothing is known about the chain


class Command(BaseCommand):
    help = (
        "Reads the audit chain from its beginning, or from where its oldest rows were removed, and names the first row "
        "that is not as it was written; exit code 1 then, 3 when the chain was not read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one line of JSON instead of a sentence")
        parser.add_argument(
            "--sign-again",
            action="store_true",
            help="sign the checkpoints with the SECRET_KEY of today, before an old one leaves SECRET_KEY_FALLBACKS",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            chain.link()
            verdict = verify()
        except DatabaseError as problem:
            if not (words := failures.explain(problem)):
                raise
            message = f"The audit chain was not read: {words[0].lower()}{words[1:]}"
            raise CommandError(message, returncode=NOT_READ) from problem
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
