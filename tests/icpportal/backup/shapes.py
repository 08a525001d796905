"""The kinds of portal (storages and databases), each with a second, empty one that a backup is restored into."""

import json
import os
import resource
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import psycopg
from moto.server import ThreadedMotoServer
from psycopg import sql

from tests import fresh

ROOT = Path(__file__).resolve().parents[3]
WITH_ROOM = """
import resource, runpy, sys
_program, room, *sys.argv = sys.argv
resource.setrlimit(resource.RLIMIT_FSIZE, (int(room), int(room)))
runpy.run_path(sys.argv[0], run_name="__main__")
"""
ACCOUNT = {"aws_access_key_id": "invented", "aws_secret_access_key": "invented", "region_name": "cn-north-1"}
POSTGRES = os.environ.get("DATABASE_URL", "")


@dataclass
class Elsewhere:
    """A portal with an empty database and empty storages; each command is a process, forked where it may be."""

    environment: dict[str, str]
    target: str
    keys_target: str
    room: int = resource.RLIM_INFINITY  # largest size of a file in bytes: longer ones are refused, as by a full disk

    def __enter__(self) -> "Elsewhere":
        self.forks = ExitStack()
        return self

    def __exit__(self, *problem: object) -> None:
        self.forks.close()

    @cached_property
    def started(self) -> Callable[..., subprocess.CompletedProcess[str]]:
        """Runs a Python program in a fork of that portal."""
        return self.forks.enter_context(fresh.started(ROOT, self.environment))

    def run(self, *words: str, **changed: str) -> subprocess.CompletedProcess[str]:
        """Runs a Python process there."""
        if changed:
            return fresh.run(*words, folder=ROOT, environment=self.environment | changed)
        if self.room == resource.RLIM_INFINITY:
            return self.started(*words)
        return self.started("-c", WITH_ROOM, str(self.room), *words)

    def manage(self, *words: str, **changed: str) -> subprocess.CompletedProcess[str]:
        return self.run("manage.py", *words, **changed)

    def restore(self, *words: str, **changed: str) -> subprocess.CompletedProcess[str]:
        return self.manage("restore", "--from", self.target, "--keys-from", self.keys_target, *words, **changed)

    def looked_at(self) -> dict[str, Any]:
        """The findings of `restored` there."""
        done = self.run("-m", "tests.icpportal.backup.restored")
        assert done.returncode == 0, done.stderr[-3000:]
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found


@contextmanager
def on_files(folder: Path) -> Iterator[Elsewhere]:
    """Files in a folder, and a database of this run's kind."""
    with (
        _database(folder) as url,
        Elsewhere(_environment(folder, url), str(folder / "backups"), str(folder / "keys")) as there,
    ):
        yield there


@contextmanager
def of_another_owner(folder: Path) -> Iterator[Elsewhere]:
    """As `on_files`, on PostgreSQL: the portal's role may create tables but no extension; `pg_trgm` is the owner's."""
    role = f"portal_{uuid.uuid4().hex[:12]}"
    with _database(folder) as url, psycopg.connect(url, autocommit=True) as owner:
        for statement in (
            "CREATE ROLE {} LOGIN PASSWORD 'invented'",
            "GRANT CREATE, USAGE ON SCHEMA public TO {}",
            "CREATE EXTENSION pg_trgm",
        ):
            owner.execute(sql.SQL(statement).format(sql.Identifier(role)))
        own = f"postgres://{role}:invented@{url.rpartition('@')[2]}"
        try:
            with Elsewhere(_environment(folder, own), str(folder / "backups"), str(folder / "keys")) as there:
                yield there
        finally:
            for statement in ("DROP OWNED BY {} CASCADE", "DROP ROLE {}"):
                owner.execute(sql.SQL(statement).format(sql.Identifier(role)))


@contextmanager
def in_buckets(folder: Path, settings: Any) -> Iterator[Elsewhere]:
    """Files in S3, in one bucket here and in another there, and the backups in a third."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    endpoint = "http://{}:{}".format(*server.get_host_and_port())
    client = boto3.client("s3", endpoint_url=endpoint, **ACCOUNT)
    for bucket in ("papers", "restored", "backups"):
        client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "cn-north-1"})
    account = {
        "access_key": "invented",
        "secret_key": "invented",
        "region_name": "cn-north-1",
        "endpoint_url": endpoint,
    }
    options = {**account, "bucket_name": "papers", "default_acl": None, "file_overwrite": False}
    settings.BACKUP_S3 = account
    settings.STORAGES = {
        **settings.STORAGES,
        **{
            name: {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {**options, "location": name}}
            for name in ("documents", "quarantine", "ministry")
        },
    }
    there = {
        "S3_BUCKET": "restored",
        "S3_ENDPOINT_URL": endpoint,
        "S3_REGION": "cn-north-1",
        "S3_ACCESS_KEY": "invented",
        "S3_SECRET_KEY": "invented",
    }
    try:
        with (
            _database(folder) as url,
            Elsewhere(_environment(folder, url) | there, "s3://backups/portal", "s3://backups/keys") as portal,
        ):
            yield portal
    finally:
        server.stop()


def _environment(folder: Path, url: str) -> dict[str, str]:
    own = {"DATABASE_URL": url, "VAR_DIR": str(folder / "there"), "PYTHONPATH": str(ROOT)}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}
    return {**kept, **own, "REDIS_URL": ""}


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    if not POSTGRES.startswith("postgres"):
        yield f"sqlite:///{folder / 'restored.sqlite3'}"
        return
    name = f"restored_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{POSTGRES.rpartition('/')[0]}/{name}"
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
