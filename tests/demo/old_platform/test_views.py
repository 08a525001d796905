"""The demo's page that puts invented accounts and filings on the old platform."""

import pytest
from django.urls import reverse

from demo.old_platform.views import SAMPLE
from filings.legacy_import.dump import passwords
from filings.models import LegacyAccount, LegacyRecord
from tests.filings.legacy_import.dumps import account
from tests.transfers.builders import make_user

PAGE = "/demo/old-platform/"
EMAIL, PASSWORD = SAMPLE["account_email"], SAMPLE["account_password"]

pytestmark = pytest.mark.django_db


def put(client, **changes):
    client.cookies["django_language"] = "en"
    return client.post(PAGE, {"kind": "filing", **SAMPLE, **changes})


def test_the_prefilled_row_can_be_loaded_unchanged_and_imported(client):
    page = client.get(PAGE).content.decode()

    answer = put(client)

    assert all(f'name="{name}"' in page for name in ("kind", *SAMPLE))
    assert f'href="{reverse("import")}"' in answer.content.decode()
    assert (LegacyRecord.objects.get().domain, LegacyRecord.objects.get().account) == (
        "my-old-sample.cn",
        account(EMAIL),
    )
    assert passwords.is_right(PASSWORD, account(EMAIL).password)


def test_loading_the_same_row_again_changes_nothing(client):
    put(client)
    before = list(LegacyRecord.objects.values_list("pk", "fingerprint"))

    assert 'id="loaded"' in put(client).content.decode()
    assert list(LegacyRecord.objects.values_list("pk", "fingerprint")) == before
    assert LegacyAccount.objects.count() == 1


@pytest.mark.parametrize(("kind", "has_order"), [("account", False), ("order", True)])
def test_an_account_without_a_filing_can_be_loaded_too(client, kind, has_order):
    put(client, kind=kind, domain="")

    assert (LegacyRecord.objects.count(), account(EMAIL).has_open_order) == (0, has_order)


def test_the_loaders_refusals_are_shown_at_their_fields_and_entries_stay(client):
    answer = put(client, domain="nowhere", name="宁夏范例园艺有限公司")

    page = answer.content.decode()
    assert answer.context["form"].errors.keys() == {"domain"}
    assert 'id="loaded"' not in page
    assert "宁夏范例园艺有限公司" in page
    assert LegacyRecord.objects.count() == 0


def test_what_the_loader_leaves_out_is_shown(client):
    page = put(client, lead_phone1="12").content.decode()

    assert 'id="loaded"' in page
    assert "lead_phone1" in page.partition('id="loaded"')[2].partition("<form")[0]
    assert "lead_phone1" not in LegacyRecord.objects.get().details["subject"]


def test_the_page_exists_only_where_everything_is_simulated(client, settings):
    settings.SIMULATORS = False

    assert (client.get(PAGE).status_code, put(client).status_code) == (404, 404)
    assert (LegacyAccount.objects.count(), LegacyRecord.objects.count()) == (0, 0)


def test_the_import_page_links_there_only_in_a_demo(client, settings):
    client.force_login(make_user())
    shown = [PAGE in client.get("/import/").content.decode()]
    settings.SIMULATORS = False
    shown.append(PAGE in client.get("/import/").content.decode())

    assert shown == [True, False]
