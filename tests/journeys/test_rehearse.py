"""The rehearsals walk to their ends over HTTP, and say where they stopped when something is wrong."""

import json

import pytest

from tests.journeys.portal import Portal

# the other set of rules is rehearsed on SQLite and files
pytestmark = [pytest.mark.worker, pytest.mark.services]


def test_a_rehearsal_ends_approved(portal: Portal) -> None:
    """Three other provinces are covered by the demo's offers."""
    result = json.loads(portal.manage("rehearse", "--base-url", portal.url, "--province", "12", "--json"))

    assert result["state"] == "approved"
    assert [step["name"] for step in result["steps"]][-1] == "result"
    assert result["seconds"] < 120


def test_a_rehearsal_of_another_website_ends_approved(portal: Portal) -> None:
    command = ("rehearse", "--kind", "transfer-another", "--base-url", portal.url, "--province", "44", "--json")
    result = json.loads(portal.manage(*command))

    assert result["state"] == "approved"
    assert [step["name"] for step in result["steps"]].count("result") == 2
    assert result["seconds"] < 180


@pytest.mark.once
def test_a_cancellation_is_rehearsed_after_a_transfer_of_its_own(portal: Portal) -> None:
    result = json.loads(portal.manage("rehearse", "--kind", "cancel", "--base-url", portal.url, "--json"))

    assert result["state"] == "cancelled"
    assert [step["name"] for step in result["steps"]][-2:] == ["ending", "cancel_result"]
    assert result["seconds"] < 180


@pytest.mark.once
def test_a_rehearsal_of_an_import_ends_imported(portal: Portal) -> None:
    result = json.loads(portal.manage("rehearse", "--kind", "import", "--base-url", portal.url, "--json"))

    assert (result["state"], [step["name"] for step in result["steps"]][-2:]) == ("imported", ["result", "once_more"])
    assert result["reference"]
    assert result["seconds"] < 60


@pytest.mark.once
def test_a_rehearsal_without_a_portal_says_so_and_fails(portal: Portal) -> None:
    result = json.loads(portal.manage("rehearse", "--base-url", "http://127.0.0.1:9", "--json", check=False))

    assert (result["state"], result["failed"]) == ("draft", "prepare")
    assert "does not answer" in result["problem"]
