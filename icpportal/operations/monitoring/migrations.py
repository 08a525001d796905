"""Whether the database is as this version expects it."""

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec

from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def missing() -> int:
    """How many migrations are still to be applied.

    Compared by name: the modules of all migrations would stay in every web process that was asked, 14 MiB of them.
    """
    applied = MigrationRecorder(connection).applied_migrations()
    if applied.keys() >= _known_migrations():
        return 0
    loader = MigrationLoader(connection)  # only it knows which of them stand for several others
    return len(loader.graph.nodes.keys() - loader.applied_migrations.keys())


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    """App and name of every migration there is a file of."""
    return frozenset((config.label, name) for config in apps.get_app_configs() for name in _files(config.label))


def _files(label: str) -> Iterator[str]:
    package, _is_set = MigrationLoader.migrations_module(label)
    found = find_spec(package) if package else None
    for _finder, name, is_package in pkgutil.iter_modules(found.submodule_search_locations if found else []):
        if not is_package and name[0] not in "_~":
            yield name
