"""In which order tests start, so that what is left for the end of a run is short."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import pytest

# with browsers and workers the longest start in this order; the others follow
LONGEST_FIRST = (
    "axe",
    "offered",
    "killed_often",
    "ministry_away",
    "transfer",
    "rehearse_2020",
    "killed_worker",
    "rehearse",
    "look_browser",
)
# the same without browsers and workers: these before the other files of `tests.environment.SLOW`
LONGEST_OF_SLOW = ("test_walk.py", "test_years.py", "test_previous_version.py", "walk")
TOGETHER = "walk"  # a folder whose files build the same world: one process runs them, apart from the longest


def place(path: Path) -> int:
    """The starting order of a file of browsers and workers."""
    name = path.stem.removeprefix("test_")
    return LONGEST_FIRST.index(name) if name in LONGEST_FIRST else len(LONGEST_FIRST)


def place_of_slow(path: Path) -> int:
    return LONGEST_OF_SLOW.index(path.name) if path.name in LONGEST_OF_SLOW else len(LONGEST_OF_SLOW)


def spread(items: Sequence[pytest.Item], processes: int) -> list[pytest.Item]:
    """The items so that each of several processes begins with its share of the slow files.

    xdist gives each process a part of the list, and who has none left takes some of another's from its end. A process
    that begins a slow file when the others have finished would run alone.
    """
    files: dict[Path, list[pytest.Item]] = {}
    quick: list[pytest.Item] = []
    for item in items:
        if item.get_closest_marker("slow"):
            files.setdefault(_unit(item.path), []).append(item)
        else:
            quick.append(item)
    shares: list[list[pytest.Item]] = [[] for _ in range(processes)]
    for number, path in enumerate(sorted(files, key=place_of_slow)):
        shares[number % processes] += files[path]
    return list(_filled(shares, iter(quick), len(items)))


def _unit(path: Path) -> Path:
    """The file, or the folder with which it starts."""
    return path.parent if path.parent.name == TOGETHER and path.name not in LONGEST_OF_SLOW else path


def _filled(shares: list[list[pytest.Item]], quick: Iterator[pytest.Item], left: int) -> Iterator[pytest.Item]:
    """The shares one after the other, each filled with quick items to the size that xdist will give its process."""
    for number, share in enumerate(shares):
        size = left // (len(shares) - number)
        whole = share + list(islice(quick, max(0, size - len(share))))
        left -= len(whole)
        yield from whole
    yield from quick
