"""From "import first" through the import and on: the old platform as step 1 finds it."""

import pytest
from django.test import Client
from django.urls import reverse

from filings.legacy_import import actions, comparison, runner
from filings.models import Access
from icpportal.gateways.dns.fake import FakeResolver
from icpportal.outbox.delivery import deliver
from tests.filings.legacy_import.dumps import account, filing, load_rows
from tests.transfers import states
from tests.transfers.builders import make_user, sign_in
from tests.transfers.cancels import press, prove_again, reload, to_last_look
from tests.transfers.outside import ministry, on_file, typed_type  # noqa: F401 -- a fixture
from transfers.deadlines.sweep import sweep
from transfers.models import TypeCheck

pytestmark = pytest.mark.django_db


def ask(client, **changes):
    answer = client.post("/transfers/new/", typed_type(**changes))
    return TypeCheck.objects.latest("created_at").outcome, answer["Location"]


def bring_over(owner):
    mine = actions.begin(owner, account())
    found = comparison.preview(owner, account().pk)
    actions.run(mine, {site.record: False for subject in found for site in subject.sites}, [])
    runner.run(mine.pk)


def test_import_first_leads_to_the_import_and_afterwards_the_site_is_here(client: Client, ministry, tmp_path):  # noqa: F811
    load_rows(tmp_path / "dump.json", filing())
    lin = make_user()
    sign_in(client, lin)

    outcome, page = ask(client)
    assert outcome == "import_first"
    assert f'href="{reverse("import")}"' in client.get(page).content.decode()

    bring_over(lin)
    assert ask(client)[0] == "already_here"


def test_after_the_import_another_site_of_the_subject_can_be_transferred(client: Client, ministry, tmp_path):  # noqa: F811
    on_file(ministry, "example.net")
    load_rows(tmp_path / "dump.json", filing())
    lin = make_user()
    sign_in(client, lin)
    bring_over(lin)

    assert ask(client, domain="example.net")[0] == "transfer_another"


def test_a_site_that_another_provider_serves_is_transferred_after_the_import(client: Client, ministry, tmp_path):  # noqa: F811
    load_rows(tmp_path / "dump.json", filing(provider="别家云"))
    lin = make_user()
    sign_in(client, lin)
    bring_over(lin)

    assert ask(client)[0] == "transfer_another"


def test_a_record_of_somebody_else_s_old_account_is_told_of_only_with_a_full_match(client: Client, ministry, tmp_path):  # noqa: F811
    load_rows(tmp_path / "dump.json", filing(region="640104"))
    sign_in(client, make_user())

    assert ask(client)[0] == "transfer"


def test_my_filings_and_the_page_of_the_site_show_an_imported_access_without_the_ministry_s_id(
    client: Client, tmp_path
):
    load_rows(tmp_path / "dump.json", filing(jrid=""))
    lin = make_user()
    sign_in(client, lin)
    bring_over(lin)

    page = client.get(reverse("dashboard")).content.decode()
    assert "example.com" in page
    site = lin.websites.get()
    assert client.get(reverse("filing", args=[site.pk])).status_code == 200


def test_cancelling_an_imported_site_without_the_ministry_s_id_waits_says_so_and_is_sent_when_it_comes(
    client: Client,
    ministry,  # noqa: F811
    tmp_path,
    settings,
):
    settings.DNS_GATEWAY = f"{FakeResolver.__module__}.FakeResolver"
    load_rows(tmp_path / "dump.json", filing(jrid=""))
    lin = make_user()
    bring_over(lin)
    prove_again(client, lin)

    Access.objects.create(website=lin.websites.get(), own=False, provider="100002", ministry_id=910000)
    order = to_last_look(client, lin.websites.get())
    press(client, order)
    deliver()

    assert (reload(order).state, ministry.reports) == (states.HANDING_OVER, {})
    page = client.get(order.get_absolute_url()).content.decode()
    assert "The authority has not given us its number for this access yet." in page

    Access.objects.filter(own=True).update(ministry_id=64000001)
    sweep()
    deliver()

    assert [report.access_id for report in ministry.reports.values()] == [64000001]
