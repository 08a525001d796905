"""The world, built once for all tests of a process: building takes four seconds of computing."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import NoneType, SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import transaction
from django.test import override_settings

from icpportal.gateways.inventory.fake import FakeInventory
from icpportal.gateways.miit.fake import FakeAuthority
from tests import tables
from tests.walk import orders, world

FAKES = (FakeAuthority, FakeInventory)


YOUNG = timedelta(minutes=5)  # an older world is built again: its codes and holds would run out


@dataclass
class Placed:
    """A world in the database, and its data elsewhere."""

    world: world.World
    outside: dict[type, dict[str, Any]]
    settings: dict[str, Any]
    tables: tables.Tables
    built_at: datetime

    @property
    def can_be_put_back(self) -> bool:
        return datetime.now(UTC) - self.built_at < YOUNG and storages["documents"].exists(orders.PICTURE)


_worlds: dict[str, Placed] = {}  # by the rules


@pytest.fixture(scope="module")
def profile() -> str:
    """The rules the world begins with: the newer ones, unless a file says otherwise."""
    return "current-2020"


@pytest.fixture(scope="module")
def placed(
    profile: str, django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Placed]:
    """There before the first test that uses it, and rolled back after the last of its file or its rules."""
    around = transaction.atomic()
    around._from_testcase = True  # as Django's own TestCase: durable blocks inside may be rolled back here
    with django_db_blocker.unblock(), around:
        if profile in _worlds and _worlds[profile].can_be_put_back:
            tables.put_back(_worlds[profile].tables)
        else:
            _worlds[profile] = _build(profile, tmp_path_factory.mktemp("world"))
        yield _worlds[profile]
        transaction.set_rollback(True)


def _build(profile: str, folder: Path) -> Placed:
    change, at = SimpleNamespace(), datetime.now(UTC)
    world.outside(change, profile)
    with override_settings(**vars(change)):
        built = world.build(profile, folder, change)
    outside = {fake: _state_of(fake) for fake in FAKES}
    return Placed(built, outside, vars(change), tables.rows_of_all(), at)


@pytest.fixture
def made(placed: Placed, db: None, settings: Any) -> world.World:
    """The world for one test; its changes are rolled back afterwards."""
    for name, value in placed.settings.items():
        setattr(settings, name, value)
    for fake, held in placed.outside.items():
        for name, value in deepcopy(held).items():
            setattr(fake, name, value)
    return deepcopy(placed.world)


def _state_of(fake: type) -> dict[str, Any]:
    """The data that a fake keeps on its class."""
    return deepcopy({name: value for name, value in vars(fake).items() if isinstance(value, (dict, list, NoneType))})
