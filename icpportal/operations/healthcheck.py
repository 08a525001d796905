"""The health check of a container: `python -m icpportal.operations.healthcheck /readyz`, or `--file PATH`."""

import os
import sys
import time
from argparse import ArgumentParser
from http.client import HTTPConnection, HTTPException
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Returns 0 when the URL answers 200 on this machine, or the file was touched recently; else 1."""
    parser = ArgumentParser(prog="probe")
    parser.add_argument("path", nargs="?", default="/readyz")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--younger-than", type=float, default=600)
    asked = parser.parse_args(arguments)
    well = is_young(asked.file, asked.younger_than) if asked.file else answers(asked.path, asked.port)
    return 0 if well else 1


def answers(path: str, port: int) -> bool:
    """Whether the URL answers 200 under the first host name the portal serves."""
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".") or "127.0.0.1"
    connection = HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def is_young(path: Path, seconds: float) -> bool:
    """Whether the file, or one beside it that begins like it, was written within so many seconds.

    Python keeps a schedule in one file or several, as `path.db`; SQLite's changes stay in `path-wal` for hours.
    """
    try:
        written = [each.stat().st_mtime for each in path.parent.glob(f"{path.name}*")]
    except FileNotFoundError:  # one was just removed
        return False
    return bool(written) and time.time() - max(written) < seconds


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
