"""`manage.py rehearse`: a synthetic person walks a whole order or import over HTTP, to its end."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass

import requests
from django.core.management.base import BaseCommand, CommandError

from demo.rehearsal import cancellation, legacy_import, transfer, transfer_another
from demo.rehearsal.http_browser import UnexpectedPage
from demo.rehearsal.scenario import REGIONS, Scenario, StepResult
from icpportal.fields.types import Json
from icpportal.gateways.connection_failures import failure_words

Steps = tuple[tuple[str, Callable[[Scenario], None]], ...]


@dataclass(frozen=True)
class Kind:
    """What can be walked: its steps, its name, its state before a page names one."""

    steps: Steps
    name: str = "order"
    begins: str = "draft"


KINDS = {
    "transfer": Kind(transfer.STEPS),
    "transfer-another": Kind(transfer_another.STEPS),
    "cancel": Kind(cancellation.STEPS),
    "import": Kind(legacy_import.STEPS, name="import", begins="unproved"),
}
NO_ADDRESS = (
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
)
REVIEWER = ("reviewer@example.com", "demo-Beian-2026")


class Command(BaseCommand):
    help = (
        "Runs an order or an import from sign-up to the end over HTTP; exits non-zero at the first thing that is wrong."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--base-url", default="http://127.0.0.1:8000", help="base URL of the demo")
        parser.add_argument(
            "--province",
            default="12",
            choices=sorted(REGIONS),
            metavar="NN",
            help="two-digit code of any of the 31; 12 asks for phones",
        )
        parser.add_argument("--kind", default="transfer", choices=sorted(KINDS), help="what to run, to the end")
        parser.add_argument("--json", action="store_true", help="one object: state and steps")
        parser.add_argument("--reviewer", default=REVIEWER[0], help="the demo's reviewer")
        parser.add_argument("--reviewer-password", default=REVIEWER[1])

    def handle(self, *, base_url: str, province: str, kind: str, **options: str | int | None) -> None:
        walk = Scenario(base_url, province, (str(options["reviewer"]), str(options["reviewer_password"])))
        quiet = bool(options["json"])
        walk.standing = KINDS[kind].begins
        walk.say = lambda done: None if quiet else self.stdout.write(line(done))
        steps, problem, code = KINDS[kind].steps, "", 1
        try:
            walk.run(steps)
        except UnexpectedPage as wrong:
            problem = str(wrong)
        except NO_ADDRESS:
            problem = f"{base_url} is no address of a portal: it begins with http:// or https://"
        except requests.RequestException as unreachable:
            problem = f"{base_url} does not answer: {failure_words(unreachable)}"
        except KeyboardInterrupt:
            problem, code = "stopped by Ctrl-C", 130
        if quiet:
            self.stdout.write(json.dumps(summary(walk, steps, problem), ensure_ascii=False))
        if problem:
            raise CommandError(f"{failed_step(walk, steps)}: {problem}", returncode=code)
        if not quiet:
            seconds = sum(done.seconds for done in walk.steps)
            self.stdout.write(f"{walk.standing} in {seconds:.1f} s: {KINDS[kind].name} {walk.reference}")


def line(done: StepResult) -> str:
    return f"{done.name:16} {done.seconds:6.2f} s  {done.state}"


def failed_step(walk: Scenario, steps: Steps) -> str:
    """The step that failed."""
    return steps[min(len(walk.steps), len(steps) - 1)][0]


def summary(walk: Scenario, steps: Steps, problem: str) -> dict[str, Json]:
    """The output of `--json`."""
    found: dict[str, Json] = {
        "state": walk.standing,
        "reference": walk.reference,
        "province": walk.province,
        "seconds": round(sum(done.seconds for done in walk.steps), 2),
        "steps": [{"name": done.name, "seconds": done.seconds, "state": done.state} for done in walk.steps],
    }
    return {**found, "problem": problem, "failed": failed_step(walk, steps)} if problem else found
