"""`make test`: the whole suite on SQLite and files; where PostgreSQL and Redis answer, what needs a database on these.

STRICT=1 fails when one of them is missing or any test is skipped. TEST_DATABASE_URL and TEST_REDIS_URL are their
addresses if not the usual ports of this machine; the tests create and drop databases of their own and use Redis
databases 7 to 15. MIIT_XSD_DIR is the folder of the ministry's schemas, which are not in the project: without it,
tests that need them are skipped. SEED_PROCEDURE is the procedure that docs/coverage.md follows; with it, every word is
compared. What follows the command goes to pytest: `tests/run.py -k wizard`.

LONG=1 also runs the further cases (`long`) of what one case shows; `.ci/long` does.

`make test-sqlite` (`--sqlite` before anything else) runs everything on SQLite and files, as without these services.
`make test-fast` (`--fast`) leaves out what needs a browser or a worker, and the longest tests (`slow`).
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import psycopg
import redis
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
REDIS_DATABASES = range(7, 16)
SCHEMAS = os.environ.get("MIIT_XSD_DIR", "")
STRICT = os.environ.get("STRICT", "") not in ("", "0")
LONG = os.environ.get("LONG", "") not in ("", "0")
NOT_AGAIN = "not once"  # `tests/environment.py` uses it too
NO_TESTS = 5  # pytest's exit code when it collected none
NOT_OURS = (
    "DATABASE_URL", "REDIS_URL", "PORTAL_MODE", "RULE_PROFILE", "VAR_DIR", "PORT", "S3_BUCKET", "SIMULATORS",
    "MIIT_CODES",
    "PYTHONDONTWRITEBYTECODE",  # or each of the many processes would compile everything again
    "PYTHONUNBUFFERED",  # it would hide bugs of output that never reaches a pipe
    "PUBLIC_BASE_URL",
)  # fmt: skip


@dataclass(frozen=True)
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


MEMORY = Path("/dev/shm")  # a file system in memory: what a test writes is gone after it
ROOM = 4 * 2**30
# Python's objects in pages of two megabytes: looking up addresses took a fourteenth of the time
HUGE_PAGES = {"PYTHONMALLOC": "mimalloc", "MIMALLOC_ALLOW_LARGE_OS_PAGES": "1"}
SIDE = "_side"  # the second database of a run, for tests beside browsers and workers; `tests/migrated.py` uses it too
NICE = 5


@dataclass(frozen=True)
class Services:
    """The services that answered, and the environment that points to them; `missing` says which did not."""

    title: str
    environment: dict[str, str]
    missing: str = ""


def main(arguments: list[str]) -> int:
    chosen = ON_SQLITE.get(next(iter(arguments), ""))
    return chosen(arguments[1:]) if chosen else everything(arguments)


def fast(arguments: list[str]) -> int:
    """The tests that tell in a few minutes whether something broke."""
    return outcome(*suites([Suite("SQLite and files", {}, "not services and not slow")], arguments, (SIDE_BY_SIDE,)))


def whole(arguments: list[str]) -> int:
    """Everything that runs without PostgreSQL and Redis, whether or not they answer."""
    with migrating({}):
        return outcome(*suites([Suite("SQLite and files", {}, f"not services{cases()}")], arguments))


ON_SQLITE = {"--fast": fast, "--sqlite": whole}


def everything(arguments: list[str]) -> int:
    """Everything, on all available services."""
    with services() as found, migrating(found.environment):
        # tests of a database run on PostgreSQL, as in production, if it answers
        asked = f"not services{cases()}" + ("" if found.missing else " and (once or sqlite)")
        asked_of = [Suite("SQLite and files", {}, asked)]
        if not found.missing:
            asked_of.append(Suite(found.title, found.environment, f"not sqlite and {NOT_AGAIN}{cases()}"))
        counted = suites(asked_of, arguments)
    say("")
    for each, counts in zip(asked_of, counted, strict=True):
        say(f"On {each.title}: {counts}")
    if found.missing:
        say(f"On PostgreSQL and Redis: not run, {found.missing}")
    if not SCHEMAS:
        say("MIIT_XSD_DIR does not say where the ministry's schemas are: tests that need them were skipped")
    return outcome(*counted, missing=found.missing)


def cases() -> str:
    return "" if LONG else " and not long"


def outcome(*counted: Counts, missing: str = "") -> int:
    """The exit code; prints problems, and the counts last."""
    total = sum(counted, Counts())
    wrong = verdict(total, missing)
    for line in wrong:
        say(line)
    say(str(total))
    return 1 if wrong else 0


def verdict(total: Counts, missing: str) -> list[str]:
    """Why the run as a whole failed; empty when it passed."""
    reasons = []
    if total.failed:
        reasons.append(f"Tests failed: {total.failed}.")
    if not total.passed:
        reasons.append("No test passed.")
    if STRICT and missing:
        reasons.append(f"STRICT: the second run is missing, {missing}.")
    if STRICT and total.skipped:
        reasons.append(f"STRICT: tests were skipped: {total.skipped}.")
    return reasons


@dataclass(frozen=True)
class Phase:
    """A part of a run: its name, pytest's options, the marks of its tests.

    `yields`: it has low priority beside others, and databases of its own, of which `redis` is the first there.
    `waits`: it starts when all others except yielding ones have ended, and only once.
    """

    title: str
    options: tuple[str, ...]
    marks: str
    waits: bool = False
    yields: bool = False
    redis: int | None = None


# an idle process takes tests from another: a few tests are as long as a hundred others. One more than there are
# cores, because for a quarter of the time a test waits for a program that it started
SIDE_BY_SIDE = Phase(
    "side by side", ("-n", "3", "--dist", "worksteal"), "not browser and not worker", yields=True, redis=13
)
PHASES = (
    SIDE_BY_SIDE,
    Phase(
        "browsers and workers",
        ("--real", "-n", "2", "--dist", "loadscope", "--no-loadscope-reorder"),
        "(browser or worker) and not alone",
    ),
    # one process, but one of xdist: when a test crashes it, the next test gets a new one
    Phase("alone", ("--real", "-n", "1"), "(browser or worker) and alone", waits=True),
)


@dataclass(frozen=True)
class Suite:
    """All tests on some services: the environment that points to these, and the marks of the tests to run there."""

    title: str
    environment: dict[str, str]
    chosen: str


def suites(asked: Sequence[Suite], arguments: list[str], phases: tuple[Phase, ...] = ()) -> list[Counts]:
    """Runs each suite over all tests and returns its counts. Browsers and workers wait a lot, so what only computes
    runs beside them and yields to them; what measures time comes last. Where one lane of a suite has ended, that of
    the next begins, so that none waits for the last test of the other. The output of a phase that yields is printed
    when it has ended.
    """
    for suite in asked:
        say(f"\n=== On {suite.title} ===")
    found = lanes(asked, phases or PHASES)
    with ThreadPoolExecutor(len(found)) as pool:
        beside = len(found) > 1
        ran = [pool.submit(one_by_one, lane, arguments, beside) for lane in found]
        counted = [each for lane in ran for each in lane.result()]
    return [sum((counts for of, counts in counted if of is suite), Counts()) for suite in asked]


def lanes(asked: Sequence[Suite], phases: Sequence[Phase]) -> list[list[tuple[Suite, Phase]]]:
    """The parallel lanes of all suites: what yields, and everything else, of each suite with what waits at its end."""
    yielding, others = [], []
    for suite in asked:
        for phase in sorted(phases, key=lambda phase: phase.waits):
            if not (phase.waits and NOT_AGAIN in suite.chosen):
                (yielding if phase.yields else others).append((suite, phase))
    return [lane for lane in (yielding, others) if lane]


def one_by_one(lane: Sequence[tuple[Suite, Phase]], arguments: list[str], beside: bool) -> list[tuple[Suite, Counts]]:
    return [(suite, part(suite, phase, arguments, beside)) for suite, phase in lane]


def part(suite: Suite, phase: Phase, arguments: list[str], beside: bool) -> Counts:
    """Runs one phase and returns its counts."""
    began = time.monotonic()
    own = suite.environment
    if phase.redis is not None and "REDIS_URL" in own:
        own = {**own, "REDIS_URL": f"{own['REDIS_URL'].rpartition('/')[0]}/{phase.redis}"}
        own["DATABASE_URL"] = suite.environment["DATABASE_URL"] + SIDE
    options = [*phase.options, "-m", f"({suite.chosen}) and {phase.marks}", *arguments]
    yields = beside and phase.yields
    counts = pytest(own, options, yields=yields)
    say(f"{suite.title}, {phase.title}: {counts}, {time.monotonic() - began:.0f} s")
    return counts


def pytest(environment: dict[str, str], arguments: list[str], *, yields: bool = False) -> Counts:
    """Runs pytest once and counts the results; a crash counts as one failure.

    `yields` gives it low priority and holds its output back until the end.
    """
    own = ours()
    # no data of a test need survive a power cut
    own["PGOPTIONS"] = f"{own.get('PGOPTIONS', '')} -c synchronous_commit=off".strip()
    if sysconfig.get_config_var("WITH_MIMALLOC"):  # since Python 3.13
        own |= HUGE_PAGES
    if "TMPDIR" not in own and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM:
        own["TMPDIR"] = str(MEMORY)
    with tempfile.TemporaryDirectory(prefix="portal-run-") as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *arguments]
        if yields:
            done = subprocess.run(
                ["nice", "-n", str(NICE), *command], cwd=ROOT, env=own | environment, check=False,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            )  # fmt: skip
            say(done.stdout)
        else:
            done = subprocess.run(command, cwd=ROOT, env=own | environment, check=False)
        code = done.returncode
        counts = read(report)
    crashed = code not in (0, NO_TESTS) and not counts.failed
    return counts + Counts(failed=1) if crashed else counts


def read(report: Path) -> Counts:
    """The counts of a JUnit report; zero when it was not written."""
    if not report.exists():
        return Counts()
    counts = Counts()
    for group in ElementTree.parse(report).getroot().iter("testsuite"):
        number = {key: int(group.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
        failed = number["failures"] + number["errors"]
        counts += Counts(max(0, number["tests"] - failed - number["skipped"]), failed, number["skipped"])
    return counts


@contextmanager
def services() -> Iterator[Services]:
    """PostgreSQL with databases of our own, and Redis; both are left as they were found."""
    missing = [name for name, connect in SERVICES.items() if not answers(connect)]
    if missing:
        yield Services("", {}, f"{' and '.join(missing)} did not answer")
        return
    name = f"portal_test_{uuid.uuid4().hex[:8]}"
    with connect_postgres() as postgres:
        version = postgres.info.server_version // 10000
        for each in (name, name + SIDE):
            postgres.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(each)))
    title = f"PostgreSQL {version} and Redis {connect_redis().info('server')['redis_version']}"
    try:
        yield Services(title, {"DATABASE_URL": POSTGRES.rpartition("/")[0] + f"/{name}", "REDIS_URL": REDIS})
    finally:
        drop(name)
        empty_redis()


@contextmanager
def migrating(environment: dict[str, str]) -> Iterator[None]:
    """Creates the migrated databases that all tests copy, PostgreSQL's while SQLite's tests run."""
    url = environment.get("DATABASE_URL")
    command = [sys.executable, "-m", "tests.migrated", *([url] if url else [])]
    with subprocess.Popen(command, cwd=ROOT, env=ours()):
        yield


def ours() -> dict[str, str]:
    """The environment without settings of a portal."""
    return {name: value for name, value in os.environ.items() if name not in NOT_OURS}


def answers(connect: Callable[[], psycopg.Connection | redis.Redis]) -> bool:
    try:
        connect().close()
    except (psycopg.OperationalError, redis.RedisError):
        return False
    return True


def connect_postgres() -> psycopg.Connection:
    return psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3)


def connect_redis() -> redis.Redis:
    client = redis.Redis.from_url(REDIS, socket_connect_timeout=3)
    client.ping()
    return client


SERVICES = {"PostgreSQL": connect_postgres, "Redis": connect_redis}


def drop(name: str) -> None:
    """Drops our database, and those pytest-django made beside it."""
    with connect_postgres() as postgres:
        ours = postgres.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"%{name}%"]).fetchall()
        for (one,) in ours:
            postgres.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(one)))


def empty_redis() -> None:
    """Empties only the databases the tests use."""
    for number in REDIS_DATABASES:
        redis.Redis.from_url(REDIS.rpartition("/")[0] + f"/{number}").flushdb()


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
