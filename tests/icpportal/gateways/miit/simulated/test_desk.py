"""What the simulated authority does with a report, with its texts and with the codes people enter."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from icpportal.gateways.miit.simulated import desk, world
from icpportal.gateways.miit.simulated.models import (
    SimulatedAnswer,
    SimulatedProvince,
    SimulatedReport,
    SimulatedSite,
    SimulatedText,
)
from icpportal.gateways.miit.types import AnswerKind, PasswordAnswer
from tests.icpportal.gateways.miit.simulated.conftest import ADMINISTRATOR, LEAD, NUMBER, put_on_record, report

NOW = datetime(2026, 11, 25, 8, 20, tzinfo=UTC)
HOURS_48 = timedelta(hours=48)


def texts(key="T7Q4-M2KX.1"):
    return {text.role: text for text in SimulatedText.objects.filter(report__key=key)}


def wrong_code(text):
    return f"{(int(text.code) + 1) % 1_000_000:06d}"


def kinds():
    return list(SimulatedAnswer.objects.values_list("report__key", "kind"))


def test_a_report_is_answered_accepted_by_itself_with_the_moment_it_was_sent(filing):
    desk.receive(report(), now=NOW)

    row = SimulatedReport.objects.get()
    assert (row.key, row.state, row.sent_at) == ("T7Q4-M2KX.1", SimulatedReport.RECEIVED, NOW)
    assert kinds() == [("T7Q4-M2KX.1", "accepted")]


def test_the_same_report_twice_is_one_report_with_one_answer_and_the_same_texts(filing):
    desk.receive(report(), now=NOW)
    before = {role: text.code for role, text in texts().items()}

    desk.receive(report(), now=NOW + timedelta(hours=1))

    assert {role: text.code for role, text in texts().items()} == before
    assert SimulatedReport.objects.get().sent_at == NOW
    assert kinds() == [("T7Q4-M2KX.1", "accepted")]


def test_the_desk_keeps_sizes_and_whether_the_password_fits_and_never_its_digest(filing):
    desk.receive(report(), now=NOW)
    desk.receive(report("B.1", password_md5="0" * 32), now=NOW)
    desk.receive(report("C.1", password_md5=""), now=NOW)

    bodies = {row.key: row.body for row in SimulatedReport.objects.all()}
    assert bodies["T7Q4-M2KX.1"] == {
        "places": [22],
        "methods": [5],
        "addresses": [{"first": "192.0.2.10", "last": "192.0.2.12"}],
        "attachments": [{"purpose": "1", "owner": "2", "size": 2048}],
        "password_fits": True,
    }
    assert (bodies["B.1"]["password_fits"], bodies["C.1"]["password_fits"]) == (False, None)


def test_texts_go_to_both_mobiles_of_the_authoritys_own_record(filing):
    desk.receive(report(), now=NOW)

    assert {role: (text.mobile, text.tails) for role, text in texts().items()} == {
        "subject_lead": (LEAD.mobile, ["140009"]),
        "administrator": (ADMINISTRATOR.mobile, ["06000X"]),
    }
    assert all(len(text.code) == 6 and text.code.isdigit() for text in texts().values())
    assert SimulatedReport.objects.get().closes_at == NOW + HOURS_48


def test_one_mobile_for_both_people_gets_one_text(db):
    world.set_province("64", asks_phones=True)
    put_on_record(administrator=world.Person(LEAD.mobile, ADMINISTRATOR.id_number))

    desk.receive(report(), now=NOW)

    assert [(text.role, text.mobile, text.tails) for text in texts().values()] == [
        ("both", LEAD.mobile, ["06000X", "140009"])
    ]


def test_a_province_that_asks_the_administrator_only_texts_nobody_else(db):
    world.set_province("64", asks_phones=True, people=SimulatedProvince.ADMINISTRATOR, hours=24)
    put_on_record()

    desk.receive(report(), now=NOW)

    assert [(text.role, text.mobile) for text in texts().values()] == [("administrator", ADMINISTRATOR.mobile)]
    assert SimulatedReport.objects.get().closes_at == NOW + timedelta(hours=24)


def test_a_province_that_does_not_ask_sends_no_text(db):
    world.set_province("44", asks_phones=False)
    put_on_record(province="44")

    desk.receive(report(), now=NOW)

    assert texts() == {}
    assert SimulatedReport.objects.get().closes_at is None


def test_a_report_for_a_site_that_is_not_on_record_is_accepted_without_texts(filing):
    desk.receive(report(site_number="宁ICP备99999999号-1"), now=NOW)

    assert texts() == {}
    assert kinds() == [("T7Q4-M2KX.1", "accepted")]


def test_both_people_confirm_and_the_first_is_told_to_wait_for_the_second(filing):
    desk.receive(report(), now=NOW)
    lead, administrator = texts()["subject_lead"], texts()["administrator"]

    first = desk.enter_code(LEAD.mobile, "140009", lead.code, now=NOW)
    second = desk.enter_code(ADMINISTRATOR.mobile, "06000x", administrator.code, now=NOW + timedelta(minutes=1))

    assert (first.state, second.state) == ("waiting", "confirmed")
    assert [text.confirmed_at for text in texts().values()] == [NOW, NOW + timedelta(minutes=1)]
    assert SimulatedReport.objects.get().state == SimulatedReport.RECEIVED
    assert kinds() == [("T7Q4-M2KX.1", "accepted")]


def test_a_code_of_the_other_person_confirms_nobody(filing):
    desk.receive(report(), now=NOW)
    lead = texts()["subject_lead"]
    administrator = texts()["administrator"]
    SimulatedText.objects.filter(pk=administrator.pk).update(code=wrong_code(lead))

    entry = desk.enter_code(LEAD.mobile, "140009", wrong_code(lead), now=NOW)

    assert entry == desk.Entry("wrong", left=4)
    assert [text.confirmed_at for text in texts().values()] == [None, None]


@pytest.mark.parametrize("tail", ["140008", "", "649999198502140009"])
def test_a_right_code_with_another_document_is_a_wrong_entry(filing, tail):
    desk.receive(report(), now=NOW)

    entry = desk.enter_code(LEAD.mobile, tail, texts()["subject_lead"].code, now=NOW)

    assert entry == desk.Entry("wrong", left=4)
    assert texts()["subject_lead"].confirmed_at is None


def test_five_wrong_entries_are_allowed_and_a_right_one_after_them_counts(filing):
    desk.receive(report(), now=NOW)
    lead = texts()["subject_lead"]

    wrong = [desk.enter_code(LEAD.mobile, "140009", wrong_code(lead), now=NOW) for _ in range(5)]
    right = desk.enter_code(LEAD.mobile, "140009", lead.code, now=NOW)

    assert [(entry.state, entry.left) for entry in wrong] == [("wrong", left) for left in (4, 3, 2, 1, 0)]
    assert right.state == "waiting"
    assert texts()["subject_lead"].wrong == 5


def test_the_sixth_wrong_entry_returns_the_order_with_the_authoritys_words(filing):
    desk.receive(report(), now=NOW)
    lead = texts()["subject_lead"]

    entries = [desk.enter_code(LEAD.mobile, "140009", wrong_code(lead), now=NOW).state for _ in range(6)]
    after = desk.enter_code(LEAD.mobile, "140009", lead.code, now=NOW)

    row = SimulatedReport.objects.get()
    assert entries == ["wrong"] * 5 + ["returned"]
    assert after.state == "not_found"
    assert (row.state, row.code, row.words) == ("turned_down", "1002", "短信核验未通过：验证码输错超过5次")
    assert kinds() == [("T7Q4-M2KX.1", "accepted"), ("T7Q4-M2KX.1", "turned_down")]


def test_a_mobile_that_nobody_waits_for_counts_against_nobody(filing):
    desk.receive(report(), now=NOW)

    entry = desk.enter_code("13900000009", "140009", "000000", now=NOW)

    assert entry.state == "not_found"
    assert [text.wrong for text in texts().values()] == [0, 0]


def test_a_code_counts_until_the_last_second_of_48_hours_and_not_at_48_hours(filing):
    desk.receive(report(), now=NOW)
    lead, administrator = texts()["subject_lead"], texts()["administrator"]

    in_time = desk.enter_code(LEAD.mobile, "140009", lead.code, now=NOW + HOURS_48 - timedelta(seconds=1))
    late = desk.enter_code(ADMINISTRATOR.mobile, "06000X", administrator.code, now=NOW + HOURS_48)

    assert (in_time.state, late.state) == ("waiting", "over")
    assert texts()["administrator"].confirmed_at is None


def test_a_code_confirms_the_report_it_was_sent_for_when_two_wait(filing):
    desk.receive(report("A.1"), now=NOW)
    desk.receive(report("A.2"), now=NOW + timedelta(hours=1))
    older = texts("A.1")["subject_lead"]

    desk.enter_code(LEAD.mobile, "140009", older.code, now=NOW + timedelta(hours=2))

    assert texts("A.1")["subject_lead"].confirmed_at is not None
    assert texts("A.2")["subject_lead"].confirmed_at is None


def test_a_wrong_entry_counts_against_the_newest_report_that_waits(filing):
    desk.receive(report("A.1"), now=NOW)
    desk.receive(report("A.2"), now=NOW + timedelta(hours=1))

    desk.enter_code(LEAD.mobile, "140009", "no", now=NOW + timedelta(hours=2))

    assert (texts("A.1")["subject_lead"].wrong, texts("A.2")["subject_lead"].wrong) == (0, 1)


def test_a_resend_makes_the_old_code_useless(filing):
    desk.receive(report(), now=NOW)
    lead = texts()["subject_lead"]

    sent = desk.resend(lead, now=NOW + timedelta(minutes=10))
    fresh = texts()["subject_lead"]

    assert sent
    assert (fresh.times, fresh.sent_at) == (2, NOW + timedelta(minutes=10))
    assert desk.enter_code(LEAD.mobile, "140009", fresh.code, now=NOW).state == "waiting"


def test_nothing_is_sent_again_once_it_was_confirmed_or_decided_or_is_over(filing):
    desk.receive(report(), now=NOW)
    lead, administrator = texts()["subject_lead"], texts()["administrator"]
    desk.enter_code(LEAD.mobile, "140009", lead.code, now=NOW)

    confirmed = desk.resend(lead, now=NOW)
    over = desk.resend(administrator, now=NOW + HOURS_48)
    desk.decide(SimulatedReport.objects.get(), AnswerKind.GRANTED, now=NOW)
    decided = desk.resend(administrator, now=NOW)

    assert (confirmed, over, decided) == (False, False, False)
    assert [text.times for text in texts().values()] == [1, 1]


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (AnswerKind.GRANTED, "granted"),
        (AnswerKind.TURNED_DOWN, "turned_down"),
        (AnswerKind.REPORT_FAILED, "failed"),
    ],
)
def test_a_report_is_decided_once(filing, kind, state):
    desk.receive(report(), now=NOW)
    row = SimulatedReport.objects.get()

    first = desk.decide(row, kind, code="1018", words="ICP备案密码错误", now=NOW)
    second = desk.decide(row, AnswerKind.GRANTED, now=NOW + timedelta(hours=1))

    row.refresh_from_db()
    assert (first, second) == (True, False)
    assert (row.state, row.code, row.decided_at) == (state, "1018", NOW)
    assert kinds() == [("T7Q4-M2KX.1", "accepted"), ("T7Q4-M2KX.1", kind.value)]


def test_a_grant_puts_the_provider_on_the_site_once_and_a_refusal_does_not(filing):
    for key, kind in (("A.1", AnswerKind.TURNED_DOWN), ("A.2", AnswerKind.GRANTED), ("A.3", AnswerKind.GRANTED)):
        desk.receive(report(key), now=NOW)
        before = SimulatedSite.objects.get().accesses
        desk.decide(SimulatedReport.objects.get(key=key), kind, now=NOW)
        if kind == AnswerKind.TURNED_DOWN:
            assert SimulatedSite.objects.get().accesses == before == ["另一家接入商"]

    assert SimulatedSite.objects.get().accesses == ["另一家接入商", desk.US]


def test_a_report_that_lapsed_long_ago_can_still_be_granted(filing):
    desk.receive(report(), now=NOW)

    assert desk.decide(SimulatedReport.objects.get(), AnswerKind.GRANTED, now=NOW + timedelta(days=30))


def test_the_filing_password_is_right_wrong_or_of_an_unknown_number(filing):
    answers = [
        desk.check_password(NUMBER, "Abc12345", now=NOW),
        desk.check_password(NUMBER, "abc12345", now=NOW),
        desk.check_password("宁ICP备99999999号", "Abc12345", now=NOW),
    ]

    assert answers == [PasswordAnswer.RIGHT, PasswordAnswer.WRONG, PasswordAnswer.UNKNOWN_NUMBER]


def test_a_number_is_locked_after_five_wrong_passwords_and_open_again_an_hour_later(filing):
    wrong = [desk.check_password(NUMBER, f"guess {n}", now=NOW) for n in range(5)]
    locked = desk.check_password(NUMBER, "Abc12345", now=NOW + timedelta(minutes=59))
    after = desk.check_password(NUMBER, "Abc12345", now=NOW + timedelta(hours=1))

    assert wrong == [PasswordAnswer.WRONG] * 5
    assert (locked, after) == (PasswordAnswer.LOCKED, PasswordAnswer.RIGHT)


def test_a_lock_of_one_number_leaves_another_alone(filing):
    put_on_record(number="宁ICP备00000001号", domain="other.example")
    for n in range(6):
        desk.check_password(NUMBER, f"guess {n}", now=NOW)

    assert desk.check_password("宁ICP备00000001号", "Abc12345", now=NOW) == PasswordAnswer.RIGHT


def test_asking_for_a_password_costs_one_query_when_it_is_right(filing, django_assert_num_queries):
    with django_assert_num_queries(1):
        desk.check_password(NUMBER, "Abc12345", now=NOW)


@pytest.mark.django_db(transaction=True)
def test_twelve_decisions_at_once_make_one():
    world.set_province("64", asks_phones=False)
    put_on_record()
    desk.receive(report(), now=NOW)
    row = SimulatedReport.objects.get()
    start = threading.Barrier(12)
    made = []

    def decide() -> None:
        start.wait(5)
        made.append(desk.decide(row, AnswerKind.GRANTED, now=NOW))
        connection.close()

    threads = [threading.Thread(target=decide) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(made) == [False] * 11 + [True]
    assert kinds() == [("T7Q4-M2KX.1", "accepted"), ("T7Q4-M2KX.1", "granted")]
