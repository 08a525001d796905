"""The server list as a file: `VAR_DIR/inventory.json`, for the demo; production does not start with it.

    {"accounts": {"lin@example.com": [{"id": "i-example0001", …}]}, "everyone": [{"id": "i-example-*", …}]}

An account that is not named gets copies of the rows of `everyone`: the star becomes eight characters made from the
account, so that each account of the demo has servers of its own.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from django.conf import settings

from icpportal.fields.types import Json
from icpportal.gateways.errors import Retryable
from icpportal.gateways.inventory.parser import instances_of
from icpportal.gateways.inventory.types import Instance

STAR = "*"
MARK_LENGTH = 8


class FileInventory:
    """`inventory.base.Inventory` from a file that is read on every call."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or settings.VAR_DIR / "inventory.json"

    def instances(self, account: str, *, timeout: float | None = None) -> list[Instance]:  # noqa: ARG002 -- a file
        """The rows of this account, else copies of those of everyone."""
        accounts, everyone = self._read()
        own = accounts.get(account.lower())
        return own if own is not None else [_for(row, mark_of(account)) for row in everyone]

    def instance(self, instance_id: str, *, timeout: float | None = None) -> Instance | None:  # noqa: ARG002
        """The row with this id, or the row of everyone that it is a copy of."""
        accounts, everyone = self._read()
        named = (row for rows in accounts.values() for row in rows if row.id == instance_id)
        mark = instance_id[-MARK_LENGTH:]
        shared = (_for(row, mark) for row in everyone if row.id.replace(STAR, mark) == instance_id)
        return next(named, None) or next(shared, None)

    def check(self) -> None:
        """Raises when the file is missing or unreadable."""
        self._read()

    def _read(self) -> tuple[dict[str, list[Instance]], list[Instance]]:
        try:
            raw = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as problem:
            raise Retryable("the server list cannot be read") from problem
        if not isinstance(raw, dict) or not isinstance(raw.get("accounts", {}), dict):
            raise Retryable("the server list is not readable")
        accounts = {name.lower(): instances_of(rows) for name, rows in raw.get("accounts", {}).items()}
        return accounts, instances_of(raw.get("everyone", []))


def mark_of(account: str) -> str:
    """Eight characters that stand for an account in the ids of its copies."""
    return hashlib.sha256(account.lower().encode()).hexdigest()[:MARK_LENGTH]


def _for(row: Instance, mark: str) -> Instance:
    return replace(row, id=row.id.replace(STAR, mark))


def save(
    accounts: dict[str, Iterable[Instance]], everyone: Iterable[Instance] = (), *, path: Path | None = None
) -> None:
    """Replaces the file atomically: a reader sees the old list or the new one."""
    target = path or settings.VAR_DIR / "inventory.json"
    content = {
        "accounts": {name.lower(): [_as_json(row) for row in rows] for name, rows in accounts.items()},
        "everyone": [_as_json(row) for row in everyone],
    }
    draft = target.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    draft.replace(target)


def _as_json(row: Instance) -> dict[str, Json]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in vars(row).items()}
