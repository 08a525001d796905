"""The pages of an import: explanation and proof, preview and choice, waiting, report; what strangers see (nothing)."""

import hashlib
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from filings.legacy_import import actions, runner
from filings.models import LegacyImport, LegacyImportItem, LegacyRecord, Subject, Website
from filings.models import legacy_states as states
from icpportal.accounts.models import User
from icpportal.drafts.models import PageDraft
from tests.filings.filed import on_file
from tests.filings.legacy_import.dumps import EMAIL, HASH, PASSWORD, account, filing, several
from tests.transfers.builders import make_user
from tests.transfers.outside import cost, errors

PAGE = "/import/"
TYPED = {"old_account": EMAIL, "old_password": PASSWORD}


@pytest.fixture
def browser(client, lin):
    """Lin, in English."""
    User.objects.filter(pk=lin.pk).update(language="en")
    client.cookies["django_language"] = "en"
    client.force_login(lin)
    return client


def begin(owner):
    return actions.begin(owner, account())


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def run_url(mine):
    return reverse("import-run", args=[mine.reference])


# --- prove --------------------------------------------------------------------------------------------


def test_the_page_explains_and_asks_for_the_old_account(browser):
    page = browser.get(PAGE)

    assert page.status_code == 200
    assert "HiChina" in text(page)
    assert re.findall(r'name="(old_\w+)"', page.content.decode()) == ["old_account", "old_password"]


def test_the_right_pair_leads_to_what_was_found(browser, old, lin):
    old(filing())

    answer = browser.post(PAGE, TYPED)

    mine = LegacyImport.objects.get()
    assert (mine.owner, mine.state, answer["Location"]) == (lin, states.PREVIEWED, mine.get_absolute_url())
    page = text(browser.get(answer["Location"]))
    assert "宁夏示例纸业有限公司" in page
    assert "example.com" in page
    assert Website.objects.count() == 0


@pytest.mark.parametrize("pasted", [f" {PASSWORD}", f"{PASSWORD}\u3000", f"\u200b{PASSWORD}\xa0"])
def test_a_password_pasted_with_spaces_around_it_is_the_password(browser, old, pasted):
    old(filing())

    answer = browser.post(PAGE, {**TYPED, "old_password": pasted})

    assert answer["Location"] == LegacyImport.objects.get().get_absolute_url()


@pytest.mark.parametrize("changed", [f"{PASSWORD[:3]} {PASSWORD[3:]}", " "])
def test_a_space_within_a_password_counts(browser, old, changed):
    old(filing())

    assert errors(browser.post(PAGE, {**TYPED, "old_password": changed})) == {"__all__": ["old_pair_wrong"]}


def test_a_password_that_begins_and_ends_with_a_space_is_taken_as_typed(browser, old):
    salted = hashlib.sha256(b"salt open sesame ").hexdigest()
    old(filing(account_password=f"sha256$salt${salted}"))

    assert errors(browser.post(PAGE, {**TYPED, "old_password": "open sesame"})) == {"__all__": ["old_pair_wrong"]}
    assert browser.post(PAGE, {**TYPED, "old_password": " open sesame "}).status_code == 302


ROW = {"account_email": EMAIL, "account_password": HASH}
REFUSALS = {
    "old_pair_wrong": ([filing(account_email="b@x.cn")], "The account or password is wrong"),
    "old_empty": ([{"kind": "account", **ROW}], "There is no filing in that account"),
    "old_inactive": ([filing(account_active="0")], "never activated"),
    "old_open_order": ([{"kind": "order", **ROW}], "only an open order"),
}


@pytest.mark.parametrize("code", REFUSALS)
def test_each_refusal_has_its_own_words_and_starts_nothing(browser, old, code):
    rows, words = REFUSALS[code]
    old(*rows)

    answer = browser.post(PAGE, TYPED)

    assert errors(answer) == {"__all__": [code]}
    assert words in text(answer)
    assert LegacyImport.objects.count() == 0
    assert PASSWORD not in answer.content.decode()


def test_an_account_imported_by_somebody_else_is_refused_with_the_day(browser, old, chen):
    old(filing())
    mine = begin(chen)
    actions.run(mine, {LegacyRecord.objects.get().pk: False}, [])
    runner.run(mine.pk)

    answer = browser.post(PAGE, TYPED)

    assert errors(answer) == {"__all__": ["old_imported"]}
    assert "sign in with the account used then" in text(answer)
    assert chen.email not in answer.content.decode()


def test_the_page_of_a_first_import_shows_how_much_was_imported_and_that_nothing_is_left(browser, old, lin):
    old(filing())
    mine = begin(lin)
    actions.run(mine, {LegacyRecord.objects.get().pk: False}, [])
    runner.run(mine.pk)

    page = text(browser.get(mine.get_absolute_url()))

    assert "1 website is in this account now" in page
    assert "Nothing is left on the old platform; importing again changes nothing" in page


def test_one_s_own_finished_import_is_shown_and_does_no_harm(browser, old, lin):
    old(filing())
    mine = begin(lin)
    actions.run(mine, {LegacyRecord.objects.get().pk: False}, [])
    runner.run(mine.pk)

    answer = browser.post(PAGE, TYPED)

    assert answer["Location"] == mine.get_absolute_url()
    assert LegacyImport.objects.get().state == states.IMPORTED


def test_where_the_operator_allows_one_import_per_account_a_second_is_refused(browser, old, lin, settings):
    settings.IMPORT_ONE_OLD_ACCOUNT = True
    old(filing(), filing(account_email="b@x.cn", domain="tea.com"))
    LegacyImport.objects.create(owner=lin, account=account("b@x.cn"), holds=True, state=states.IMPORTED)

    answer = browser.post(PAGE, TYPED)

    assert errors(answer) == {"__all__": ["here_has_subject"]}


def test_of_two_old_accounts_that_are_proved_first_only_one_is_imported_where_the_operator_allows_one(
    browser, old, lin, settings
):
    settings.IMPORT_ONE_OLD_ACCOUNT = True
    old(filing(), filing(account_email="b@x.cn", domain="tea.com"))
    one, other = begin(lin), actions.begin(lin, account("b@x.cn"))

    first = browser.post(run_url(one), {"site": "example.com"})
    second = browser.post(run_url(other), {"site": "tea.com"})

    assert (first.status_code, errors(second)) == (302, {"__all__": ["here_has_subject"]})
    assert list(LegacyImport.objects.filter(holds=True)) == [one]


def test_what_is_left_of_two_old_accounts_can_follow_after_the_operator_has_limited_them_to_one(
    browser, old, lin, settings
):
    old(*several(2), filing(account_email="b@x.cn", domain="tea.com"))
    mine, other = begin(lin), actions.begin(lin, account("b@x.cn"))
    browser.post(run_url(mine), {"site": "site1.com"})
    browser.post(run_url(other), {"site": "tea.com"})
    runner.run(mine.pk)
    runner.run(other.pk)
    settings.IMPORT_ONE_OLD_ACCOUNT = True

    browser.post(reverse("import-again", args=[mine.reference]))
    answer = browser.post(run_url(mine), {"site": "site2.com"})

    assert (answer.status_code, LegacyImport.objects.get(pk=mine.pk).state) == (302, states.RUNNING)


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"old_account": ""}, "old_account", "required"),
        ({"old_account": "nobody"}, "old_account", "email_bad"),
        ({"old_password": ""}, "old_password", "required"),
        ({"old_password": "x" * 129}, "old_password", "max_length"),
    ],
)
def test_an_invalid_entry_is_reported_before_anything_is_counted(browser, old, settings, changes, field, code):
    settings.LIMITS = {**settings.LIMITS, "import_account": (0, 60)}

    assert errors(browser.post(PAGE, {**TYPED, **changes})) == {field: [code]}


def test_too_many_attempts_are_reported_with_the_time(browser, old, settings):
    settings.LIMITS = {**settings.LIMITS, "import_account": (1, 60)}
    old(filing())
    browser.post(PAGE, {**TYPED, "old_password": "wrong"})

    assert errors(browser.post(PAGE, TYPED)) == {"__all__": ["too_many"]}


# --- strangers ------------------------------------------------------------------------------------------


def addresses(mine):
    return [
        ("get", mine.get_absolute_url()),
        ("get", reverse("import-report", args=[mine.reference])),
        ("post", run_url(mine)),
        ("post", reverse("import-again", args=[mine.reference])),
    ]


def test_a_stranger_with_an_import_of_their_own_gets_404_everywhere(browser, old, lin, chen):
    old(filing(), filing(account_email="b@x.cn", domain="tea.com"))
    actions.begin(lin, account("b@x.cn"))
    theirs = begin(chen)

    answers = [getattr(browser, method)(url, {"site": "example.com"}) for method, url in addresses(theirs)]

    assert [answer.status_code for answer in answers] == [404] * 4
    theirs.refresh_from_db()
    assert (theirs.state, LegacyImportItem.objects.count()) == (states.PREVIEWED, 0)


def test_who_is_not_signed_in_is_sent_to_sign_in(client, old, lin):
    old(filing())

    answers = [getattr(client, method)(url) for method, url in [("get", PAGE), *addresses(begin(lin))]]

    assert {answer.status_code for answer in answers} == {302}
    assert all("/account/" in answer["Location"] for answer in answers)


def test_who_is_not_confirmed_is_sent_to_confirm(client, old):
    unconfirmed = User.objects.create_user("new@example.com", None)
    client.force_login(unconfirmed)

    assert reverse("account_confirm") in client.post(PAGE, TYPED)["Location"]


def test_running_and_previewing_again_are_posts(browser, old, lin):
    old(filing())
    mine = begin(lin)

    assert browser.get(run_url(mine)).status_code == 405
    assert browser.get(reverse("import-again", args=[mine.reference])).status_code == 405
    assert browser.post(mine.get_absolute_url()).status_code == 405


# --- look and choose -----------------------------------------------------------------------------------


def test_the_preview_marks_each_site_and_subject(browser, old, lin, chen):
    on_file(lin)
    on_file(chen, report="T7Q4-M2KY.1", domain="taken.com", pages=other_subject())
    old(
        filing(site_name="旧名称"),
        filing(domain="new.com"),
        filing(domain="early.com", filed_on="2009-01-01"),
        filing(domain="taken.com", id_number="91649999000000027F", name="宁夏示例茶叶有限公司"),
    )

    page = browser.get(begin(lin).get_absolute_url()).content.decode()

    assert dict(re.findall(r'data-domain="([^"]+)" data-site-state="([^"]+)"', page)) == {
        "early.com": "claim",
        "example.com": "kept",
        "new.com": "imported",
        "taken.com": "elsewhere",
    }
    assert sorted(re.findall(r'data-subject-state="([^"]+)"', page)) == ["elsewhere", "same"]
    assert sorted(re.findall(r'name="site" value="([^"]+)"[^>]* checked', page)) == ["example.com", "new.com"]
    assert "旧名称" in page
    assert set(re.findall(r'name="(keep-[^"]+)"', page)) == {"keep-example.com"}
    assert chen.email not in page


def other_subject():
    from tests.filings.checks.cases import TYPE

    return {"type": {**TYPE, "id_number": "91649999000000027F", "name": "宁夏示例茶叶有限公司"}}


def test_the_preview_changes_nothing(browser, old, lin):
    old(*several(2))
    mine = begin(lin)

    browser.get(mine.get_absolute_url())

    assert (Subject.objects.count(), LegacyImportItem.objects.count()) == (0, 0)
    assert LegacyImport.objects.get().version == mine.version


def test_chosen_sites_are_imported_by_a_worker_and_the_page_says_so(browser, old, lin, monkeypatch):
    old(*several(3))
    mine = begin(lin)
    asked = []
    monkeypatch.setattr(actions, "wake_worker", lambda task, *ids: asked.append((task, ids)))

    answer = browser.post(run_url(mine), {"site": ["site1.com", "site3.com"]})

    mine.refresh_from_db()
    assert (answer["Location"], mine.state) == (mine.get_absolute_url(), states.RUNNING)
    assert asked == [("icpportal.tasks.run_import", (mine.pk,))]
    assert sorted(item.record.domain for item in mine.items.all()) == ["site1.com", "site3.com"]
    assert Website.objects.count() == 0
    page = browser.get(mine.get_absolute_url())
    assert "You can leave this page" in text(page)
    assert f'data-poll="{mine.get_absolute_url()}"' in page.content.decode()
    assert "0 of 2 websites done" in text(page)


def test_the_ticked_versions_are_kept(browser, old, lin):
    on_file(lin)
    old(filing(site_name="旧名称", lead_name="王范例"))
    mine = begin(lin)
    names = set(re.findall(r'name="(keep-[^"]+)"', browser.get(mine.get_absolute_url()).content.decode()))
    subject_field = next(name for name in names if name.startswith("keep-subject-"))

    browser.post(run_url(mine), {"site": "example.com", "keep-example.com": "old", subject_field: "here"})
    runner.run(mine.pk)

    assert Website.objects.get().name == "旧名称"
    assert Subject.objects.get().lead.name == "林示范"


def test_a_difference_that_arose_since_is_asked_about_before_anything_runs(browser, old, lin):
    on_file(lin)
    old(filing(site_name="旧名称", lead_name="王范例"))
    mine = begin(lin)

    answer = browser.post(run_url(mine), {"site": "example.com"})

    asked = errors(answer)
    assert sorted(name[:12] for name in asked) == ["keep-example", "keep-subject"]
    assert {code for codes in asked.values() for code in codes} == {"required"}
    assert (LegacyImport.objects.get().state, LegacyImportItem.objects.count()) == (states.PREVIEWED, 0)
    PageDraft.objects.all().delete()
    assert re.findall(r'value="here"[^>]* checked', browser.get(mine.get_absolute_url()).content.decode()) != []


@pytest.mark.parametrize(
    ("typed", "code"),
    [({}, "choose"), ({"site": "early.com"}, "invalid_choice"), ({"site": "tea.com"}, "invalid_choice")],
)
def test_choosing_nothing_or_something_not_offered_runs_nothing(browser, old, lin, typed, code):
    old(
        filing(),
        filing(domain="early.com", filed_on="2009-01-01"),
        filing(account_email="b@x.cn", domain="tea.com"),
    )
    mine = begin(lin)

    answer = browser.post(run_url(mine), typed)

    assert errors(answer) == {"site": [code]}
    assert (LegacyImport.objects.get().state, LegacyImportItem.objects.count()) == (states.PREVIEWED, 0)


def test_entries_stay_when_something_is_wrong(browser, old, lin):
    old(*several(3))
    mine = begin(lin)

    answer = browser.post(run_url(mine), {"site": ["site2.com", "gone.com"]})

    assert re.findall(r'value="([^"]+)"[^>]* checked', answer.content.decode()) == ["site2.com"]


def test_a_double_click_runs_once(browser, old, lin):
    old(*several(2))
    mine = begin(lin)

    answers = [browser.post(run_url(mine), {"site": "site1.com"}) for _ in range(2)]

    assert [answer["Location"] for answer in answers] == [mine.get_absolute_url()] * 2
    assert [event.move for event in mine.events.order_by("pk")] == ["prove", "preview", "run"]
    assert LegacyImportItem.objects.count() == 1


def test_the_second_person_is_told_when_the_first_was_faster(browser, old, lin, chen):
    old(*several(2))
    mine, theirs = begin(lin), begin(chen)
    actions.run(theirs, {LegacyRecord.objects.get(domain="site1.com").pk: False}, [])

    answer = browser.post(run_url(mine), {"site": ["site1.com", "site2.com"]})

    assert errors(answer) == {"__all__": ["old_imported"]}
    assert LegacyImport.objects.get(pk=mine.pk).state == states.PREVIEWED


def test_a_preview_says_why_it_offers_nothing_after_another_account_was_first(browser, old, lin, chen):
    old(filing())
    mine, other = begin(lin), begin(chen)
    actions.run(other, {LegacyRecord.objects.get().pk: False}, [])
    runner.run(other.pk)

    opened = text(browser.get(mine.get_absolute_url()))
    pressed = text(browser.post(run_url(mine), {"site": "example.com"}, follow=True))

    for page in (opened, pressed):
        assert "sign in with the account used then, or call us" in page
        assert "choose what to import" not in page
    assert chen.email not in opened + pressed


@pytest.mark.parametrize(
    ("language", "ready", "cannot", "says"),
    [
        ("en", "Ready to import", "Cannot be imported", "sign in with the account used then, or call us"),
        ("zh-hans", "可以导入", "无法导入", "请用导入时的账号登录，或致电我们"),
    ],
)
def test_the_list_says_that_another_account_was_first(browser, old, lin, chen, language, ready, cannot, says):
    User.objects.filter(pk=lin.pk).update(language=language)
    browser.cookies["django_language"] = language
    old(*several(2))
    mine, other = begin(lin), begin(chen)
    assert ready in text(browser.get(PAGE))

    actions.run(other, {LegacyRecord.objects.get(domain="site1.com").pk: False}, [])
    runner.run(other.pk)

    listed, opened = text(browser.get(PAGE)), text(browser.get(mine.get_absolute_url()))
    assert [words in listed for words in (ready, cannot, says)] == [False, True, True]
    assert [words in opened for words in (ready, says)] == [False, True]
    assert "site2.com" not in opened


def test_the_list_says_that_one_account_imports_from_one_old_account(browser, old, lin, settings):
    settings.IMPORT_ONE_OLD_ACCOUNT = True
    old(filing(), filing(account_email="b@x.cn", domain="other.com", id_number="91649999000000027F"))
    mine, other = begin(lin), actions.begin(lin, account("b@x.cn"))
    actions.run(other, {LegacyRecord.objects.get(domain="other.com").pk: False}, [])

    for page in (text(browser.get(PAGE)), text(browser.get(mine.get_absolute_url()))):
        assert "This account has imported a filing already" in page
        assert "Ready to import" not in page


def test_the_list_asks_to_verify_again_where_the_proof_is_too_old(browser, old, lin):
    old(filing())
    mine = begin(lin)
    LegacyImport.objects.update(proved_at=timezone.now() - timedelta(days=2))

    assert "Verification expired" in text(browser.get(PAGE))  # a state, as the other marks; the link says what to do
    for page in (text(browser.get(PAGE)), text(browser.get(mine.get_absolute_url()))):
        assert "You verified the old account more than a day ago" in page
        assert "Ready to import" not in page


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_nobody_is_asked_to_verify_again_what_another_account_has_imported(browser, old, lin, chen, language):
    """A day later, as most people come back: verifying again would be refused for the same reason."""
    User.objects.filter(pk=lin.pk).update(language=language)
    browser.cookies["django_language"] = language
    again, says = {
        "en": ("Verify it again", "sign in with the account used then, or call us"),
        "zh-hans": ("再次验证", "请用导入时的账号登录，或致电我们"),
    }[language]
    old(*several(2))
    mine, other = begin(lin), begin(chen)
    actions.run(other, {LegacyRecord.objects.get(domain="site1.com").pk: False}, [])
    LegacyImport.objects.update(proved_at=timezone.now() - timedelta(days=2))

    for page in (text(browser.get(PAGE)), text(browser.get(mine.get_absolute_url()))):
        assert says in page
        assert again not in page


def test_an_import_that_another_account_has_overtaken_offers_no_look(browser, old, lin, chen):
    old(*several(2))
    mine, other = begin(lin), begin(chen)
    actions.run(other, {LegacyRecord.objects.get(domain="site1.com").pk: False}, [])
    LegacyImport.objects.filter(pk=mine.pk).update(state=states.PROVED)

    page = browser.get(mine.get_absolute_url())

    assert "sign in with the account used then, or call us" in text(page)
    assert reverse("import-again", args=[mine.reference]) not in page.content.decode()


def test_an_import_with_something_left_stays_ready_on_the_list(browser, old, lin):
    old(*several(2))
    mine = begin(lin)
    actions.run(mine, {LegacyRecord.objects.get(domain="site1.com").pk: False}, [])
    runner.run(mine.pk)
    mine.refresh_from_db()
    actions.look(mine)

    listed = text(browser.get(PAGE))

    assert "Ready to import" in listed
    assert "Cannot be imported" not in listed


def test_an_expired_proof_is_requested_again_and_shows_nothing(browser, old, lin):
    old(filing())
    mine = begin(lin)
    LegacyImport.objects.update(proved_at=timezone.now() - timedelta(days=2))

    page = text(browser.get(mine.get_absolute_url()))
    answer = browser.post(run_url(mine), {"site": "example.com"})

    assert "Verify it again" in page
    assert "宁夏示例纸业有限公司" not in page
    assert answer["Location"] == mine.get_absolute_url()
    assert LegacyImport.objects.get().state == states.PREVIEWED


# --- the report -----------------------------------------------------------------------------------------


@pytest.fixture
def reported(old, lin, chen):
    """An import of two sites, one of which succeeded."""
    on_file(chen, domain="taken.com", pages=other_subject())
    old(filing(), filing(domain="taken.com", id_number="91649999000000027F"), filing(domain="later.com"))
    mine = begin(lin)
    chosen = LegacyRecord.objects.filter(domain__in=["example.com", "taken.com"])
    actions.run(mine, {record.pk: False for record in chosen}, [])
    runner.run(mine.pk)
    mine.refresh_from_db()
    return mine


def test_the_report_counts_and_gives_the_reason_for_each(browser, reported):
    page = text(browser.get(reported.get_absolute_url()))

    assert "Imported or already here: 1. Not imported: 1." in page
    assert "In another account" in page
    assert "still on the old platform: 2" in page
    assert "data-poll" not in browser.get(reported.get_absolute_url()).content.decode()


def test_the_report_speaks_of_what_was_not_imported_only_if_something_was_not(browser, reported):
    left_out = "What was not imported is listed with the reason"
    in_part = text(browser.get(reported.get_absolute_url()))
    LegacyImportItem.objects.filter(legacy_import=reported).update(outcome=states.NEW)
    complete = text(browser.get(reported.get_absolute_url()))

    assert ("The import is done" in in_part, left_out in in_part) == (True, True)
    assert ("The import is done" in complete, left_out in complete) == (True, False)


def test_after_an_import_transfer_another_leads_to_the_subjects_on_file(browser, reported):
    report = browser.get(reported.get_absolute_url()).content.decode()

    assert f'<a href="{reverse("another")}">Transfer another ICP filing</a>' in report


def test_the_report_can_be_downloaded(browser, reported):
    answer = browser.get(reverse("import-report", args=[reported.reference]))

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-store"
    assert sorted(line.split(",")[0] for line in lines) == ["example.com", "taken.com"]
    assert "林示范" not in answer.content.decode()


def test_no_cell_of_the_file_is_a_formula(browser, reported):
    LegacyRecord.objects.filter(domain="example.com").update(site_number="=1+1")

    lines = browser.get(reverse("import-report", args=[reported.reference])).content.decode("utf-8-sig").splitlines()

    assert [line.split(",")[1] for line in lines if line.startswith("example.com")] == ["'=1+1"]


@pytest.mark.parametrize(
    ("began", "day"),
    [
        (datetime(2026, 11, 30, 15, 59, tzinfo=UTC), "2026-11-30"),
        (datetime(2026, 11, 30, 16, tzinfo=UTC), "2026-12-01"),
    ],
)
def test_the_file_name_has_the_day_on_which_the_import_began_in_beijing(browser, reported, began, day):
    LegacyImport.objects.update(created_at=began)

    answer = browser.get(reverse("import-report", args=[reported.reference]))

    assert answer["Content-Disposition"] == f'attachment; filename="import-{day}.csv"'


def test_what_is_left_can_be_previewed_again(browser, reported):
    answer = browser.post(reverse("import-again", args=[reported.reference]))

    reported.refresh_from_db()
    assert (reported.state, answer["Location"]) == (states.PREVIEWED, reported.get_absolute_url())
    page = browser.get(reported.get_absolute_url()).content.decode()
    assert re.findall(r'name="site" value="([^"]+)"', page) == ["later.com"]


def test_previewing_again_much_later_requires_the_old_account(browser, reported):
    LegacyImport.objects.update(proved_at=timezone.now() - timedelta(days=2))

    answer = browser.post(reverse("import-again", args=[reported.reference]))

    assert answer["Location"] == PAGE
    assert LegacyImport.objects.get(pk=reported.pk).state == states.IMPORTED


def test_when_nothing_is_left_there_is_no_new_preview(browser, old, lin):
    old(filing())
    mine = begin(lin)
    actions.run(mine, {LegacyRecord.objects.get().pk: False}, [])
    runner.run(mine.pk)

    page = browser.get(mine.get_absolute_url()).content.decode()
    browser.post(reverse("import-again", args=[mine.reference]))

    assert reverse("import-again", args=[mine.reference]) not in page
    assert LegacyImport.objects.get().state == states.IMPORTED


# --- what pages cost --------------------------------------------------------------------------------------


def test_the_preview_takes_as_many_queries_with_one_site_as_with_three(browser, old, lin):
    old(*several(1))
    mine = begin(lin)
    browser.get(mine.get_absolute_url())
    one = cost(lambda: browser.get(mine.get_absolute_url()))
    old(*several(3))

    assert cost(lambda: browser.get(mine.get_absolute_url())) == one


def test_the_report_takes_as_many_queries_with_one_site_as_with_three(browser, old, lin):
    old(*several(3))
    mine = begin(lin)
    records = list(LegacyRecord.objects.order_by("domain"))
    actions.run(mine, {records[0].pk: False}, [])
    runner.run(mine.pk)
    one = cost(lambda: browser.get(mine.get_absolute_url()))
    mine.refresh_from_db()
    actions.look(mine)
    actions.run(mine, {record.pk: False for record in records[1:]}, [])
    runner.run(mine.pk)

    assert cost(lambda: browser.get(mine.get_absolute_url())) <= one


def test_the_list_of_one_s_imports_takes_as_many_queries_with_one_as_with_three(browser, old, lin):
    old(*[filing(account_email=f"b{n}@x.cn", domain=f"site{n}.com") for n in range(3)])
    actions.begin(lin, account("b0@x.cn"))
    one = cost(lambda: browser.get(PAGE))
    for n in (1, 2):
        actions.begin(lin, account(f"b{n}@x.cn"))
    actions.begin(make_user(), account("b0@x.cn"))

    assert cost(lambda: browser.get(PAGE)) == one
    assert browser.get(PAGE).content.decode().count('class="state ') == 3


def test_a_press_on_an_old_page_after_the_end_shows_the_report(browser, old, lin):
    old(*several(2))
    mine = begin(lin)
    for _ in range(2):
        answer = browser.post(run_url(mine), {"site": "site1.com"})
        runner.run(mine.pk)

    assert answer["Location"] == mine.get_absolute_url()
    assert [event.move for event in mine.events.order_by("pk")] == ["prove", "preview", "run", "finish"]
