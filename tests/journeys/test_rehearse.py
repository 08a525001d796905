"""The rehearsals walk to their ends over HTTP, and say where they stopped when something is wrong."""

import json

import pytest

from tests.journeys.portal import Portal

# the other set of rules is rehearsed on SQLite and files
pytestmark = [pytest.mark.worker, pytest.mark.services]


def test_a_rehearsal_ends_approved(portal: Portal) -> None:
    """Three other provinces are covered by the demo's offers."""
    told = json.loads(portal.manage("rehearse", "--base-url", portal.url, "--province", "12", "--json"))

    assert told["state"] == "approved"
    assert [step["name"] for step in told["steps"]][-1] == "result"
    assert told["seconds"] < 120


def test_a_rehearsal_of_another_website_ends_approved(portal: Portal) -> None:
    command = ("rehearse", "--kind", "transfer-another", "--base-url", portal.url, "--province", "44", "--json")
    told = json.loads(portal.manage(*command))

    assert told["state"] == "approved"
    assert [step["name"] for step in told["steps"]].count("result") == 2
    assert told["seconds"] < 180


@pytest.mark.once
def test_a_cancellation_is_rehearsed_after_a_transfer_of_its_own(portal: Portal) -> None:
    told = json.loads(portal.manage("rehearse", "--kind", "cancel", "--base-url", portal.url, "--json"))

    assert told["state"] == "cancelled"
    assert [step["name"] for step in told["steps"]][-2:] == ["ending", "cancel_result"]
    assert told["seconds"] < 180


@pytest.mark.once
def test_a_rehearsal_of_an_import_ends_imported(portal: Portal) -> None:
    told = json.loads(portal.manage("rehearse", "--kind", "import", "--base-url", portal.url, "--json"))

    assert (told["state"], [step["name"] for step in told["steps"]][-2:]) == ("imported", ["result", "once_more"])
    assert told["reference"]
    assert told["seconds"] < 60


@pytest.mark.once
def test_a_rehearsal_without_a_portal_says_so_and_fails(portal: Portal) -> None:
    told = json.loads(portal.manage("rehearse", "--base-url", "http://127.0.0.1:9", "--json", check=False))

    assert (told["state"], told["failed"]) == ("draft", "prepare")
    assert "does not answer" in told["problem"]
