"""One row a gateway: every class there is stands in it, as real or as a stand-in."""

import importlib
import inspect
import pkgutil

import pytest

from icpportal import gateways
from icpportal import settings as portal
from icpportal.gateways.registry import ADVICE, GATEWAYS, asked

FOLDERS = {"miit": "authority"}


def classes_with_a_check():
    """Every class of a gateway's modules that could be named in its setting: it says whether it answers."""
    for folder in pkgutil.iter_modules(gateways.__path__):
        if not folder.ispkg:
            continue
        package = importlib.import_module(f"icpportal.gateways.{folder.name}")
        for module in pkgutil.iter_modules(package.__path__):
            if module.ispkg or module.name in ("admin", "models", "seam", "demo_views", "demo_urls"):
                continue
            path = f"{package.__name__}.{module.name}"
            for name, found in inspect.getmembers(importlib.import_module(path), inspect.isclass):
                if found.__module__ == path and callable(getattr(found, "check", None)):
                    yield FOLDERS.get(folder.name, folder.name), f"{path}.{name}"


def test_every_class_is_real_or_a_stand_in():
    """H3: a new one that nobody has judged fails here."""
    rows = {row.name: row for row in GATEWAYS}
    found = list(classes_with_a_check())
    unjudged = [
        path
        for name, path in found
        if path not in rows[name].real and not any(path.startswith(f"{each.module}.") for each in rows[name].stand_ins)
    ]

    assert len(found) > 20
    assert unjudged == []


def test_every_gateway_setting_has_its_row():
    """H3"""
    named = {name for name in dir(portal) if name.endswith("_GATEWAY")} | {"EMAIL_BACKEND"}

    assert named == {row.setting for row in GATEWAYS}


def test_all_are_asked_but_mail_and_only_the_resolver_is_advice():
    """H3"""
    assert [row.name for row in asked()] == ["authority", "inventory", "sms", "scanner", "photo_app", "dns"]
    assert ADVICE == ("dns",)


@pytest.mark.parametrize("row", GATEWAYS, ids=lambda row: row.name)
def test_the_real_ones_are_there(row):
    for path in row.real:
        module, _dot, name = path.rpartition(".")
        assert inspect.isclass(getattr(importlib.import_module(module), name))
