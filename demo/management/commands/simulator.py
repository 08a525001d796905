"""`manage.py simulator …`: starts the simulated ministry, and does over HTTP whatever its page can do."""

import os
import socket
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from json import dumps, loads
from pathlib import Path
from typing import TypedDict, Unpack

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.ministry.api.client import NotDone, NotThere, SimulatorClient
from demo.ministry.api.rows import Answer, FileGiven
from icpportal.command_line.arguments import typed_count, typed_port
from icpportal.fields.types import Json

NOT_THERE = 3
HELP = """The ministry, simulated: a server of its own for demo, rehearsal and tests.
Exit codes: 0 done, 1 it cannot be done, 2 typed wrongly, 3 no simulator answers."""
UNSET = ("none", "null", "-")
SETTINGS = {"DJANGO_SETTINGS_MODULE": "demo.ministry.settings"}  # of the process that serves


def value_of(text: str) -> Json:
    """The value as JSON if it parses, else the text: `hours=24`, `asks_phones=true`, `people=administrator`."""
    try:
        return None if text in UNSET else loads(text)
    except ValueError:
        return text


def pair(text: str) -> tuple[str, Json]:
    """`name=value`."""
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise ValueError(text)
    return name, value if name in ("opens", "closes", "xml", "number") else value_of(value)


Said = Answer | str | Sequence[str]
Run = Callable[[SimulatorClient, Namespace], Said]


class How(TypedDict, total=False):
    """How argparse reads an argument."""

    default: str | int
    nargs: str
    metavar: str
    action: str
    help: str
    type: Callable[[str], int | tuple[str, Json]]
    choices: tuple[str, ...]


Argument = tuple[tuple[str, ...], How]


def arg(*names: str, **how: Unpack[How]) -> Argument:
    """An argument of a subcommand."""
    return names, how


def status(client: SimulatorClient, _given: Namespace) -> Said:
    """show the state"""
    return client.status()


def reports(client: SimulatorClient, given: Namespace) -> Said:
    """reports received, the newest first"""
    return client.reports(
        stage=given.stage,
        kind=given.kind,
        domain=given.domain,
        own_id=given.own_id,
        sequence=given.sequence,
        limit=given.limit,
    )


def show(client: SimulatorClient, given: Namespace) -> Said:
    """one report with its file and its answer"""
    return client.report(given.report)


def decide(client: SimulatorClient, given: Namespace) -> Said:
    """decide on a report (its key, the domain it is for, or "all" that wait)"""
    if given.report == "all":
        return {"decided": client.decide_all(given.decision, code=given.code, words=given.words)}
    return client.decide(key_of(client, given.report), given.decision, code=given.code, words=given.words)


def key_of(client: SimulatorClient, named: str) -> str:
    """The key of a report; a domain names the newest that waits for it."""
    if named.replace("-", "").isdecimal():
        return named
    waiting = client.reports(domain=named, stage="waiting", limit=1)
    if not waiting:
        raise NotDone(f"no report waits for {named}")
    return str(waiting[0]["key"])


def texts(client: SimulatorClient, given: Namespace) -> Said:
    """texts that were "sent", with their codes"""
    return client.texts(mobile=given.mobile, domain=given.domain)


def enter(client: SimulatorClient, given: Namespace) -> Said:
    """enter a code as on the ministry's site"""
    return client.enter(given.mobile, given.tail, given.code)


def confirm(client: SimulatorClient, given: Namespace) -> Said:
    """enter every code that waits for a site"""
    return client.confirm(given.domain)


def resend(client: SimulatorClient, given: Namespace) -> Said:
    """send a text again, with a new code"""
    return client.resend(given.text)


def fault(client: SimulatorClient, given: Namespace) -> Said:
    """switch a fault on or off; without arguments: what is on"""
    if given.lift:
        client.lift_faults()
    if given.method and not given.kind:
        raise NotDone(f"name a fault too, such as: fault {given.method} slow 3")
    if given.method:
        return client.fault(
            given.method,
            given.kind,
            on=not given.off,
            value=given.value,
            times=given.times,
            percent=given.percent,
        )
    return client.faults()


def filing(client: SimulatorClient, given: Namespace) -> Said:
    """put filings on record from a JSON file ("-": standard input); without one: what is on record"""
    if not given.file:
        return client.filings(number=given.number, domain=given.domain, limit=given.limit)
    text = sys.stdin.read() if given.file == "-" else Path(given.file).read_text("utf-8")
    found = loads(text)
    return client.add_filings(found if isinstance(found, list) else [found])


def province(client: SimulatorClient, given: Namespace) -> Said:
    """how a province treats reports, or is to treat them (asks_phones=true hours=24 …); without a code: all"""
    known = client.provinces()
    if not given.code:
        return known
    row = next((one for one in known if one["code"] == given.code), None)
    if row is None:
        raise NotDone(f"there is no province {given.code}: choose one of {', '.join(one['code'] for one in known)}")
    wanted = dict(given.pairs)
    if unknown := set(wanted) - (set(row) - {"code"}):
        raise NotDone(f"no such setting: {', '.join(sorted(unknown))}")
    if wanted:
        client.set_provinces([{**row, **wanted}])
    return next(one for one in client.provinces() if one["code"] == given.code)


def conduct(client: SimulatorClient, given: Namespace) -> Said:
    """how it behaves (opens=08:00 closes=20:00 decides_after=5 phones=auto …); without any: as it is"""
    return client.conduct(**dict(given.pairs))


def clock(client: SimulatorClient, given: Namespace) -> Said:
    """put its clock forward"""
    return client.advance(given.seconds + given.minutes * 60 + given.hours * 3600)


def block(client: SimulatorClient, given: Namespace) -> Said:
    """blacklist a domain or a subject's document number"""
    return client.block(given.which, given.value, on=not given.off)


def push(client: SimulatorClient, given: Namespace) -> Said:
    """put a file of the authority's own accord into the queue"""
    more: FileGiven = {"xml": Path(given.file).read_text("utf-8")} if given.file else {}
    return client.push(given.kind, **dict(given.pairs), **more)


def downloads(client: SimulatorClient, given: Namespace) -> Said:
    """files for the provider, the newest first"""
    return client.downloads(limit=given.limit)


def reset(client: SimulatorClient, given: Namespace) -> Said:
    """forget reports, files, switches and clock"""
    return client.reset(world=given.world)


LIMIT = arg("--limit", type=typed_count)
PAIRS = arg("pairs", nargs="*", type=pair, metavar="name=value")
OFF = arg("--off", action="store_true")
COMMANDS: dict[str, tuple[Run, tuple[Argument, ...]]] = {
    "status": (status, ()),
    "reports": (
        reports,
        (*(arg(f"--{name}", default="") for name in ("stage", "kind", "domain", "own-id", "sequence")), LIMIT),
    ),
    "show": (show, (arg("report", help="12, or 12-2 for the second request of file 12"),)),
    "decide": (
        decide,
        (
            arg("report", help='12, a domain, or "all"'),
            arg("decision", choices=("grant", "turn_down", "report_failed")),
            arg("--code", default="", help="processing code"),
            arg("--words", default="", help="the authority's opinion"),
        ),
    ),
    "texts": (texts, (arg("--mobile", default=""), arg("--domain", default=""))),
    "enter": (enter, (arg("mobile"), arg("tail", help="last six characters of the document"), arg("code"))),
    "confirm": (confirm, (arg("domain"),)),
    "resend": (resend, (arg("text", type=int),)),
    "fault": (
        fault,
        (
            arg("method", nargs="?", default="", help="upload, download, acknowledge, previous, status, … or all"),
            arg("kind", nargs="?", default="", help="down, slow, http, garbage, maintenance, code, lost, hash, …"),
            arg("value", nargs="?", default="", help="seconds, a status, a return code, a number"),
            arg("--times", type=int, help="number of calls it affects"),
            arg("--percent", type=int, default=100, help="of the calls"),
            OFF,
            arg("--lift", action="store_true", help="switch everything off first"),
        ),
    ),
    "filing": (
        filing,
        (arg("file", nargs="?", default=""), arg("--number", default=""), arg("--domain", default=""), LIMIT),
    ),
    "province": (province, (arg("code", nargs="?", default=""), PAIRS)),
    "conduct": (conduct, (PAIRS,)),
    "clock": (clock, tuple(arg(f"--{name}", type=int, default=0) for name in ("hours", "minutes", "seconds"))),
    "block": (block, (arg("which", choices=("domain", "subject")), arg("value"), OFF)),
    "push": (push, (arg("kind", help="JCDM, BASJ, ZXSJ, XGTZ, WBAWZLB, HMDLB"), PAIRS, arg("--file", default=""))),
    "downloads": (downloads, (LIMIT,)),
    "reset": (reset, (arg("--world", action="store_true", help="also reset the filings to the examples"),)),
}


class Command(BaseCommand):
    help = HELP
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default=settings.SIMULATOR_URL, help="where the simulator is")
        parts = parser.add_subparsers(dest="what", required=True)
        serve = parts.add_parser("serve", help="start it here, until Ctrl-C")
        serve.add_argument("--port", type=typed_port, default=8001)
        serve.add_argument("--host", default="127.0.0.1")
        serve.add_argument("--database", default="", help="database file (default: var/simulator.sqlite3)")
        serve.add_argument("--json", action="store_true", help="print nothing before serving")
        for name, (run, arguments) in COMMANDS.items():
            part = parts.add_parser(name, help=run.__doc__)
            part.add_argument("--json", action="store_true", help="for programs")
            for names, how in arguments:
                part.add_argument(*names, **how)

    def handle(self, *, what: str, url: str, json: bool, **options: str | int | None) -> None:
        given = Namespace(**options)
        if what == "serve":
            self.serve(given.host, given.port, given.database, quiet=json)
        run, _arguments = COMMANDS[what]
        try:
            found = run(SimulatorClient(url), given)
        except NotThere as problem:
            raise CommandError(str(problem), returncode=NOT_THERE) from None
        except (NotDone, OSError, ValueError) as problem:
            raise CommandError(str(problem).splitlines()[0]) from None
        self.stdout.write(dumps(found, ensure_ascii=False, indent=2) if json else in_words(found))

    def serve(self, host: str, port: int, database: str, *, quiet: bool) -> None:
        """Replaces this process with the simulator; does not return."""
        if not settings.DEMO:
            raise CommandError("The simulator belongs to the demo: this is PORTAL_MODE=production.")
        refuse_taken(host, port)
        if not quiet:
            self.stdout.write(f"The simulated ministry is at http://{host}:{port}/ until Ctrl-C.")
            self.stdout.flush()
        os.execve(sys.executable, command(host, port), environment(host, database))  # noqa: S606


def refuse_taken(host: str, port: int) -> None:
    """`CommandError` in one line unless the port can be listened on."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as problem:
            why = getattr(problem, "strerror", None) or "not a port number"
            raise CommandError(f"{host}:{port} cannot be used ({why}): choose another with --port.") from None


def command(host: str, port: int) -> list[str]:
    """One process with threads, because all calls share its switches and clock."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    web = ("--bind", address, "--workers", "1", "--threads", "32", "--timeout", "0", "--graceful-timeout", "3")
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "demo.ministry.wsgi",
        "--worker-class",
        "gthread",
        "--no-control-socket",
        *web,
    ]


def environment(host: str, database: str) -> dict[str, str]:
    """Our environment with the simulator's settings and database; the served name is an allowed host."""
    found = dict(os.environ)
    found |= SETTINGS
    found["VAR_DIR"] = str(settings.VAR_DIR)
    found["PYTHONPATH"] = os.pathsep.join(filter(None, (str(settings.BASE_DIR), os.environ.get("PYTHONPATH"))))
    if database:
        found["SIMULATOR_DB"] = str(Path(database).resolve())
    if host not in ("127.0.0.1", "localhost", "::1"):
        found["SIMULATOR_HOSTS"] = ",".join(filter(None, (host, found.get("SIMULATOR_HOSTS"))))
    return found


def in_words(found: Said) -> str:
    """The rows for a person, one a line: short values only, in the order received."""
    if isinstance(found, list):
        return "\n".join(in_words(row) for row in found) or "nothing"
    if not isinstance(found, dict):
        return str(found)
    return "  ".join(
        f"{name}={value}" for name, value in found.items() if value not in (None, "", [], {}) and len(str(value)) <= 300
    )
