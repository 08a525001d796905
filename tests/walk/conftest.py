"""The world, built once for all tests of a file: building takes one and a half seconds of computing."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from types import NoneType, SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from icpportal.gateways.inventory.fake import FakeInventory
from icpportal.gateways.miit.fake import FakeAuthority
from tests.walk import world

FAKES = (FakeAuthority, FakeInventory)


@dataclass
class Placed:
    """A world in the database, and its data elsewhere."""

    world: world.World
    outside: dict[type, dict[str, Any]]
    settings: dict[str, Any]


@pytest.fixture(scope="module")
def profile() -> str:
    """The rules the world begins with: the newer ones, unless a file says otherwise."""
    return "current-2020"


@pytest.fixture(scope="module")
def placed(
    profile: str, django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Placed]:
    """Built before the first test that uses it, and rolled back after the last of its file or its rules."""
    around = transaction.atomic()
    around._from_testcase = True  # as Django's own TestCase: durable blocks inside may be rolled back here
    given = SimpleNamespace()
    world.outside(given, profile)
    with django_db_blocker.unblock(), around:
        with override_settings(**vars(given)):
            built = world.build(profile, tmp_path_factory.mktemp("world"), given)
        yield Placed(built, {fake: _state_of(fake) for fake in FAKES}, vars(given))
        transaction.set_rollback(True)


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
