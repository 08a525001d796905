"""An import from start to end: what the register holds afterwards, killed runs, two workers, two people."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from filings.actions import record_import
from filings.legacy_import import actions, comparison, runner
from filings.legacy_import.actions import AlreadyImported
from filings.models import (
    Access,
    LegacyImport,
    LegacyImportItem,
    LegacyRecord,
    Person,
    Subject,
    Website,
)
from filings.models import legacy_states as states
from icpportal.lifecycle import MoveNotAllowed
from icpportal.outbox.models import Message
from icpportal.outbox.texts import catalogue
from tests.bad import aside, causes, spoil
from tests.filings.filed import on_file
from tests.filings.legacy_import.dumps import account, filing, several
from tests.transfers.together import together, words

NOW = timezone.now()


def begin(owner):
    return actions.begin(owner, account())


def pick(owner, *domains, keep=()):
    sites = [site for subject in comparison.preview(owner, account().pk) for site in subject.sites]
    return {site.record: site.domain in keep for site in sites if not domains or site.domain in domains}


def import_sites(owner, *domains, keep=(), subjects=()):
    mine = begin(owner)
    actions.run(mine, pick(owner, *domains, keep=keep), list(subjects))
    runner.run(mine.pk)
    mine.refresh_from_db()
    return mine


def outcomes(mine):
    return {item.record.domain: item.outcome for item in mine.items.select_related("record")}


def moves(mine):
    return [event.move for event in mine.events.order_by("pk")]


def register():
    return {model.__name__: model.objects.count() for model in (Subject, Person, Website, Access)}


# --- what comes over ------------------------------------------------------------------------------


def test_a_record_is_in_the_register_with_all_its_values(old, lin):
    old(filing(ztid="7001", wzid="7002", jrid="7003", method="1"))

    mine = import_sites(lin)

    subject, website, access = Subject.objects.get(), Website.objects.get(), Access.objects.get()
    assert (mine.state, outcomes(mine)) == (states.IMPORTED, {"example.com": states.NEW})
    assert (subject.owner, subject.name, subject.region) == (lin, "宁夏示例纸业有限公司", "640106")
    assert (subject.subject_number, subject.ministry_id) == ("宁ICP备00000000号", 7001)
    assert (subject.lead.name, subject.lead.mobile) == ("林示范", "13900000001")
    assert subject.details["post_address"] == "示例路1号2号楼301室"
    assert (website.owner, website.name, website.site_number) == (lin, "示例纸业官网", "宁ICP备00000000号-1")
    assert (website.administrator.name, website.ministry_id) == ("陈样例", 7002)
    assert (access.own, access.ministry_id, access.ip, access.method) == (True, 7003, "192.0.2.10", 1)
    assert (access.report_key, timezone.localdate(access.since)) == (
        f"import:{LegacyRecord.objects.get().pk}",
        date(2012, 3, 31),
    )
    assert LegacyRecord.objects.get().imported_at is not None


def test_an_access_without_the_ministry_s_id_is_imported_too(old, lin):
    old(filing(jrid=""))

    import_sites(lin)

    access = Access.objects.get()
    assert (access.own, access.ministry_id, access.ended_at) == (True, None, None)


def test_a_site_served_by_another_provider_is_on_file_without_an_access_of_ours(old, lin):
    old(filing(provider="别家云"))

    import_sites(lin)

    access = Access.objects.get()
    assert (access.own, access.provider) == (False, "别家云")


def test_only_chosen_sites_are_imported_and_the_rest_can_follow(old, lin):
    old(*several(3))

    mine = import_sites(lin, "site1.com")
    assert [website.domain for website in Website.objects.all()] == ["site1.com"]

    actions.look(mine)
    actions.run(mine, pick(lin, "site2.com"), [])
    runner.run(mine.pk)
    mine.refresh_from_db()
    assert sorted(website.domain for website in Website.objects.all()) == ["site1.com", "site2.com"]
    assert (mine.state, comparison.waiting(account().pk).count()) == (states.IMPORTED, 1)
    assert moves(mine) == ["prove", "preview", "run", "finish", "again", "run", "finish"]


def test_a_site_already_here_gets_no_second_access_but_the_ministry_s_id(old, lin):
    on_file(lin)
    old(filing())

    mine = import_sites(lin)

    access = Access.objects.get()
    assert outcomes(mine) == {"example.com": states.SAME}
    assert (access.report_key, access.ministry_id) == ("T7Q4-M2KX.1", 64000001)


def test_a_known_ministry_s_id_is_not_overwritten(old, lin):
    on_file(lin)
    Access.objects.update(ministry_id=1)
    old(filing())

    import_sites(lin)

    assert Access.objects.get().ministry_id == 1


def differing(old, lin):
    on_file(lin)
    old(filing(lead_name="王范例", post_address="旧路9号", site_name="旧名称", admin_name="旧管理员"))
    return comparison.preview(lin, account().pk)[0].key


def values_on_file():
    subject, website = Subject.objects.get(), Website.objects.get()
    return (subject.lead.name, subject.details["post_address"], website.name, website.administrator.name)


HERE = ("林示范", "示例路1号2号楼301室", "示例纸业官网", "陈样例")
OLD = ("王范例", "旧路9号", "旧名称", "旧管理员")


@pytest.mark.parametrize("subject_stays", [True, False])
@pytest.mark.parametrize("site_stays", [True, False])
def test_where_they_differ_the_chosen_version_of_each_part_is_stored(old, lin, subject_stays, site_stays):
    key = differing(old, lin)

    mine = import_sites(lin, keep=("example.com",) if site_stays else (), subjects=[key] if subject_stays else ())

    assert values_on_file() == (*(HERE if subject_stays else OLD)[:2], *(HERE if site_stays else OLD)[2:])
    assert outcomes(mine) == {"example.com": states.KEPT_HERE if site_stays else states.NEW}
    assert register() == {"Subject": 1, "Person": 2, "Website": 1, "Access": 1}


def test_a_different_name_of_a_subject_can_be_replaced_by_the_old_one(old, lin):
    on_file(lin)
    old(filing(name="宁夏旧名纸业有限公司"))

    import_sites(lin)

    assert Subject.objects.get().name == "宁夏旧名纸业有限公司"


def test_an_individual_is_their_own_lead_and_administrator(old, lin):
    from tests.filings.legacy_import.dumps import EMAIL, HASH, personal

    old(personal(filed_on="2012-03-31", account_email=EMAIL, account_password=HASH))

    import_sites(lin)

    subject, website = Subject.objects.get(), Website.objects.get()
    assert (subject.lead.name, subject.lead.mobile) == ("赵样本", "13900000004")
    assert website.administrator == subject.lead


# --- what does not ----------------------------------------------------------------------------------


def test_sites_in_another_account_stay_there_and_the_rest_is_imported(old, lin, chen):
    on_file(chen)
    before = register()
    old(filing(), filing(domain="tea.com", id_number="91649999000000027F"))

    mine = import_sites(lin)

    assert outcomes(mine) == {"example.com": states.ELSEWHERE, "tea.com": states.NEW}
    assert Website.objects.get(domain="example.com").owner == chen
    assert Subject.objects.get(owner=chen).lead.name == "林示范"
    assert register()["Access"] == before["Access"] + 1
    assert LegacyRecord.objects.get(domain="example.com").imported_at is None


def test_a_site_under_another_document_a_claim_and_a_damaged_record_are_not_imported(old, lin):
    on_file(lin)
    old(
        filing(id_number="91649999000000027F"),
        filing(domain="early.com", filed_on="2009-01-01", id_number="91649999000000027F"),
        filing(domain="broken.com", id_number="91649999000000027F"),
    )
    broken = LegacyRecord.objects.get(domain="broken.com")
    broken.details = {"type": {"nature": "enterprise"}}
    broken.save()
    before = register()

    mine = import_sites(lin)

    assert outcomes(mine) == {
        "example.com": states.OTHER_DOCUMENT,
        "early.com": states.TO_CLAIM,
        "broken.com": states.UNREADABLE,
    }
    assert (mine.state, mine.holds) == (states.FAILED, False)
    assert register() == before


def test_a_failed_import_leaves_the_old_account_to_the_next_to_prove_it(old, lin, chen):
    on_file(chen)
    old(filing())
    assert import_sites(lin).state == states.FAILED

    assert import_sites(chen).state == states.IMPORTED


def test_a_record_that_fails_is_reported_and_stops_no_other(old, lin, monkeypatch, caplog):
    old(*several(3))

    def broken(*, record, **kwargs):
        if record.domain == "site2.com":
            raise ValueError(record.name)
        return record_import(record=record, **kwargs)

    monkeypatch.setattr(runner, "record_import", broken)
    mine = import_sites(lin)

    assert outcomes(mine) == {
        "site1.com": states.NEW,
        "site2.com": states.UNREADABLE,
        "site3.com": states.NEW,
    }
    assert "record not imported" in caplog.text


# --- who is told -------------------------------------------------------------------------------------


def letters():
    return sorted((message.channel, message.template) for message in Message.objects.all())


def test_the_owner_is_told_how_many_were_imported_and_how_many_not(old, lin, chen):
    on_file(chen)
    old(filing(), filing(domain="tea.com", id_number="91649999000000027F"))

    mine = import_sites(lin)

    assert letters() == [("email", "import_done"), ("site", "import_done"), ("sms", "import_done")]
    mail = Message.objects.get(channel="email")
    assert (mail.payload["context"]["n"], mail.payload["context"]["m"]) == (1, 1)
    assert mail.payload["context"]["url"].endswith(mine.get_absolute_url())
    assert mail.payload["to"] == lin.email


def test_who_got_everything_is_not_told_of_reasons_and_of_their_turn(old, lin):
    old(filing())

    import_sites(lin)

    assert {template for _channel, template in letters()} == {"import_complete"}
    assert [catalogue.sections("import_complete", folder)["turn"] for folder in ("en", "zh")] == ["nobody"] * 2


def test_the_owner_is_told_that_nothing_came(old, lin, chen):
    on_file(chen)
    old(filing())

    import_sites(lin)

    assert letters() == [("email", "import_failed"), ("site", "import_failed"), ("sms", "import_failed")]


# --- once, however often ----------------------------------------------------------------------------


class Killed(BaseException):
    """The worker dies."""


@pytest.mark.parametrize("when", ["before the register", "behind the register", "before the end"])
def test_a_killed_run_continues_where_it_was(old, lin, monkeypatch, when):
    old(*several(3))
    mine = begin(lin)
    actions.run(mine, pick(lin), [])

    def dies(*, record, **kwargs):
        if record.domain != "site2.com":
            return record_import(record=record, **kwargs)
        if when == "behind the register":
            record_import(record=record, **kwargs)
        raise Killed

    def dies_at_the_end(*_args):
        raise Killed

    with monkeypatch.context() as patched:
        if when == "before the end":
            patched.setattr(runner, "_finish", dies_at_the_end)
        else:
            patched.setattr(runner, "record_import", dies)
        with pytest.raises(Killed):
            runner.run(mine.pk)
    mine.refresh_from_db()
    assert mine.state == states.RUNNING
    assert Website.objects.count() == (3 if when == "before the end" else 1)

    swept = runner.sweep()

    mine.refresh_from_db()
    assert (swept.finished, swept.failed, mine.state) == (1, 0, states.IMPORTED)
    assert register() == {"Subject": 1, "Person": 2, "Website": 3, "Access": 3}
    assert set(outcomes(mine).values()) == {states.NEW}
    assert len(letters()) == 3


def test_a_record_that_kills_every_worker_is_finally_given_up(old, lin, monkeypatch):
    old(*several(2))
    mine = begin(lin)
    actions.run(mine, pick(lin), [])

    def dies(*, record, **kwargs):
        if record.domain == "site1.com":
            raise Killed
        return record_import(record=record, **kwargs)

    monkeypatch.setattr(runner, "record_import", dies)
    for _ in range(runner.TRIES_MAX):
        with pytest.raises(Killed):
            runner.run(mine.pk)

    assert runner.run(mine.pk)
    assert outcomes(mine) == {"site1.com": states.UNREADABLE, "site2.com": states.NEW}


def test_a_run_stops_before_its_time_is_up_and_the_sweep_continues_it(old, lin):
    old(*several(2))
    mine = begin(lin)
    actions.run(mine, pick(lin), [])

    assert runner.run(mine.pk, ends=NOW - timedelta(seconds=1)) is False
    assert set(outcomes(mine).values()) == {""}
    assert runner.sweep().finished == 1


def test_a_finished_import_is_not_run_again(old, lin):
    old(filing())
    mine = import_sites(lin)
    before = register()

    assert runner.run(mine.pk) is False
    assert runner.sweep() == runner.ImportSweepResult()
    assert (register(), len(letters())) == (before, 3)


def test_a_failing_import_stops_no_other(old, lin, chen, monkeypatch):
    old(filing(), filing(account_email="b@x.cn", domain="tea.com", id_number="91649999000000027F"))
    first, second = begin(lin), actions.begin(chen, account("b@x.cn"))
    actions.run(first, pick(lin), [])
    found = comparison.preview(chen, account("b@x.cn").pk)
    actions.run(second, {found[0].sites[0].record: False}, [])
    whole = runner.counts

    def breaks(legacy_import):
        if legacy_import.pk == first.pk:
            raise ValueError("broken")
        return whole(legacy_import)

    monkeypatch.setattr(runner, "counts", breaks)

    assert runner.sweep() == runner.ImportSweepResult(finished=1, failed=1)


@pytest.mark.parametrize("way", ["garbage", "lost key", "another shape"])
def test_an_unreadable_record_stops_no_other_and_one_without_its_key_waits(old, lin, way):
    old(*several(2))
    mine = begin(lin)
    actions.run(mine, pick(lin), [])
    before = spoil(LegacyRecord.objects.get(domain="site1.com"), "details", way)

    first = runner.sweep()
    seen = (outcomes(mine), aside())
    spoil(LegacyRecord.objects.get(domain="site1.com"), "details", before)
    call_command("set_aside", "--again", stdout=StringIO()) if aside() else None
    runner.sweep()

    waits = way == "lost key"
    assert first == runner.ImportSweepResult(finished=not waits)
    assert seen[0] == {"site1.com": "" if waits else states.UNREADABLE, "site2.com": states.NEW}
    assert seen[1] == ([("imports.records", mine.reference)] if waits else [])
    assert outcomes(mine)["site1.com"] == (states.NEW if waits else states.UNREADABLE)
    assert (aside(), causes()) == ([], [])


@pytest.mark.parametrize("problem", [RecursionError("x"), AssertionError("x"), OperationalError("locked")])
def test_an_import_that_fails_in_any_way_stops_no_other(old, lin, chen, monkeypatch, problem):
    old(filing(), filing(account_email="b@x.cn", domain="tea.com", id_number="91649999000000027F"))
    first, second = begin(lin), actions.begin(chen, account("b@x.cn"))
    actions.run(first, pick(lin), [])
    found = comparison.preview(chen, account("b@x.cn").pk)
    actions.run(second, {found[0].sites[0].record: False}, [])
    real = runner.counts

    def counts(legacy_import):
        if legacy_import.pk == first.pk:
            raise problem
        return real(legacy_import)

    monkeypatch.setattr(runner, "counts", counts)

    assert [runner.sweep(), runner.sweep()] == [runner.ImportSweepResult(1, 1), runner.ImportSweepResult(set_aside=1)]
    assert aside() == [("imports.run", first.reference)]


def test_a_second_proof_finds_the_same_import(old, lin):
    old(filing())
    first = begin(lin)

    again = actions.begin(lin, account(), now=NOW + timedelta(hours=2))

    assert again == first
    assert again.proved_at == NOW + timedelta(hours=2)
    assert (LegacyImport.objects.count(), moves(first)) == (1, ["prove", "preview"])


def test_an_expired_proof_runs_nothing(old, lin):
    old(filing())
    mine = begin(lin)
    LegacyImport.objects.update(proved_at=NOW - timedelta(days=1, seconds=1))
    mine.refresh_from_db()

    with pytest.raises(MoveNotAllowed):
        actions.run(mine, pick(lin), [])

    assert (LegacyImportItem.objects.count(), LegacyImport.objects.get().state) == (0, states.PREVIEWED)


def read(mine):
    return LegacyImport.objects.select_related("owner").get(pk=mine.pk)


@pytest.mark.django_db(transaction=True)
def test_two_tabs_start_one_import(old, lin):
    old(filing())

    ends = together(*(lambda: begin(lin) for _ in range(3)))

    assert words(ends) == ["done"] * 3
    assert (len(set(ends)), sorted(moves(LegacyImport.objects.get()))) == (1, ["preview", "prove"])


@pytest.mark.django_db(transaction=True)
def test_two_tabs_run_one_import_once(old, lin):
    old(*several(3))
    mine, choice = begin(lin), pick(lin)
    tabs = [read(mine) for _ in range(3)]

    ends = together(*(lambda tab=tab: actions.run(tab, choice, []) for tab in tabs))

    assert words(ends) == ["MoveNotAllowed", "MoveNotAllowed", "done"]
    assert (moves(mine), mine.items.count()) == (["prove", "preview", "run"], 3)


@pytest.mark.django_db(transaction=True)
def test_two_people_with_the_same_old_account_and_one_imports_it(old, lin, chen):
    old(*several(3))
    theirs = [begin(lin), begin(chen)]
    choice = pick(lin)

    ends = together(*(lambda mine=mine: actions.run(mine, choice, []) for mine in theirs))

    assert sorted(type(end).__name__ for end in ends) == ["AlreadyImported", "NoneType"]
    winner = theirs[ends.index(None)]
    runner.sweep()
    assert {website.owner_id for website in Website.objects.all()} == {winner.owner_id}
    assert (Website.objects.count(), LegacyImportItem.objects.count()) == (3, 3)
    with pytest.raises(AlreadyImported):
        actions.run(read(theirs[1 - ends.index(None)]), choice, [])


@pytest.mark.django_db(transaction=True)
def test_two_workers_import_each_record_once(old, lin):
    old(*several(8))
    mine = begin(lin)
    actions.run(mine, pick(lin), [])

    ends = together(*(lambda: runner.run(mine.pk) for _ in range(3)))

    assert words(ends) == ["done"] * 3
    assert sorted(ends) == [False, False, True]
    assert register() == {"Subject": 1, "Person": 2, "Website": 8, "Access": 8}
    assert set(outcomes(mine).values()) == {states.NEW}
    assert moves(mine) == ["prove", "preview", "run", "finish"]
    assert len(letters()) == 3
