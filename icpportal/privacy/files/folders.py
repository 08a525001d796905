"""A folder for stored files."""

from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class WholeFiles(FileSystemStorage):
    """Django's folder storage, which deletes a file that could not be written completely.

    Half an upload would take the last space of a full volume, and nothing would ever refer to it.
    """

    def _save(self, name: str, content: File | IO[Any]) -> str:
        path = Path(self.path(name))
        was_there = path.exists()
        try:
            return str(super()._save(name, content))  # type: ignore[misc] # not in the stubs
        except OSError:
            if not was_there:
                with suppress(OSError):
                    path.unlink(missing_ok=True)
            raise
