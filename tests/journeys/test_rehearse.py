"""The rehearsal walks over HTTP to approval, and says where it stopped when something is wrong."""

import json
from collections.abc import Iterator

import pytest

from tests.journeys.portal import Portal, running

pytestmark = pytest.mark.worker


@pytest.fixture(scope="module")
def portal_of_2020(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with running(tmp_path_factory.mktemp("portal2020"), RULE_PROFILE="current-2020") as started:
        yield started


@pytest.mark.parametrize("province", ["12", "44"])
def test_a_rehearsal_ends_approved(portal: Portal, province: str) -> None:
    told = json.loads(portal.manage("rehearse", "--base-url", portal.url, "--province", province, "--json"))

    assert told["state"] == "approved"
    assert [step["name"] for step in told["steps"]][-1] == "result"
    assert told["seconds"] < 120


@pytest.mark.parametrize("province", ["12", "44"])
def test_a_rehearsal_of_another_website_ends_approved(portal: Portal, province: str) -> None:
    command = ("rehearse", "--kind", "transfer-another", "--base-url", portal.url, "--province", province, "--json")
    told = json.loads(portal.manage(*command))

    assert told["state"] == "approved"
    assert [step["name"] for step in told["steps"]].count("result") == 2
    assert told["seconds"] < 180


@pytest.mark.parametrize("kind", ["transfer", "transfer-another"])
@pytest.mark.parametrize("province", ["12", "44"])
def test_a_rehearsal_ends_approved_under_the_rules_since_2020(portal_of_2020: Portal, kind: str, province: str) -> None:
    command = ("rehearse", "--kind", kind, "--base-url", portal_of_2020.url, "--province", province, "--json")
    told = json.loads(portal_of_2020.manage(*command))

    assert told["state"] == "approved"
    assert "phone_due" in [step["state"] for step in told["steps"]]  # asked in every province


def test_a_rehearsal_against_nothing_says_so_and_fails(portal: Portal) -> None:
    told = json.loads(portal.manage("rehearse", "--base-url", "http://127.0.0.1:9", "--json", check=False))

    assert (told["state"], told["failed"]) == ("draft", "prepare")
    assert "does not answer" in told["problem"]
