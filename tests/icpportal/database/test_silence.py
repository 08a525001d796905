"""A PostgreSQL that accepts connections and never answers is given up in time."""

import ast
import socket
from time import monotonic

import pytest

from tests import fresh
from tests.icpportal.production import PRODUCTION, ROOT, environment

SHORT = 2  # seconds: the least that psycopg accepts
VISIT = f"""
from icpportal import settings
options = settings.DATABASES["default"]["OPTIONS"]
options["connect_timeout"] = min(options["connect_timeout"], {SHORT})
import icpportal.wsgi
from django.db import OperationalError, connection
try:
    connection.ensure_connection()
except OperationalError as problem:
    print("given up", "timeout" in str(problem))
"""
OPTIONS = "from icpportal import settings; print(settings.DATABASES['default']['OPTIONS'])"
OURS = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}


def output_of(program: str, url: str) -> str:
    done = fresh.run("-c", program, folder=ROOT, environment=environment(PRODUCTION | {"DATABASE_URL": url}))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_silent_server_is_given_up_after_the_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = monotonic()
        told = output_of(VISIT, f"postgres://portal:portal@127.0.0.1:{silent.getsockname()[1]}/portal")

    assert told == "given up True"
    assert monotonic() - began > SHORT


@pytest.mark.parametrize(
    ("url", "more"),
    [
        ("postgres://portal:portal@postgres.invalid/portal", {}),
        ("postgres:////run/postgresql/portal", {}),
        ("postgres://portal:portal@/portal?host=/run/postgresql", {"host": "/run/postgresql"}),
        ("postgres://portal@postgres.invalid/portal?connect_timeout=9", {"connect_timeout": 9}),
    ],
)
def test_timeouts_in_the_url_take_precedence_over_ours(url: str, more: dict[str, object]) -> None:
    assert ast.literal_eval(output_of(OPTIONS, url)) == OURS | more
