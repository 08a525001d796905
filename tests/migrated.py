"""A database with all migrations applied, made once and copied by all who need one.

A hundred migrations take five seconds in every process that runs them, so the phases of `make test`, parallel
processes and separate portals start with a copy: of a SQLite file, or of a template database of PostgreSQL.
Any change in the product makes a new one.
"""

import fcntl
import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".pytest_cache" / "migrated"
SIDE = "_side"  # suffix of the second database of a run, for tests that run beside browsers and workers
# each migration builds the models again: collecting garbage among them takes a fifth of the time, not doing so 600 MB
MIGRATE = """
import gc, manage, sys
from tests import cloned_fields
cloned_fields.install()
gc.set_threshold(0)
sys.argv[1:] = ["migrate", "-v0"]
manage.main()
"""
PRODUCT = ("icpportal", "transfers", "filings", "verification", "demo")


def copy_to(target: Path) -> None:
    """Copies a migrated database to `target`, replacing what is there."""
    with closing(sqlite3.connect(original())) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


def original() -> Path:
    """The file for the current state of the product; created if missing, while others that ask wait for it."""
    file = FOLDER / f"{fingerprint()}.sqlite3"
    if file.exists():
        return file
    with one_at_a_time():
        if not file.exists():
            for old in FOLDER.glob("*.sqlite3*"):
                old.unlink()
            make(file)
    return file


def template(url: str) -> str:
    """The name of a template on the server of this database, for the current state of the product; created if missing.

    The two databases of a run share it.
    """
    server, _, database = url.removesuffix(SIDE).rpartition("/")
    family = f"{database}_migrated_"
    name = f"{family}{fingerprint()}"
    with one_at_a_time(), psycopg.connect(f"{server}/{database}", autocommit=True) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [family]).fetchall()
        if (name,) not in rows:
            for (old,) in rows:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(old)))
            unfinished = f"{database}_unfinished"
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(unfinished)))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
            migrate(f"{server}/{unfinished}")
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(rename.format(sql.Identifier(unfinished), sql.Identifier(name)))
    return name


@contextmanager
def one_at_a_time() -> Iterator[None]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fingerprint() -> str:
    """Changes with every module of the product, the requirements, and Python."""
    modules = sorted(path for package in PRODUCT for path in (ROOT / package).rglob("*.py"))
    found = [(path, path.stat()) for path in [*modules, ROOT / "requirements.txt"]]
    stamps = [(str(path), it.st_mtime_ns, it.st_size) for path, it in found]
    return hashlib.sha256(repr([sys.version, stamps]).encode()).hexdigest()[:16]


def make(file: Path) -> None:
    """Runs the migrations into a file that gets its final name when complete."""
    unfinished = file.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    migrate(f"sqlite:///{unfinished}")
    with closing(sqlite3.connect(unfinished)) as made:
        made.execute("PRAGMA journal_mode=DELETE")  # one file, without those of the write-ahead log
    unfinished.rename(file)


def migrate(url: str) -> None:
    """Runs the migrations in a separate process."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VAR_DIR") if name in os.environ}
    own = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "icpportal.settings"}
    subprocess.run([sys.executable, "-c", MIGRATE], cwd=ROOT, env=kept | own, check=True)


if __name__ == "__main__":
    original()
    for each in sys.argv[1:]:
        template(each)
