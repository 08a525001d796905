"""Descriptions of S3, read once in a process: each session reads a megabyte of JSON and lists four hundred folders.

A storage makes a session of its own, and many tests make a storage.
"""

from collections import defaultdict
from typing import Any

from botocore.loaders import Loader


def install() -> None:
    """Installs this for the rest of the process; loaders share what they find in the same folders."""
    found: dict[tuple[str, ...], dict[tuple[Any, ...], Any]] = defaultdict(dict)
    Loader._cache = property(lambda loader: found[tuple(loader.search_paths)], lambda _loader, _empty: None)
