"""Streams of a backup: sealed piece by piece while they are written, under a key that the manifest holds."""

import json
import os
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from django.conf import settings

from icpportal.backup.targets import CHUNK, Stored, Target
from icpportal.privacy.files import pieces

Line = dict[str, Any]


class NoScratch(Exception):
    """`VAR_DIR`, where what is on its way is written, has no room or cannot be written."""

    def __init__(self, trouble: Exception) -> None:
        super().__init__(f"VAR_DIR ({settings.VAR_DIR}) has no room or cannot be written: {trouble}")


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed stream of a backup: where it lies, what it must be, and the key that opens it."""

    stored: Stored
    key: str

    @classmethod
    def of(cls, told: Line) -> "Sealed":
        return cls(Stored(**told["stored"]), told["key"])

    @contextmanager
    def opened(self, target: Target) -> Iterator[BinaryIO]:
        """Its plain bytes; raises `Damaged` where it is missing or another one."""
        with scratch() as copy:
            target.fetch(self.stored, copy)
            copy.seek(0)
            yield pieces.opened(copy, lambda _key_id: bytes.fromhex(self.key))

    def lines(self, target: Target) -> Iterator[Line]:
        """Its lines, where it is one of JSON lines; raises `Damaged`."""
        with self.opened(target) as source:
            rest = b""
            while part := source.read(CHUNK):
                *whole, rest = (rest + part).split(b"\n")
                yield from map(json.loads, whole)


@contextmanager
def scratch() -> Iterator[BinaryIO]:
    """A file without a name where the portal keeps its data; what is written into it is sealed, or goes at once.

    Raises `NoScratch`: the trouble of a target or of a storage is a `StorageDown` by then.
    """
    try:
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.VAR_DIR) as file:
            yield cast(BinaryIO, file)
    except OSError as trouble:
        raise NoScratch(trouble) from trouble


@contextmanager
def sealing(target: Target, name: str, kept: list[Sealed]) -> Iterator[pieces.Writer]:
    """What is written is sealed and, when that ended well, stored under this name; `kept` gets where."""
    key = os.urandom(32)
    with scratch() as copy:
        writer = pieces.Writer(copy, key, uuid.uuid4())
        yield writer
        writer.finish()
        copy.flush()  # here, where a full disk is known to be ours
        kept.append(Sealed(target.put(name, copy), key.hex()))


def write_lines(target: Target, name: str, lines: Iterable[Line]) -> Sealed:
    kept: list[Sealed] = []
    with sealing(target, name, kept) as out:
        for line in lines:
            out.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
    return kept[0]
