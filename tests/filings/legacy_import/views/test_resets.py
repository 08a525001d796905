"""An old account without its password: proved with papers, reviewed, then imported from as after a proof."""

import re
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from filings.legacy_import import actions, runner
from filings.legacy_import.claims import claims as claiming
from filings.legacy_import.views import claims
from filings.models import LegacyClaim, LegacyImport, LegacyRecord, Website
from filings.models import legacy_states as states
from filings.register.certificates import type_label
from icpportal.accounts.models import User
from icpportal.outbox.models import Message
from icpportal.time_format import BEIJING
from tests.filings.legacy_import.dumps import account, filing, personal
from tests.filings.legacy_import.views.test_claims import ready
from tests.transfers.builders import make_reviewer
from tests.transfers.outside import errors
from transfers.review.worklists.claims import count_claims

PAGE = "/import/reset/"
TYPED = {"id_type": "1", "id_number": "91649999000000019L", "name": "宁夏示例纸业有限公司", "domain": "example.com"}
EARLY = {"id_type": "2", "id_number": "119999199009090002", "name": "赵样本", "domain": "early.cn"}


@pytest.fixture
def browser(client, lin):
    User.objects.filter(pk=lin.pk).update(language="en")
    client.cookies["django_language"] = "en"
    client.force_login(lin)
    return client


@pytest.fixture
def world(old):
    old(filing(), filing(domain="second.com"), personal(domain="early.cn"))


@pytest.fixture
def mine(world, lin):
    return claiming.begin(lin, LegacyRecord.objects.get(domain="example.com"))


def send_claim(claim):
    ready(claim)
    claiming.send(claim, "")
    return LegacyClaim.objects.select_related("owner", "record__account").get(pk=claim.pk)


def accept_claim(claim):
    claim = send_claim(claim)
    claiming.accept(claim, make_reviewer())
    return claim


def press(browser, claim):
    return browser.post(claim.get_absolute_url(), {"open": "1"})


def test_describing_a_filing_of_the_old_account_begins_a_request(browser, world, lin):
    answer = browser.post(PAGE, TYPED)

    claim = LegacyClaim.objects.get()
    assert (claim.owner, claim.state, answer["Location"]) == (lin, states.OPEN, claim.get_absolute_url())
    assert "the old account is yours" in browser.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("changes", [{"name": "宁夏范例纸业有限公司"}, {"domain": "nowhere.com"}, EARLY])
def test_a_mismatch_or_a_record_to_claim_gets_the_same_answer(browser, world, changes):
    answer = browser.post(PAGE, {**TYPED, **changes})

    assert errors(answer) == {"__all__": ["claim_unknown"]}
    assert "No filing under an old account matches all of this" in answer.content.decode()
    assert LegacyClaim.objects.count() == 0


def test_it_has_its_own_name_and_is_listed_apart_from_claims(browser, mine):
    send_claim(mine)

    assert {row.template for row in Message.objects.all()} == {"reset_received"}
    assert "1 to 2 working days" in browser.get(mine.get_absolute_url()).content.decode()
    assert mine.get_absolute_url() in browser.get(PAGE).content.decode()
    assert mine.get_absolute_url() not in browser.get("/import/claim/").content.decode()


@pytest.mark.parametrize(("days", "is_late"), [(0, False), (20, True)])
def test_a_request_that_is_answered_late_says_so_and_by_when_it_was_due(browser, mine, days, is_late):
    send_claim(mine)

    LegacyClaim.objects.update(entered_at=timezone.now() - timedelta(days=days))

    page = browser.get(mine.get_absolute_url()).content.decode()
    assert ("This was due from us by" in page, "1 to 2 working days" in page) == (is_late, not is_late)


def test_newer_claims_push_no_request_off_its_list(browser, mine, lin, monkeypatch):
    monkeypatch.setattr(claims, "SHOWN", 1)
    claim = claiming.begin(lin, LegacyRecord.objects.get(domain="early.cn"))

    assert mine.get_absolute_url() in browser.get(PAGE).content.decode()
    assert claim.get_absolute_url() in browser.get("/import/claim/").content.decode()


def test_an_accepted_request_imports_nothing_by_itself_and_opens_the_import_without_a_password(browser, mine, lin):
    claim = accept_claim(mine)
    assert (Website.objects.count(), LegacyImport.objects.count()) == (0, 0)

    answers = [press(browser, claim) for _ in range(2)]

    opened = LegacyImport.objects.get()
    assert (opened.owner, opened.account, opened.state) == (lin, account(), states.PREVIEWED)
    assert [answer["Location"] for answer in answers] == [opened.get_absolute_url()] * 2
    page = browser.get(opened.get_absolute_url()).content.decode()
    assert sorted(re.findall(r'name="site" value="([^"]+)"', page)) == ["example.com", "second.com"]
    assert {row.template for row in Message.objects.all()} == {"reset_received", "reset_accepted"}


@pytest.mark.parametrize("state", [states.OPEN, states.SENT, states.DECLINED])
def test_before_it_is_accepted_nothing_is_opened(browser, mine, state):
    LegacyClaim.objects.update(state=state)

    assert press(browser, mine)["Location"] == mine.get_absolute_url()
    assert LegacyImport.objects.count() == 0


def test_a_claim_of_an_early_record_opens_no_import(browser, world, lin):
    claim = accept_claim(claiming.begin(lin, LegacyRecord.objects.get(domain="early.cn")))

    press(browser, claim)

    assert LegacyImport.objects.count() == 0


def test_a_newer_dump_that_moves_the_record_to_another_account_opens_only_the_accepted_account(browser, mine, old, lin):
    accepted_account = account()
    claim = accept_claim(mine)
    old(filing(account_email="other@example.com"))

    press(browser, claim)

    assert LegacyRecord.objects.get(domain="example.com").account != accepted_account
    assert [each.account for each in LegacyImport.objects.all()] == [accepted_account]


def test_an_import_by_somebody_else_in_the_meantime_is_reported(browser, mine, chen):
    claim = accept_claim(mine)
    theirs = actions.begin(chen, account())
    actions.run(theirs, {claim.record_id: False}, [])
    runner.run(theirs.pk)

    answer = press(browser, claim)

    assert errors(answer) == {"__all__": ["old_imported"]}
    assert LegacyImport.objects.filter(owner=claim.owner).count() == 0


def test_a_stranger_s_request_cannot_be_opened(browser, world, chen):
    claim = accept_claim(claiming.begin(chen, LegacyRecord.objects.get(domain="example.com")))

    assert press(browser, claim).status_code == 404
    assert LegacyImport.objects.count() == 0


def test_the_reviewer_sees_the_account_s_filings_and_that_the_account_is_requested(client, mine):
    claim = send_claim(mine)
    client.cookies["django_language"] = "en"
    client.force_login(make_reviewer(language="en"))

    case = client.get(reverse("admin:filings_legacyclaim_case", args=[claim.pk])).content.decode()

    rows = [
        (label, re.sub("<.*?>", "", value))
        for label, value in re.findall(r"<dt>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", case, re.DOTALL)
    ]
    licence = type_label("1")
    assert rows[:5] == [
        ("Asked for", "The old account"),
        ("Old account", "old@example.com"),
        ("Websites in it, still to be imported", "2"),
        ("Subjects in this account: accept only if all of them are the applicant&#x27;s", "1"),
        ("Subject 1", f"宁夏示例纸业有限公司 · {licence} 91649999000000019L · example.com, second.com"),
    ]
    assert ("Applicant&#x27;s account", mine.owner.mobile.removeprefix("+86")) in rows
    assert f'<p class="facts">{mine.owner.email} · {mine.owner.mobile}' in case
    client.post(reverse("admin:filings_legacyclaim_case", args=[claim.pk]), {"move": "accept"})
    assert LegacyClaim.objects.get(pk=claim.pk).state == states.ACCEPTED


def test_an_account_that_the_reviewer_did_not_see_cannot_be_accepted(client, mine, old):
    claim = send_claim(mine)
    client.cookies["django_language"] = "en"
    client.force_login(make_reviewer(language="en"))
    case = reverse("admin:filings_legacyclaim_case", args=[claim.pk])
    seen = re.search(r'name="about" value="([^"]+)"', client.get(case).content.decode())
    old(filing(account_email="other@example.com"))

    answer = client.post(case, {"move": "accept", "about": seen[1]}, follow=True)

    assert "The claim has changed" in answer.content.decode()
    assert LegacyClaim.objects.get(pk=claim.pk).state == states.SENT


def test_the_desk_counts_a_reset_as_late_a_day_after_a_claim_as_their_owners_were_promised(lin, old):
    monday, tuesday = (datetime(2026, 11, day, hour, tzinfo=BEIJING) for day, hour in ((23, 10), (24, 19)))
    old(filing(domain="reset.cn"), personal())
    for record in LegacyRecord.objects.all():
        mine = claiming.begin(lin, record)
        ready(mine)
        claiming.send(mine, "")
    LegacyClaim.objects.update(entered_at=monday)

    both = count_claims(tuesday)
    LegacyClaim.objects.exclude(record__domain="reset.cn").update(state=states.DECLINED)
    reset = count_claims(tuesday)

    assert (both.waiting, both.over, both.first) == (2, 1, monday.replace(day=24, hour=18))
    assert (reset.waiting, reset.over, reset.first) == (1, 0, monday.replace(day=25, hour=18))
    assert count_claims(tuesday.replace(day=25, hour=9)).today == 1
    assert count_claims(tuesday.replace(day=25)).over == 1
