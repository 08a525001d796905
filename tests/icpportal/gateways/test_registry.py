"""One row per gateway: every existing class is listed in it, as real or as a stand-in."""

import importlib
import inspect
import pkgutil

import pytest
from django.core.management import call_command

from icpportal import gateways
from icpportal import settings as portal
from icpportal.gateways import registry
from icpportal.gateways.errors import Retryable
from icpportal.gateways.registry import ADVICE, GATEWAYS, Gateway, StandIn, checkable_gateways, faults

FOLDERS = {"miit": "authority"}


def classes_with_a_check():
    """Every class in a gateway's modules that could be named in its setting: it has a check."""
    for folder in pkgutil.iter_modules(gateways.__path__):
        if not folder.ispkg:
            continue
        package = importlib.import_module(f"icpportal.gateways.{folder.name}")
        for module in pkgutil.iter_modules(package.__path__):
            if module.ispkg or module.name in ("admin", "models", "base"):
                continue
            path = f"{package.__name__}.{module.name}"
            for name, found in inspect.getmembers(importlib.import_module(path), inspect.isclass):
                if found.__module__ == path and callable(getattr(found, "check", None)):
                    yield FOLDERS.get(folder.name, folder.name), f"{path}.{name}"


def test_every_class_is_listed_as_real_or_as_a_stand_in():
    """A new, unlisted one fails here."""
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
    named = {name for name in dir(portal) if name.endswith("_GATEWAY")} | {"EMAIL_BACKEND"}

    assert named == {row.setting for row in GATEWAYS}


def test_all_are_checked_but_mail_and_web_pages_and_only_the_resolver_is_advice():
    assert [row.name for row in checkable_gateways()] == [
        "authority",
        "inventory",
        "sms",
        "scanner",
        "photo_app",
        "dns",
    ]
    assert ADVICE == ("dns",)


@pytest.mark.parametrize("row", GATEWAYS, ids=lambda row: row.name)
def test_the_real_ones_exist(row):
    for path in row.real:
        module, _dot, name = path.rpartition(".")
        assert inspect.isclass(getattr(importlib.import_module(module), name))


def test_the_demo_s_stand_ins_exist():
    """The rows name them by dotted names alone, which no import would miss."""
    named = [each.module for row in GATEWAYS for each in row.stand_ins if each.module.startswith("demo.")]

    assert len(named) == 6
    assert [importlib.import_module(name).__name__ for name in named] == named


class Silent:
    """A new system that does not answer."""

    def check(self) -> None:
        raise Retryable("nobody there")


ADDED = Gateway(
    "weather",
    "WEATHER_GATEWAY",
    "says where it rains",
    (),
    real=("icpportal.gateways.weather.http.HttpWeather",),
    stand_ins=(StandIn(__name__, "a fake for tests"),),
)


@pytest.mark.django_db
def test_a_new_row_is_checked_and_its_stand_in_is_refused_in_production(settings, monkeypatch, capsys):
    settings.WEATHER_GATEWAY = f"{__name__}.Silent"
    monkeypatch.setattr(registry, "GATEWAYS", (ADDED,))

    with pytest.raises(SystemExit):
        call_command("check_gateways")

    line, totals = capsys.readouterr().out.splitlines()
    assert line.split()[:2] == ["weather", "down"]
    assert line.endswith("nobody there")
    assert totals == "gateways: 1, answering: 0, not answering: 1"
    assert [(fault.setting, fault.rule) for fault in faults()] == [("WEATHER_GATEWAY", registry.FAKE)]
