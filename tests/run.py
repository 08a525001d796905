"""`make test`: the whole suite on SQLite and files, then again on PostgreSQL and Redis if they answer.

STRICT=1 fails when one of them is missing or any test is skipped. TEST_DATABASE_URL and TEST_REDIS_URL say where they
are, if not on this machine's usual ports; the tests make and drop a database of their own and use Redis databases 9 to
13. MIIT_XSD_DIR is the folder of the ministry's schemas, which the project does not contain: without them the tests
that need them are skipped. What follows the command goes to pytest: `tests/run.py -k wizard`.
"""

import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
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
REDIS_DATABASES = range(9, 14)
SCHEMAS = Path(os.environ.get("MIIT_XSD_DIR") or ROOT.parent / "shared" / "miit" / "xsd")
STRICT = os.environ.get("STRICT", "") not in ("", "0")
NO_TESTS = 5  # pytest's exit code when it collected none
NOT_OURS = (
    "DATABASE_URL", "REDIS_URL", "PORTAL_MODE", "RULE_PROFILE", "VAR_DIR", "PORT", "S3_BUCKET", "SIMULATORS",
    "PYTHONDONTWRITEBYTECODE",  # or each of the many processes would compile everything anew
    "PYTHONUNBUFFERED",  # it would hide what never reaches a pipe
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


@dataclass(frozen=True)
class Services:
    """What answered, and the environment that leads to it; `missing` says what did not."""

    title: str
    environment: dict[str, str]
    missing: str = ""


def main(arguments: list[str]) -> int:
    runs = [("SQLite and files", suite("SQLite and files", {}, "not services", arguments))]
    with services() as found:
        if not found.missing:
            runs.append((found.title, suite(found.title, found.environment, "not sqlite and not once", arguments)))
    say("")
    for title, counts in runs:
        say(f"On {title}: {counts}")
    if found.missing:
        say(f"On PostgreSQL and Redis: not run, {found.missing}")
    if not SCHEMAS.is_dir():
        say(f"The ministry's schemas are not in {SCHEMAS} (MIIT_XSD_DIR): tests that need them were skipped")
    total = sum((counts for _, counts in runs), Counts())
    wrong = verdict(total, found.missing)
    for line in wrong:
        say(line)
    say(str(total))
    return 1 if wrong else 0


def verdict(total: Counts, missing: str) -> list[str]:
    """Why the run as a whole is not good; nothing when it is."""
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


PHASES = (
    # whoever has nothing left takes from the other: a few tests are as long as a hundred others
    ("side by side", ("-n", "2", "--dist", "worksteal"), "not browser and not worker"),
    (
        "browsers and workers",
        ("--real", "-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"),
        "(browser or worker) and not alone",
    ),
    # one process, but one of xdist: when a test takes it down, the next test gets another
    ("alone", ("--real", "-n", "1"), "(browser or worker) and alone"),
)


def suite(title: str, environment: dict[str, str], chosen: str, arguments: list[str]) -> Counts:
    """One run over all tests: side by side, then browsers and workers by file, then what must have the machine."""
    say(f"\n=== On {title} ===")
    total = Counts()
    for phase, options, marks in PHASES:
        began = time.monotonic()
        counts = pytest(environment, [*options, "-m", f"({chosen}) and {marks}", *arguments])
        say(f"{title}, {phase}: {counts}, {time.monotonic() - began:.0f} s")
        total += counts
    return total


def pytest(environment: dict[str, str], arguments: list[str]) -> Counts:
    """Runs pytest once and counts what came of it; a crash counts as one failed."""
    own = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    with tempfile.TemporaryDirectory(prefix="portal-run-") as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *arguments]
        code = subprocess.run(command, cwd=ROOT, env=own | environment, check=False).returncode
        counts = read(report)
    crashed = code not in (0, NO_TESTS) and not counts.failed
    return counts + Counts(failed=1) if crashed else counts


def read(report: Path) -> Counts:
    """The counts of a JUnit report; none when it was not written."""
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
    """PostgreSQL with a database of our own, and Redis; both are left as they were found."""
    missing = [name for name, connect in SERVICES.items() if not answers(connect)]
    if missing:
        yield Services("", {}, f"{' and '.join(missing)} did not answer")
        return
    name = f"portal_test_{uuid.uuid4().hex[:8]}"
    with connect_postgres() as postgres:
        version = postgres.info.server_version // 10000
        postgres.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    title = f"PostgreSQL {version} and Redis {connect_redis().info('server')['redis_version']}"
    try:
        yield Services(title, {"DATABASE_URL": POSTGRES.rpartition("/")[0] + f"/{name}", "REDIS_URL": REDIS})
    finally:
        drop(name)
        empty_redis()


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
    """Our database, and those pytest-django made beside it."""
    with connect_postgres() as postgres:
        ours = postgres.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"%{name}%"]).fetchall()
        for (one,) in ours:
            postgres.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(one)))


def empty_redis() -> None:
    """Only the databases the tests use."""
    for number in REDIS_DATABASES:
        redis.Redis.from_url(REDIS.rpartition("/")[0] + f"/{number}").flushdb()


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
