"""What an operator reads who has given a command, or its environment, something that cannot be."""

from pathlib import Path

import pytest

from icpportal.gateways.storage import StorageDown
from tests import fresh

ROOT = Path(__file__).resolve().parents[1]
PLAIN = {"PATH": "/usr/bin:/bin"}
NO_ADDRESS = "is no address. Check how it begins"


@pytest.mark.parametrize(
    ("command", "environment", "says"),
    [
        ("check", {"VAR_DIR": "/proc/portal"}, "VAR_DIR is /proc/portal, and that folder cannot be made"),
        ("check", {"VAR_DIR": "/etc/hostname"}, "VAR_DIR is /etc/hostname, and that folder cannot be made"),
        ("check", {"DATABASE_URL": "postgres://"}, f"DATABASE_URL {NO_ADDRESS}"),
        ("check", {"DATABASE_URL": "postgres://portal@127.0.0.1:5432"}, f"DATABASE_URL {NO_ADDRESS}"),
        ("check", {"REDIS_URL": "redis://127.0.0.1:port/0"}, f"REDIS_URL {NO_ADDRESS}"),
        ("demo", {"PORT": "abc"}, "argument --port: abc: write a port from 1 to 65535, such as 8000"),
        ("demo --port 0", {}, "argument --port: 0: write a port from 1 to 65535, such as 8000"),
        ("simulator serve --port 99999", {}, "argument --port: 99999: write a port from 1 to 65535"),
        ("miit show x", {}, "argument sequence: x: write a whole number from 1 on, such as 100"),
    ],
)
def test_a_command_with_something_that_cannot_be_ends_with_one_sentence(
    tmp_path: Path, command: str, environment: dict[str, str], says: str
) -> None:
    settings = {**PLAIN, "VAR_DIR": str(tmp_path), **environment}

    done = fresh.run("manage.py", *command.split(), folder=ROOT, environment=settings)

    assert done.returncode
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("NoCredentialsError", "it has no key: docs/operations.md names the two settings of each bucket"),
        ("EndpointConnectionError", "no connection"),
    ],
)
def test_a_bucket_that_does_not_work_is_told_in_words(name: str, says: str) -> None:
    down = StorageDown("s3://backups/portal")
    down.__cause__ = type(name, (Exception,), {})("https://secret")

    assert down.explanation == f"s3://backups/portal does not answer, refuses us or has no room ({says})"
