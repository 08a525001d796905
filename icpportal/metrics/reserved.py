"""The file in which a process counts, with its space reserved.

prometheus-client maps a file without reserving space for it: on a full volume the first count in a new place kills the
process (SIGBUS), so a portal with `METRICS_TOKEN` would answer nothing at all. Without space, a process counts in
memory.
"""

import logging
import mmap
import os
import sys
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

from prometheus_client.mmap_dict import MmapedDict

logger = logging.getLogger(__name__)

SMALLEST = 1 << 16  # bytes
TRIED_AGAIN_SECONDS = 60.0


class ReservedDict(MmapedDict):
    """The library's dict of one process, which survives a full volume; scrapes do not show it while that lasts."""

    def __init__(self, filename: str, read_mode: bool = False) -> None:  # noqa: FBT001, FBT002 -- the library's own
        if read_mode:
            super().__init__(filename, read_mode)
            return
        self._fname = filename
        self._tried_at = time.monotonic()
        self._is_in_file = _reserve(filename, SMALLEST)
        if self._is_in_file:
            super().__init__(filename)
            return
        self._m, self._capacity = mmap.mmap(-1, SMALLEST), SMALLEST
        self._positions: dict[str, int] = {}
        self._used = 8
        self._m[:4] = self._used.to_bytes(4, sys.byteorder)

    def _init_value(self, key: str) -> None:
        encoded = len(key.encode()) + 32  # more than the library adds to a key
        while self._used + encoded > self._capacity:
            self._grow()
        super()._init_value(key)

    def write_value(self, key: str, value: float, timestamp: float) -> None:
        if not self._is_in_file and time.monotonic() - self._tried_at > TRIED_AGAIN_SECONDS:
            self._move_to_file()
        super().write_value(key, value, timestamp)

    def _grow(self) -> None:
        """Doubles the space: in the file if the volume allows it, else in memory, and deletes the file."""
        before = self._m[: self._used]
        self._capacity *= 2
        if self._is_in_file and _reserve(self._fname, self._capacity):
            self._m = mmap.mmap(self._f.fileno(), self._capacity)
            return
        self._leave_file()
        self._m = mmap.mmap(-1, self._capacity)
        self._m[: len(before)] = before

    def _leave_file(self) -> None:
        if self._is_in_file:
            self._f.close()
            self._is_in_file, self._tried_at = False, time.monotonic()
            _unlink(self._fname)

    def _move_to_file(self) -> None:
        self._tried_at = time.monotonic()
        if not _reserve(self._fname, self._capacity):
            return
        with suppress(OSError):
            file = Path(self._fname).open("a+b")  # noqa: SIM115 -- closed by the library
            map_of_file = mmap.mmap(file.fileno(), self._capacity)
            map_of_file[: self._used] = self._m[: self._used]
            self._f, self._m, self._is_in_file = file, map_of_file, True

    def close(self) -> None:
        if self._is_in_file:
            super().close()


def _reserve(filename: str, least: int) -> bool:
    """Whether space for all of the file, at least this much, is reserved; deletes a file without it."""
    if is_roots_in_anothers(Path(filename).parent):
        return False
    try:
        Path(filename).parent.mkdir(parents=True, exist_ok=True)
        with Path(filename).open("a+b") as file:
            os.posix_fallocate(file.fileno(), 0, max(least, os.fstat(file.fileno()).st_size))
    except OSError as trouble:
        _unlink(filename)
        _tell_once(f"{Path(filename).parent}: {trouble.strerror}")
        return False
    return True


def is_roots_in_anothers(folder: Path) -> bool:
    """Whether root would leave files there that the processes, of another user, could not write or delete."""
    if os.geteuid():
        return False
    there = next(each for each in (folder, *folder.parents) if each.is_dir())
    return owner_of(there) != 0


def owner_of(folder: Path) -> int:
    return folder.stat().st_uid


@cache
def _tell_once(why: str) -> None:
    logger.warning("counters of this process are not in /metrics: they cannot be written", extra={"why": why})


def _unlink(filename: str) -> None:
    with suppress(OSError):
        Path(filename).unlink(missing_ok=True)
