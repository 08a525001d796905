"""`manage.py miit`: the ministry's interface by hand, for operations."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import TypedDict, Unpack

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from icpportal.alarms.restored import HeldBack, refuse_if_held
from icpportal.command_line.arguments import typed_count, typed_minutes
from icpportal.fields.types import Facts
from icpportal.gateways.errors import NotYet, Refused, Retryable
from icpportal.gateways.miit.codes.return_codes import Way
from icpportal.gateways.miit.documents.types import MalformedDocument
from icpportal.gateways.miit.incoming import downloads
from icpportal.gateways.miit.line import polling
from icpportal.gateways.miit.line.file_encryption import Forgotten
from icpportal.gateways.miit.models import ReportState
from icpportal.gateways.miit.operations import actions as operations
from icpportal.gateways.miit.operations import last_answer, report_list, settings_check
from icpportal.gateways.miit.operations.status import interface_status
from icpportal.gateways.miit.outgoing import plan as planning
from icpportal.gateways.miit.outgoing import sender
from icpportal.gateways.miit.types import ReportKind
from icpportal.operations import miit_codes
from icpportal.operations import miit_output as words
from icpportal.privacy.actions import note_access
from icpportal.privacy.crypto import Unreadable
from transfers.authority import results as authority
from transfers.authority.parked import parked_answers
from transfers.pages.rules_summary import of_today

NOT_NOW = 3  # exit code: the ministry did not answer in time, or wants us to wait
REFUSALS = (Forgotten, Unreadable, MalformedDocument, Refused, Retryable, ImproperlyConfigured, HeldBack)


class Options(TypedDict):
    """The arguments after the subcommand; each has some of them (`KINDS`)."""

    state: str | None
    kind: str | None
    order: str | None
    oldest: bool
    after: str
    limit: int
    sequence: int
    attachments: bool
    raw: bool
    key: str
    reason: str
    way: str | None
    name: str
    markdown: bool
    yes: bool
    after_restore: bool
    send_answered: bool
    minutes: float
    dry_run: bool


class ArgumentOptions(TypedDict, total=False):
    """Options of argparse for an argument."""

    type: Callable[[str], int | float]
    help: str
    choices: list[str]
    action: str
    default: str | int | float
    required: bool
    nargs: str


Argument = tuple[tuple[str], ArgumentOptions]


class Command(BaseCommand):
    help = """Shows the state of the ministry's interface and what was sent, and acts on it by hand.
Exit codes: 0 done, 1 it cannot be done or a person is needed, 2 typed wrongly, 3 no answer, or not now."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="what", required=True, metavar="status|queue|show|…")
        parsers = {name: kinds.add_parser(name, help=row.help) for name, row in KINDS.items()}
        for name, row in KINDS.items():
            parsers[name].add_argument("--json", action="store_true", dest="as_json", help="one JSON object")
            for names, more in row.arguments:
                parsers[name].add_argument(*names, **more)

    def handle(self, *, what: str, as_json: bool, **options: Unpack[Options]) -> None:
        with translation.override("en"):  # whatever LANGUAGE_CODE says: no mixed languages
            self._act(what, as_json, options)

    def _act(self, what: str, as_json: bool, options: Options) -> None:
        try:
            code = KINDS[what].act(self, as_json, options)
        except REFUSALS as problem:
            message = words.refusal(problem)
            if as_json:
                self.stdout.write(json.dumps({"error": message}, ensure_ascii=False))
            raise CommandError(message, returncode=NOT_NOW if isinstance(problem, Retryable) else 1) from None
        if code:
            sys.exit(code)

    def say(self, as_json: bool, found: Facts, lines: list[str]) -> None:
        """Prints one object, or lines."""
        self.stdout.write(words.in_json(found) if as_json else "\n".join(lines))


def status(command: Command, as_json: bool, options: Options) -> int:
    now, moment = interface_status(), timezone.now()
    parked = parked_answers()
    now.needs.extend(
        f"answer to {each.report_key}: {each.words(moment)}; see “Parked answers” at the review desk" for each in parked
    )
    questions = settings_check.open_questions(asks_password=of_today().asks_password)
    silence = last_answer.silence()
    found = {
        **now.as_dict(),
        "parked_answers": [asdict(each) for each in parked],
        "open_questions": questions,
        "silence": silence,
    }
    command.say(as_json, found, words.standing_lines(now, questions, silence))
    if now.needs:
        return 1
    return NOT_NOW if silence else 0


def queue(command: Command, as_json: bool, options: Options) -> int:
    found = report_list.reports(state=options["state"] or "", kind=options["kind"] or "", order=options["order"] or "")
    if as_json:
        for piece in words.queue_pieces(report_list.rows(found)):
            command.stdout.write(piece, ending="")
        command.stdout.write("")
        return 0
    rows, more = report_list.page(found, oldest=options["oldest"], after=options["after"], size=options["limit"])
    command.stdout.write("\n".join(words.queue_lines(rows, more)))
    return 0


def show(command: Command, as_json: bool, options: Options) -> int:
    file = report_list.file_of(options["sequence"])
    xml = report_list.as_sent(file, attachments=options["attachments"])
    reference, reason = file.report.reference, "manage.py miit show"
    note_access(actor=None, what="ministry uploadfile", reference=reference, reason=reason, client="")
    if options["raw"]:
        sys.stdout.buffer.write(xml)
        return 0
    encoding, text = report_list.encoding_of(xml), report_list.in_words(xml)
    command.say(as_json, {**words.file_facts(file), "encoding": encoding, "xml": text}, [text])
    command.stderr.write(words.file_line(file, encoding))
    return 0


def resend(command: Command, as_json: bool, options: Options) -> int:
    operations.resend(options["sequence"])
    return _say_done(command, as_json, "resent", str(options["sequence"]))


def rebuild(command: Command, as_json: bool, options: Options) -> int:
    operations.rebuild(options["sequence"])
    return _say_done(command, as_json, "rebuilt", str(options["sequence"]))


def park(command: Command, as_json: bool, options: Options) -> int:
    operations.park(options["key"], options["reason"])
    return _say_done(command, as_json, "parked", options["key"])


def unpark(command: Command, as_json: bool, options: Options) -> int:
    operations.unpark(options["key"])
    return _say_done(command, as_json, "unparked", options["key"])


def give_up(command: Command, as_json: bool, options: Options) -> int:
    operations.give_up(options["key"], options["reason"])
    return _say_done(command, as_json, "given up", options["key"])


def go_on(command: Command, as_json: bool, options: Options) -> int:
    ways = [Way(options["way"])] if options["way"] else []
    operations.resume(*ways)
    return _say_done(command, as_json, "let go on", str(ways[0]) if ways else "sending and fetching")


def list_downloads(command: Command, as_json: bool, options: Options) -> int:
    found = downloads.in_need()
    command.say(as_json, {"downloads": [asdict(row) for row in found]}, words.download_lines(found))
    return 0


def confirm(command: Command, as_json: bool, options: Options) -> int:
    downloads.give_up(options["name"])
    return _say_done(command, as_json, "confirmed with its next delivery", options["name"])


def reread(command: Command, as_json: bool, options: Options) -> int:
    downloads.read_again(options["name"])
    return _say_done(command, as_json, "read", options["name"])


def _say_done(command: Command, as_json: bool, name: str, what: str) -> int:
    command.say(as_json, {"done": name, "what": what}, [f"{name}: {what}"])
    return 0


def codes(command: Command, as_json: bool, options: Options) -> int:
    found = {"codes": [row.as_dict() for row in miit_codes.rows()]}
    command.say(as_json, found, list(miit_codes.markdown() if options["markdown"] else miit_codes.lines()))
    return 0


def resync(command: Command, as_json: bool, options: Options) -> int:
    def tell(line: str) -> None:
        command.stderr.write(line, str)  # not an error: unstyled
        command.stderr.flush()

    done, after_restore = options["yes"], options["after_restore"]
    if done and after_restore:
        tell(f"reports that the outbox still held: {authority.queue_what_is_owed()} queued")
    act = partial(operations.resync, send_answered=options["send_answered"]) if done else planning.plan
    plan = act(after_restore=after_restore, seconds=options["minutes"] * 60, tell=tell)
    command.say(as_json, {**plan.as_dict(), "done": done}, words.plan_lines(plan, done=done))
    return 0


def pull(command: Command, as_json: bool, options: Options) -> int:
    refuse_if_held()
    polling.expect_news()
    try:
        answers = authority.pull()
    except NotYet:  # it is we who are busy
        raise
    except Retryable as problem:
        raise Retryable(f"{problem}; {last_answer.last_success()}") from problem
    command.say(as_json, {"answers": answers}, [f"answers taken: {answers}"])
    return 0


def send(command: Command, as_json: bool, options: Options) -> int:
    if options["dry_run"]:
        due = planning.due()
        command.say(as_json, due, words.sent_lines(due))
        return 0
    refuse_if_held()
    sent = sender.send_due(limit=options["limit"])
    command.say(as_json, sent.as_dict(), words.sent_lines(sent.as_dict()))
    return 1 if sent.parked or interface_status().sending_stopped else 0


class Kind:
    """One subcommand: its function, help and arguments."""

    def __init__(self, act: Callable[[Command, bool, Options], int], help: str, *arguments: Argument) -> None:  # noqa: A002
        self.act, self.help, self.arguments = act, help, arguments


SEQUENCE: Argument = (("sequence",), {"type": typed_count, "help": "number of the file"})
KEY: Argument = (("key",), {"help": "key of the report"})
DOWNLOAD: Argument = (("name",), {"help": "name of the file, or the number in front of it"})
KINDS = {
    "status": Kind(status, "the interface; exit code 1 when something needs a person, 3 while the ministry is silent"),
    "queue": Kind(
        queue,
        "every report with its number, state and reason",
        (("--state",), {"choices": [state.value for state in ReportState]}),
        (("--kind",), {"choices": [kind.value for kind in ReportKind]}),
        (("--order",), {"help": "reference of an order"}),
        (("--oldest",), {"action": "store_true", "help": "oldest first (lines only)"}),
        (("--after",), {"default": "", "help": "start after the report with this key (lines only)"}),
        (("--limit",), {"type": typed_count, "default": 100, "help": "maximum number of lines; JSON has all"}),
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
    "resend": Kind(resend, "send the same bytes under the same number again", SEQUENCE),
    "rebuild": Kind(rebuild, "make new bytes for a number that was never accepted", SEQUENCE),
    "park": Kind(park, "hold a report that has no number", KEY, (("--reason",), {"required": True})),
    "unpark": Kind(unpark, "return a parked report to the queue", KEY),
    "give-up": Kind(
        give_up,
        "stop waiting for the answer to a report, so that the next one can be sent",
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
        (
            ("--send-answered",),
            {"action": "store_true", "help": "with --yes: the ministry lost its data, send answered files again too"},
        ),
        (
            ("--minutes",),
            {"type": typed_minutes, "default": 5.0, "help": "for all calls together (5); then exit code 3"},
        ),
    ),
    "downloads": Kind(list_downloads, "downloads that are damaged or parked, each with its reason"),
    "confirm": Kind(confirm, "confirm a damaged download, so that those behind it come; its bytes stay", DOWNLOAD),
    "reread": Kind(reread, "process a damaged or parked download again, from the stored bytes", DOWNLOAD),
    "pull": Kind(pull, "fetch what the authority has ready and apply it to the orders; exit code 3: no answer"),
    "send": Kind(
        send,
        "one round of sending; exit code 1 when something was parked or sending is stopped",
        (("--limit",), {"type": typed_count, "default": 50, "help": "maximum number of files"}),
        (("--dry-run",), {"action": "store_true", "help": "say what is due, send nothing"}),
    ),
    "go-on": Kind(
        go_on,
        "end stops and waits of sending, of fetching, or of both",
        (("way",), {"nargs": "?", "choices": [way.value for way in Way], "help": "default: both"}),
    ),
}
