"""A folder for stored files."""

from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class WholeFiles(FileSystemStorage):
    """Django's folder, without what it leaves of a file for which there was no room.

    Half an upload would take the last of a volume that is full, and nothing would ever name it.
    """

    def _save(self, name: str, content: File | IO[Any]) -> str:
        path = Path(self.path(name))
        was_there = path.exists()
        try:
            return str(super()._save(name, content))  # type: ignore[misc] -- no part of what the stubs know
        except OSError:
            if not was_there:
                with suppress(OSError):
                    path.unlink(missing_ok=True)
            raise
