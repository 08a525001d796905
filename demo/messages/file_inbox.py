"""The demo's inbox: everything that would have been sent, one JSON file for each key, under `VAR_DIR/messages`.

Shared by web, worker and rehearsals; a message delivered twice is one file.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from django.conf import settings


@dataclass(frozen=True)
class StoredMessage:
    """One outgoing message."""

    key: str
    channel: Literal["sms", "email"]
    to: str
    text: str
    at: str
    subject: str = ""
    attachments: list[dict[str, str]] = field(default_factory=list)

    @property
    def sent_at(self) -> datetime:
        """When it was put into the inbox."""
        return datetime.fromisoformat(self.at)


def folder() -> Path:
    """The folder of the messages."""
    return Path(settings.VAR_DIR) / "messages"


def put(message: StoredMessage) -> str:
    """Writes the message, replacing an earlier one with the same key; returns a receipt."""
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=".", suffix=".part", dir=place)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(asdict(message), file, ensure_ascii=False)
    name = f"{_digest(message.key)}.{_digest(message.to)}.json"
    os.replace(draft, place / name)  # readers see the old or the new message, never part of one
    return f"inbox:{_digest(message.key)}"


def names(*, to: str = "") -> list[Path]:
    """The files of the messages, newest first; with `to` only those for that recipient. Opens none of them."""
    place = folder()
    if not place.is_dir():
        return []
    ending = f".{_digest(to)}.json" if to else ".json"
    with os.scandir(place) as entries:
        dated = [(entry.stat().st_mtime_ns, entry.path) for entry in entries if entry.name.endswith(ending)]
    return [Path(path) for _, path in sorted(dated, reverse=True)]


def read(paths: Iterable[Path]) -> list[StoredMessage]:
    """The messages in these files; one deleted since is left out."""
    return [message for message in map(_read, paths) if message is not None]


def _read(path: Path) -> StoredMessage | None:
    try:
        return StoredMessage(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
