"""PostgreSQL and Redis for a part: a database of its own, dropped when the part ends."""

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator

import psycopg
from psycopg import sql

SERVER = os.environ.get("DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/postgres"
START_SECONDS = 10.0


class Missing(Exception):
    """Something that a part needs is missing on this machine: what depends on it was not measured."""


@contextlib.contextmanager
def database(purpose: str, *, template: str = "template1") -> Iterator[str]:
    """The URL of a new database on the server of DATABASE_URL; `Missing` if no PostgreSQL answers."""
    if not SERVER.startswith("postgres"):
        raise Missing(f"DATABASE_URL is no PostgreSQL: {SERVER.partition(':')[0]}")
    name = f"bench_{purpose}_{secrets.token_hex(4)}"
    with _server() as server:
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        server.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield f"{SERVER.rpartition('/')[0]}/{name}"
    finally:
        with _server() as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _server() -> psycopg.Connection:
    try:
        return psycopg.connect(SERVER, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as problem:
        raise Missing(f"no PostgreSQL answers (DATABASE_URL): {str(problem).splitlines()[0]}") from None


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """The URL of an empty Redis of our own, configured as in docker-compose.yml; `Missing` without redis-server."""
    program = shutil.which("redis-server")
    if program is None:
        raise Missing("no redis-server is installed")
    port = free_port()
    given = ("--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
    process = subprocess.Popen([program, *given], stdout=subprocess.DEVNULL)
    try:
        wait_for_port(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


def free_port() -> int:
    """A free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port: int, seconds: float = START_SECONDS) -> None:
    """Waits until something listens there."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise Missing(f"nothing listens on port {port} after {seconds:.0f} s")
