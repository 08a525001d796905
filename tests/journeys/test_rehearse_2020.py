"""The rehearsals under the rules since 2020, on a portal of their own."""

import json
from collections.abc import Iterator

import pytest

from tests.journeys.portal import Portal, own_redis, running

pytestmark = [pytest.mark.worker, pytest.mark.long]


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("portal2020")
    with running(folder, RULE_PROFILE="current-2020", **own_redis()) as started:
        yield started


def run_rehearsal(portal: Portal, kind: str, province: str) -> dict:
    command = ("rehearse", "--kind", kind, "--base-url", portal.url, "--province", province, "--json")
    return json.loads(portal.manage(*command))


def test_a_rehearsal_of_a_transfer_and_of_another_website_ends_approved(portal: Portal) -> None:
    result = run_rehearsal(portal, "transfer-another", "44")

    assert result["state"] == "approved"
    assert [step["name"] for step in result["steps"]].count("result") == 2
    assert "phone_due" in [step["state"] for step in result["steps"]]  # required in every province


def test_a_cancellation_ends_cancelled(portal: Portal) -> None:
    assert run_rehearsal(portal, "cancel", "64")["state"] == "cancelled"


def test_an_import_ends_imported(portal: Portal) -> None:
    result = run_rehearsal(portal, "import", "44")

    assert (result["state"], [step["name"] for step in result["steps"]][-1]) == ("imported", "once_more")
    assert result["seconds"] < 60
