"""The rehearsal of a cancellation ends cancelled, over the wire, in both profiles."""

import json
from pathlib import Path

import pytest

from tests.journeys.portal import Portal, running

pytestmark = pytest.mark.worker


def rehearsed(portal: Portal, *more: str) -> dict:
    return json.loads(portal.manage("rehearse", "--base-url", portal.url, "--kind", "cancel", "--json", *more))


def test_a_cancellation_is_rehearsed_after_a_transfer_of_its_own(portal: Portal) -> None:
    told = rehearsed(portal)

    assert told["state"] == "cancelled"
    assert [step["name"] for step in told["steps"]][-2:] == ["ending", "cancel_result"]
    assert told["seconds"] < 180


def test_it_is_rehearsed_under_the_rules_since_2020_as_well(tmp_path: Path) -> None:
    with running(tmp_path, RULE_PROFILE="current-2020") as portal:
        assert rehearsed(portal, "--province", "64")["state"] == "cancelled"
