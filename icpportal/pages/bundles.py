"""One style sheet and one script for all pages, joined from the parts that `static/bundles.toml` lists."""

import tomllib
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal, overload

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage
from rcssmin import cssmin
from rjsmin import jsmin

SMALLER: dict[str, Callable[[str], str]] = {".css": cssmin, ".js": jsmin}


class BundleFinder(BaseFinder):
    """Finds each bundle as a file in `STATIC_BUNDLES_ROOT`, as its parts are now."""

    def __init__(self, app_names: Iterable[str] | None = None) -> None:
        self.storage = FileSystemStorage(location=settings.STATIC_BUNDLES_ROOT)

    def check(self, **kwargs: object) -> list[CheckMessage]:
        """Reports missing parts."""
        named = [part for parts in bundles().values() for part in parts]
        hint = "static/bundles.toml names it."
        return [Error(f"No such part: {part}", hint=hint, id="portal.E040") for part in named if not part.is_file()]

    @overload
    def find(self, path: str, find_all: Literal[False] = ...) -> str | None: ...
    @overload
    def find(self, path: str, find_all: Literal[True]) -> list[str]: ...
    def find(self, path: str, find_all: bool = False) -> str | None | list[str]:
        """The joined file, if `path` is one of the bundles."""
        found = [str(_join(path))] if path in bundles() else []
        if find_all:
            return found
        return found[0] if found else None

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """All bundles, for `collectstatic`."""
        for name in bundles():
            _join(name)
            yield name, self.storage


def bundles() -> dict[str, tuple[Path, ...]]:
    """The parts of each bundle, in order."""
    listed = tomllib.loads((_folder() / "bundles.toml").read_text("utf-8"))
    return {name: tuple(_part(name, part) for part in parts) for name, parts in listed.items()}


def _folder() -> Path:
    return Path(settings.BASE_DIR) / "static"


def _part(bundle: str, part: str) -> Path:
    whole = _folder() / bundle
    return whole.with_name(f"{part}{whole.suffix}")


def _join(name: str) -> Path:
    """Builds the bundle each time, which takes a millisecond, and writes it if it differs.

    The times of files do not tell: an upgrade may bring older ones than the bundle of the version before.
    """
    file = Path(settings.STATIC_BUNDLES_ROOT) / name
    bundle = SMALLER[file.suffix]("\n".join(part.read_text("utf-8") for part in bundles()[name]))
    if not file.exists() or file.read_text("utf-8") != bundle:
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(f".{uuid.uuid4().hex}")  # processes of two containers may have the same number
        unfinished.write_text(bundle, "utf-8")
        unfinished.replace(file)
    return file
