"""The rehearsal walks over HTTP to approval, and says where it stopped when something is wrong."""

import json

import pytest

from tests.journeys.portal import Portal

pytestmark = pytest.mark.worker


@pytest.mark.parametrize("province", ["12", "44"])
def test_a_rehearsal_ends_approved(portal: Portal, province: str) -> None:
    told = json.loads(portal.manage("rehearse", "--base-url", portal.url, "--province", province, "--json"))

    assert told["state"] == "approved"
    assert [step["name"] for step in told["steps"]][-1] == "result"
    assert told["seconds"] < 120


def test_a_rehearsal_against_nothing_says_so_and_fails(portal: Portal) -> None:
    told = json.loads(portal.manage("rehearse", "--base-url", "http://127.0.0.1:9", "--json", check=False))

    assert (told["state"], told["failed"]) == ("draft", "prepare")
    assert "does not answer" in told["problem"]
