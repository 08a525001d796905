"""A portal's data on a small volume that can be filled up and emptied again."""

import contextlib
import os
import resource
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

from tests.icpportal.processes import with_word

SIZE = 640 * 1024 * 1024  # more than the free space that the portal requires
NOTHING = 16  # bytes
SOON = 0.001  # seconds: what one transaction writes needs several blocks


class Mounted:
    """A separate volume."""

    shows_room = True

    def __init__(self, folder: Path) -> None:
        self.folder, self.ballast = folder, folder / "ballast"

    def leave(self, room: int) -> None:
        """Leaves only so many bytes free, or makes so many free again; with none, not one more can be written."""
        spare = shutil.disk_usage(self.folder).free - room
        with self.ballast.open("ab") as ballast:
            with contextlib.suppress(OSError):  # others take room at the same time
                if spare < 0:
                    ballast.truncate(max(ballast.tell() + spare, 0))
                else:
                    os.posix_fallocate(ballast.fileno(), ballast.tell(), max(spare, 1))
            with contextlib.suppress(OSError):
                while not room:
                    os.write(ballast.fileno(), bytes(4096))

    @contextlib.contextmanager
    def kept_full(self) -> Iterator[None]:
        """Keeps the volume full: what others delete is taken at once."""
        over = threading.Event()

        def fill() -> None:
            while not over.is_set():
                self.leave(0)
                over.wait(SOON)

        filling = threading.Thread(target=fill)
        self.leave(0)
        filling.start()
        try:
            yield
        finally:
            over.set()
            filling.join()

    def empty(self) -> None:
        self.ballast.unlink()


class Limited(Mounted):
    """Where nothing may be mounted: no process of the portal may write into files any more, though space is free."""

    shows_room = False

    def leave(self, room: int) -> None:
        if not room:
            self._limit(NOTHING)

    @contextlib.contextmanager
    def kept_full(self) -> Iterator[None]:
        self.leave(0)
        yield

    def empty(self) -> None:
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, most: int) -> None:
        for pid in with_word(str(self.folder)):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


@contextlib.contextmanager
def small(folder: Path) -> Iterator[Mounted]:
    """A volume in this folder, as real as this machine allows."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "portal-test", str(folder)]
    if subprocess.run(mount, stderr=subprocess.DEVNULL).returncode:
        yield Limited(folder)
        return
    try:
        yield Mounted(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
