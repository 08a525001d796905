"""Whether the folder of a storage is the one that files were written to, or the mount point of a volume that is away.

A worker marks each folder by a file whose content the database knows, so that it is never empty. Without that a new
upload would create the folder again, below the mount point, on another disk.
"""

import os
import uuid
from pathlib import Path

from icpportal.privacy.models import FolderMark

MARK = ".portal-folder"


class NotMounted(OSError):
    """The volume of a storage is not mounted, or another one is in its place."""

    def __init__(self, folder: Path, mark: str) -> None:
        super().__init__(f"its volume is not mounted, or another one is: {folder / MARK} must be there and say {mark}")


def check(place: str, folder: Path) -> None:
    """Raises `NotMounted` for an empty or missing folder that was marked once."""
    if _is_empty(folder) and (known := known_marks().get(place)):
        raise NotMounted(folder, known)


def _is_empty(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is None
    except FileNotFoundError:
        return True


def mark(place: str, folder: Path) -> None:
    """From now on this is the folder of the storage, whichever it was before."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / MARK
    if not file.exists():
        file.write_text(uuid.uuid4().hex)
    FolderMark.objects.update_or_create(place=place, defaults={"mark": file.read_text().strip()})


def known_marks() -> dict[str, str]:
    """What the folder of each storage must say."""
    return dict(FolderMark.objects.values_list("place", "mark"))


def compare(folder: Path, known: str) -> None:
    """Raises `NotMounted` for any folder without this mark, such as that of another portal; asks no database."""
    file = folder / MARK
    if not file.exists() or file.read_text().strip() != known:
        raise NotMounted(folder, known)
