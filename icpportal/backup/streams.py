"""The streams of a backup: sealed in chunks while they are written, with a key in the manifest."""

import json
import os
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from django.conf import settings

from icpportal.backup.targets import CHUNK, StoredFile, Target
from icpportal.privacy.files import pieces

Line = dict[str, Any]


class NoScratch(Exception):
    """`VAR_DIR`, used for temporary files, has no room or cannot be written."""

    def __init__(self, trouble: Exception) -> None:
        super().__init__(f"VAR_DIR ({settings.VAR_DIR}) has no room or cannot be written: {trouble}")


@dataclass(frozen=True, slots=True)
class SealedStream:
    """A sealed stream of a backup: its place, its expected content, and its key."""

    stored: StoredFile
    key: str

    @classmethod
    def of(cls, told: Line) -> "SealedStream":
        stored = told["stored"]
        return cls(StoredFile(stored["name"], stored["size"], stored["sha256"]), told["key"])

    @contextmanager
    def open(self, target: Target) -> Iterator[BinaryIO]:
        """Its decrypted bytes; raises `DamagedBackup` when it is missing or differs."""
        with scratch() as copy:
            target.fetch(self.stored, copy)
            copy.seek(0)
            yield pieces.open_sealed(copy, lambda _key_id: bytes.fromhex(self.key))

    def lines(self, target: Target) -> Iterator[Line]:
        """Its lines, if it is JSON lines; raises `DamagedBackup`."""
        with self.open(target) as source:
            rest = b""
            while part := source.read(CHUNK):
                *whole, rest = (rest + part).split(b"\n")
                yield from map(json.loads, whole)


@contextmanager
def scratch() -> Iterator[BinaryIO]:
    """A temporary file without a name; what is written into it is sealed, or deleted at once.

    Raises `NoScratch`; errors of a target or a storage are `StorageDown` by then.
    """
    try:
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.VAR_DIR) as file:
            yield cast(BinaryIO, file)
    except OSError as trouble:
        raise NoScratch(trouble) from trouble


@contextmanager
def sealing(target: Target, name: str, kept: list[SealedStream]) -> Iterator[pieces.Writer]:
    """Seals what is written and, if that succeeded, stores it under this name; `kept` gets the result."""
    key = os.urandom(32)
    with scratch() as copy:
        writer = pieces.Writer(copy, key, uuid.uuid4())
        yield writer
        writer.finish()
        copy.flush()  # here a full disk is known to be our own
        kept.append(SealedStream(target.put(name, copy), key.hex()))


def write_lines(target: Target, name: str, lines: Iterable[Line]) -> SealedStream:
    sealed: list[SealedStream] = []
    with sealing(target, name, sealed) as out:
        for line in lines:
            out.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
    return sealed[0]
