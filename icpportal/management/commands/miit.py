"""`manage.py miit`: the ministry's interface by hand, for those who watch over it."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.miit import downloads, operations, overview, planning, polling, sanity, sending
from icpportal.gateways.miit.documents.content import Broken
from icpportal.gateways.miit.models import ReportState
from icpportal.gateways.miit.reactions import Way
from icpportal.gateways.miit.sealing import Forgotten
from icpportal.gateways.miit.standing import standing
from icpportal.gateways.miit.types import ReportKind
from icpportal.management import ministry_codes
from icpportal.management import ministry_words as words
from icpportal.privacy.actions import note_access
from icpportal.privacy.crypto import Unreadable
from transfers import authority, queries
from transfers.rules_shown import of_today

NOT_NOW = 3  # exit code: the ministry did not answer in time, or wants us to wait
REFUSALS = (Forgotten, Unreadable, Broken, Refused, Retryable, ImproperlyConfigured)


class Command(BaseCommand):
    help = """How it stands with the ministry's interface, what was sent, and what can be done about it by hand.
Exit codes: 0 done, 1 it cannot be done or a person is needed, 2 typed wrongly, 3 no answer in time, or not now."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="what", required=True, metavar="status|queue|show|…")
        made = {name: kinds.add_parser(name, help=row.help) for name, row in KINDS.items()}
        for name, row in KINDS.items():
            made[name].add_argument("--json", action="store_true", dest="as_json", help="one JSON object")
            for names, more in row.arguments:
                made[name].add_argument(*names, **more)

    def handle(self, *, what: str, as_json: bool, **options: Any) -> None:
        with translation.override("en"):  # whatever LANGUAGE_CODE says: no line is half in one language
            self._act(what, as_json, options)

    def _act(self, what: str, as_json: bool, options: dict[str, Any]) -> None:
        try:
            code = KINDS[what].act(self, as_json, options)
        except REFUSALS as problem:
            said = words.refusal(problem)
            if as_json:
                self.stdout.write(json.dumps({"error": said}, ensure_ascii=False))
            raise CommandError(said, returncode=NOT_NOW if isinstance(problem, Retryable) else 1) from None
        if code:
            sys.exit(code)

    def say(self, as_json: bool, found: dict[str, Any], lines: list[str]) -> None:
        """One object, or lines."""
        self.stdout.write(words.in_json(found) if as_json else "\n".join(lines))


def status(command: Command, as_json: bool, options: dict[str, Any]) -> int:
    now, moment = standing(), timezone.now()
    parked = queries.parked_answers()
    now.needs.extend(
        f"answer to {each.report_key}: {each.words(moment)}; see “Parked answers” at the review desk" for each in parked
    )
    questions = sanity.open_questions(asks_password=of_today()["asks_password"])
    found = {**now.as_dict(), "parked_answers": [asdict(each) for each in parked], "open_questions": questions}
    command.say(as_json, found, words.standing_lines(now, questions))
    return 1 if now.needs else 0


def queue(command: Command, as_json: bool, options: dict[str, Any]) -> int:
    found = overview.reports(**{name: options[name] or "" for name in ("state", "kind", "order")})
    if as_json:
        for piece in words.queue_pieces(overview.rows(found)):
            command.stdout.write(piece, ending="")
        command.stdout.write("")
        return 0
    how = {"oldest": options["oldest"], "after": options["after"], "size": options["limit"]}
    rows, more = overview.page(found, **how)
    command.stdout.write("\n".join(words.queue_lines(rows, more)))
    return 0


def show(command: Command, as_json: bool, options: dict[str, Any]) -> int:
    file = overview.file_of(options["sequence"])
    xml = overview.as_sent(file, attachments=options["attachments"])
    note_access(actor=None, what="ministry uploadfile", reference=file.report.reference, reason="manage.py miit show")
    if options["raw"]:
        sys.stdout.buffer.write(xml)
        return 0
    encoding, text = overview.encoding_of(xml), overview.in_words(xml)
    command.say(as_json, {**words.file_facts(file), "encoding": encoding, "xml": text}, [text])
    command.stderr.write(words.file_line(file, encoding))
    return 0


def resend(command: Command, as_json: bool, options: dict[str, Any]) -> int:
    return _done(command, as_json, "resent", operations.resend, options["sequence"])


def rebuild(command: Command, as_json: bool, options: dict[str, Any]) -> int:
    return _done(command, as_json, "rebuilt", operations.rebuild, options["sequence"])


def park(command: Command, as_json: bool, options: dict[str, Any]) -> int:
    return _done(command, as_json, "parked", operations.park, options["key"], options["reason"])


def unpark(command: Command, as_json: bool, options: dict[str, Any]) -> int:
    return _done(command, as_json, "unparked", operations.unpark, options["key"])


def give_up(command: Command, as_json: bool, options: dict[str, Any]) -> int:
    return _done(command, as_json, "given up", operations.give_up, options["key"], options["reason"])


def go_on(command: Command, as_json: bool, options: dict[str, Any]) -> int:
    ways = [Way(options["way"])] if options["way"] else []
    return _done(command, as_json, "let go on", operations.let_go_on, *ways)


def list_downloads(command: Command, as_json: bool, options: dict[str, Any]) -> int:
    found = downloads.in_need()
    command.say(as_json, {"downloads": [asdict(row) for row in found]}, words.download_lines(found))
    return 0


def confirm(command: Command, as_json: bool, options: dict[str, Any]) -> int:
    return _done(command, as_json, "confirmed with its next delivery", downloads.give_up, options["name"])


def reread(command: Command, as_json: bool, options: dict[str, Any]) -> int:
    return _done(command, as_json, "read", downloads.read_again, options["name"])


def _done(command: Command, as_json: bool, name: str, act: Callable[..., Any], *given: Any) -> int:
    act(*given)
    what = str(given[0]) if given else "sending and fetching"
    command.say(as_json, {"done": name, "what": what}, [f"{name}: {what}"])
    return 0


def codes(command: Command, as_json: bool, options: dict[str, Any]) -> int:
    found = {"codes": [row.as_dict() for row in ministry_codes.rows()]}
    command.say(as_json, found, list(ministry_codes.markdown() if options["markdown"] else ministry_codes.lines()))
    return 0


def resync(command: Command, as_json: bool, options: dict[str, Any]) -> int:
    def tell(line: str) -> None:
        command.stderr.write(line, str)  # no error: as it is
        command.stderr.flush()

    done, after_restore = options["yes"], options["after_restore"]
    if done and after_restore:
        tell(f"reports that the outbox still held: {authority.queue_what_is_owed()} queued")
    act = operations.resync if done else planning.plan
    plan = act(after_restore=after_restore, seconds=options["minutes"] * 60, tell=tell)
    command.say(as_json, {**plan.as_dict(), "done": done}, words.plan_lines(plan, done=done))
    return 0


def pull(command: Command, as_json: bool, options: dict[str, Any]) -> int:
    polling.expect_news()
    taken = authority.pull()
    command.say(as_json, {"answers": taken}, [f"answers taken: {taken}"])
    return 0


def send(command: Command, as_json: bool, options: dict[str, Any]) -> int:
    if options["dry_run"]:
        due = planning.due()
        command.say(as_json, due, words.sent_lines(due))
        return 0
    sent = sending.send_due(limit=options["limit"])
    command.say(as_json, sent.as_dict(), words.sent_lines(sent.as_dict()))
    return 1 if sent.parked or standing().sending_stopped else 0


class Kind:
    """One word after `miit`: what it does, its help and its arguments."""

    def __init__(self, act: Callable[[Command, bool, dict[str, Any]], int], help: str, *arguments: Any) -> None:  # noqa: A002
        self.act, self.help, self.arguments = act, help, arguments


SEQUENCE = (("sequence",), {"type": int, "help": "number of the file"})
KEY = (("key",), {"help": "key of the report"})
DOWNLOAD = (("name",), {"help": "name of the file, or the number in front of it"})
KINDS = {
    "status": Kind(status, "how it stands; exit code 1 when something needs a person"),
    "queue": Kind(
        queue,
        "every report with its number, state and reason",
        (("--state",), {"choices": [state.value for state in ReportState]}),
        (("--kind",), {"choices": [kind.value for kind in ReportKind]}),
        (("--order",), {"help": "reference of an order"}),
        (("--oldest",), {"action": "store_true", "help": "oldest first (lines only)"}),
        (("--after",), {"default": "", "help": "go on behind the report with this key (lines only)"}),
        (("--limit",), {"type": int, "default": 100, "help": "so many lines; JSON holds all"}),
    ),
    "show": Kind(
        show,
        "a file as it was sent, its filing password masked",
        SEQUENCE,
        (("--attachments",), {"action": "store_true", "help": "with the pictures, else one pixel each"}),
        (("--raw",), {"action": "store_true", "help": "the bytes, in GBK"}),
    ),
    "codes": Kind(
        codes,
        "every code of the interface: whose turn it is, what opens, in which words, what happens by itself",
        (("--markdown",), {"action": "store_true", "help": "the table of docs/ministry.md"}),
    ),
    "resend": Kind(resend, "the same bytes under the same number once more", SEQUENCE),
    "rebuild": Kind(rebuild, "new bytes on a number that was never accepted", SEQUENCE),
    "park": Kind(park, "hold a report that has no number", KEY, (("--reason",), {"required": True})),
    "unpark": Kind(unpark, "let a parked report go on", KEY),
    "give-up": Kind(
        give_up,
        "wait no longer for the answer to a report: the next one may go",
        KEY,
        (("--reason",), {"required": True}),
    ),
    "resync": Kind(
        resync,
        "ask which file was accepted last, and say what that changes here",
        (("--yes",), {"action": "store_true", "help": "change it"}),
        (
            ("--after-restore",),
            {"action": "store_true", "help": "a backup was restored: park what may have been accepted since"},
        ),
        (("--minutes",), {"type": float, "default": 5.0, "help": "for all calls together (5); exit code 3 when over"}),
    ),
    "downloads": Kind(list_downloads, "downloads that are damaged or parked, each with its reason"),
    "confirm": Kind(confirm, "give up a damaged download, so that those behind it come; its bytes stay", DOWNLOAD),
    "reread": Kind(reread, "take in a damaged or parked download from the bytes that are here", DOWNLOAD),
    "pull": Kind(pull, "bring in what the authority has ready and hand it to the orders"),
    "send": Kind(
        send,
        "one round of sending; exit code 1 when something was parked or sending is stopped",
        (("--limit",), {"type": int, "default": 50, "help": "at most so many files"}),
        (("--dry-run",), {"action": "store_true", "help": "say what is due, send nothing"}),
    ),
    "go-on": Kind(
        go_on,
        "clear stops and waits, of one way or of both",
        (("way",), {"nargs": "?", "choices": [way.value for way in Way], "help": "only this; else both"}),
    ),
}
