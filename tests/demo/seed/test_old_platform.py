"""The old platform of the demo: it loads without findings, twice, and every account in it can be tried."""

import pytest

from demo.seed import old_platform
from filings.legacy_import import account_proof
from filings.legacy_import.account_proof import Why
from filings.legacy_import.claims import claims as claiming
from filings.legacy_import.dump.loader import load
from filings.models import LegacyAccount, LegacyRecord
from tests.transfers.builders import make_user

pytestmark = pytest.mark.django_db


def test_the_demo_s_dump_loads_without_findings(monkeypatch):
    said = []
    monkeypatch.setattr(old_platform, "load", lambda path, say: load(path, say=said.append))

    old_platform.fill()

    assert [str(each) for each in said] == []
    assert (LegacyRecord.objects.count(), LegacyAccount.objects.count()) == (3, 4)


def test_filling_twice_changes_nothing():
    old_platform.fill()
    before = list(LegacyRecord.objects.values().order_by("pk")), list(LegacyAccount.objects.values().order_by("pk"))

    old_platform.fill()

    after = list(LegacyRecord.objects.values().order_by("pk")), list(LegacyAccount.objects.values().order_by("pk"))
    assert after == before


@pytest.mark.parametrize(
    ("email", "why"),
    [
        ("old@example.com", None),
        ("old-empty@example.com", Why.EMPTY),
        ("old-inactive@example.com", Why.INACTIVE),
        ("old-order@example.com", Why.OPEN_ORDER),
    ],
)
def test_each_account_shows_its_case(email, why):
    old_platform.fill()

    assert account_proof.prove(make_user(), email, old_platform.PASSWORD).why == why


def test_one_access_has_the_ministry_s_id_and_one_has_none_and_a_record_can_be_claimed():
    old_platform.fill()

    ids = {record.domain: record.details.get("ids") for record in LegacyRecord.objects.exclude(account=None)}
    assert ids == {"old-sample.cn": {"jrid": 64000027}, "old-shop-sample.cn": None}
    asked = {"id_type": "2", "id_number": "119999199009090002", "name": "赵样本", "domain": "claim-sample.cn"}
    assert claiming.find(**asked) == LegacyRecord.objects.get(domain="claim-sample.cn")


def test_what_is_printed_can_be_entered():
    assert old_platform.PASSWORD in old_platform.lines()[0]
