"""The docs of the gateways agree with the registry."""

import re

import pytest

from icpportal import settings as portal
from icpportal.gateways.registry import GATEWAYS
from tests.icpportal.production import ROOT

TABLE = ROOT / "docs/gateways.md"
FOLDERS = [row for row in GATEWAYS if row.name != "mail"]  # Django's own, over the backend of the outbox
UNASKED = {"mail": "the outbox tries again", "web_pages": "the order's page says that the home page did not answer"}
PARTS = ("**What is asked.**", "**Settings.**", "**Try it.**", "**Write another.**")


def readme(row):
    return (ROOT / "icpportal/gateways" / (row.folder or row.name) / "README.md").read_text("utf-8")


def silence(row):
    if row.is_advice:
        return "pages say that it could not be checked"
    if not row.is_asked:
        return f"nobody asks beforehand; {UNASKED[row.name]}"
    return f"{'may be left out; else ' if row.may_be_missing else ''}`check_gateways` fails, health is red"


def cells(row):
    """A gateway's line as in the table."""
    folder = row.folder or row.name
    name = f"`{row.name}`" if row not in FOLDERS else f"[`{row.name}`](../icpportal/gateways/{folder}/README.md)"
    stand_ins = "<br>".join(f"`{each.module}`: {each.says}" for each in row.stand_ins)
    real, own = (", ".join(f"`{each}`" for each in every) for every in (row.real, row.own_settings))
    return f"| {name} | {row.asks} | `{row.setting}` | {real} | {own} | {stand_ins} | {silence(row)} |"


def test_the_table_has_a_line_for_each_gateway_as_the_registry_has_it():
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith(("| `", "| [`"))]

    assert lines == [cells(row) for row in GATEWAYS]


@pytest.mark.parametrize("row", FOLDERS, ids=lambda row: row.name)
def test_a_readme_has_four_parts_the_calls_the_settings_how_to_try_it_and_how_to_write_one(row):
    text = readme(row)
    of_ours = [each.module for each in row.stand_ins if each.module.startswith("icpportal.")]
    named = [row.setting, *row.own_settings, *row.real, *of_ours, "manage.py check_gateways", "base.py"]

    assert [word for word in named if word not in text] == []
    assert re.findall(r"^\*\*.*?\*\*", text, re.MULTILINE) == list(PARTS)
    assert len(text.splitlines()) <= 20


def test_a_readme_names_only_existing_settings():
    words = {word for row in FOLDERS for word in re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", readme(row))}

    assert len(words) > 20
    assert {word for word in words if not hasattr(portal, word)} == set()


def test_every_setting_of_a_gateway_is_in_its_row():
    """A new one that no row names fails here; the ministry's others are in docs/ministry.md."""
    prefixes = tuple(row.setting.removesuffix("GATEWAY") for row in FOLDERS if row.name != "authority")
    computed = {"PHOTO_APP_USUAL", "PHOTO_APP_DEMO", "DNS_USUAL", "WEB_PAGES_USUAL"}
    # limits of texts, independent of the supplier: docs/security.md
    limits = {"SMS_BUDGET_DAY", "SMS_BUDGET_MONTH", "SMS_ENTERED_PERCENT", "SMS_VIRTUAL_OPERATORS", "SMS_WATCHED_LEAST"}
    there = {name for name in dir(portal) if name.startswith(prefixes)} - computed - limits
    named = {name for row in GATEWAYS for name in (row.setting, *row.own_settings)}

    assert there - named == set()
    assert {name for name in named if not hasattr(portal, name)} == {"EMAIL_URL"}  # read into Django's EMAIL_…
