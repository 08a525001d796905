"""The simulated authority behind the seam, well and with its switches thrown."""

import time
from datetime import UTC, datetime

import pytest
from django.db import OperationalError

from icpportal.gateways.asking import asking
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.miit.simulated import desk, gateway, world
from icpportal.gateways.miit.simulated.faults import switch
from icpportal.gateways.miit.simulated.gateway import SimulatedAuthority, read_password_answer, read_status
from icpportal.gateways.miit.simulated.models import SimulatedGuess, SimulatedReport, SimulatedText
from icpportal.gateways.miit.types import Answer, AnswerKind, FilingStatus, PasswordAnswer, PhoneState, Role
from tests.icpportal.gateways.miit.simulated.conftest import LEAD, NUMBER, SITE_NUMBER, put_on_record, report

NOW = datetime(2026, 11, 25, 8, 20, tzinfo=UTC)
GATEWAY = SimulatedAuthority()

QUESTIONS = {
    "status": lambda timeout=None: GATEWAY.status_by_domain("example.com", timeout=timeout),
    "certificate": lambda timeout=None: GATEWAY.status_by_certificate(1, "91649999000000019L", timeout=timeout),
    "password": lambda timeout=None: GATEWAY.check_password(NUMBER, "Abc12345", timeout=timeout),
}
SWITCHES = {"certificate": "status"}


def test_a_domain_on_record_is_filed_with_its_numbers_and_name(filing):
    assert GATEWAY.status_by_domain("example.com") == FilingStatus(True, NUMBER, "示例纸业官网", SITE_NUMBER)


def test_a_domain_that_is_not_on_record_is_not_filed(filing):
    assert GATEWAY.status_by_domain("example.org") == FilingStatus(False)


def test_a_certificate_tells_the_subjects_number_and_nothing_of_its_sites(filing):
    assert GATEWAY.status_by_certificate(1, "91649999000000019l") == FilingStatus(True, NUMBER)


@pytest.mark.parametrize(("id_type_code", "number"), [(2, "91649999000000019L"), (1, "91649999000000018L")])
def test_another_certificate_is_not_on_file(filing, id_type_code, number):
    assert GATEWAY.status_by_certificate(id_type_code, number) == FilingStatus(False)


def test_a_report_that_v3_cannot_carry_is_refused_and_not_kept(filing):
    with pytest.raises(Refused):
        GATEWAY.queue(report(site_number=""))

    assert not SimulatedReport.objects.exists()


def test_an_answer_is_handed_out_until_it_is_acknowledged(filing):
    GATEWAY.queue(report())
    sent_at = SimulatedReport.objects.get().sent_at

    first, second = GATEWAY.answers(), GATEWAY.answers()
    GATEWAY.acknowledge(first[0].id)
    GATEWAY.acknowledge(first[0].id)

    assert first == second == [Answer(first[0].id, AnswerKind.ACCEPTED, "T7Q4-M2KX.1", sent_at, sent_at=sent_at)]
    assert GATEWAY.answers() == []


def test_every_decision_comes_back_with_what_it_says_oldest_first(filing):
    decisions = (AnswerKind.GRANTED, AnswerKind.TURNED_DOWN, AnswerKind.REPORT_FAILED)
    for number, kind in enumerate(decisions, start=1):
        GATEWAY.queue(report(f"A.{number}"))
        row = SimulatedReport.objects.get(key=f"A.{number}")
        desk.decide(row, kind, code="1018", words="ICP备案密码错误", now=NOW)

    decided = [answer for answer in GATEWAY.answers() if answer.kind != AnswerKind.ACCEPTED]
    told = [(row.kind, row.report_key, row.at, row.subject_number, row.site_number, row.code, row.words)
            for row in decided]  # fmt: skip
    assert told == [
        ("granted", "A.1", NOW, NUMBER, SITE_NUMBER, "", ""),
        ("turned_down", "A.2", NOW, "", "", "1018", "ICP备案密码错误"),
        ("report_failed", "A.3", NOW, "", "", "1018", "ICP备案密码错误"),
    ]


def test_fetching_answers_costs_the_same_for_one_and_for_three(filing, django_assert_num_queries):
    GATEWAY.queue(report("A.1"))
    with django_assert_num_queries(2):
        assert len(GATEWAY.answers()) == 1

    GATEWAY.queue(report("A.2"))
    GATEWAY.queue(report("A.3"))
    with django_assert_num_queries(2):
        assert len(GATEWAY.answers()) == 3


def test_phones_tell_who_was_texted_with_the_mobile_masked_and_who_confirmed(filing):
    GATEWAY.queue(report())
    sent_at = SimulatedReport.objects.get().sent_at
    lead = SimulatedText.objects.get(role="subject_lead")
    desk.enter_code(LEAD.mobile, "140009", "no", now=sent_at)
    desk.enter_code(LEAD.mobile, "140009", lead.code, now=sent_at)

    assert GATEWAY.phones("T7Q4-M2KX.1") == [
        PhoneState(Role.SUBJECT_LEAD, "139****0001", sent_at, sent_at, 1),
        PhoneState(Role.ADMINISTRATOR, "139****0002", sent_at, None, 0),
    ]


def test_phones_are_an_empty_list_where_nobody_must_confirm(db):
    put_on_record(province="44")
    GATEWAY.queue(report())

    assert GATEWAY.phones("T7Q4-M2KX.1") == []


def test_an_authority_that_does_not_tell_says_none(filing, settings):
    settings.AUTHORITY_TELLS_PHONES = False
    GATEWAY.queue(report())

    assert GATEWAY.phones("T7Q4-M2KX.1") is None


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("kind", ["down", "garbage"])
def test_a_question_that_is_down_or_answered_with_nonsense_may_be_asked_again(filing, question, kind):
    switch(SWITCHES.get(question, question), kind)

    with pytest.raises(Retryable):
        QUESTIONS[question]()

    switch(SWITCHES.get(question, question), "")
    assert QUESTIONS[question]() is not None


@pytest.mark.parametrize("kind", ["down", "garbage"])
def test_outcomes_and_phones_that_cannot_be_read_may_be_asked_again(filing, kind):
    GATEWAY.queue(report())
    switch("answers", kind)
    switch("phones", kind)

    with pytest.raises(Retryable):
        GATEWAY.answers()
    with pytest.raises(Retryable):
        GATEWAY.phones("T7Q4-M2KX.1")


def test_a_wrong_password_is_not_counted_by_an_authority_that_is_down(filing):
    switch("password", "down")

    with pytest.raises(Retryable):
        GATEWAY.check_password(NUMBER, "wrong")

    assert not SimulatedGuess.objects.exists()


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_stall_of_a_minute_costs_the_asker_only_the_time_it_grants(filing, question):
    switch(SWITCHES.get(question, question), "slow", seconds=60)
    begun = time.monotonic()

    with pytest.raises(Retryable):
        QUESTIONS[question](timeout=0.2)

    assert 0.2 <= time.monotonic() - begun < 0.6


def test_a_stall_of_a_minute_costs_a_request_no_more_than_its_seconds(filing, settings):
    settings.GATEWAY_REQUEST_SECONDS = 0.3
    switch("status", "slow", seconds=60)
    begun = time.monotonic()

    with asking():
        with pytest.raises(Retryable):
            GATEWAY.status_by_domain("example.com")
        with pytest.raises(Retryable):
            GATEWAY.status_by_certificate(1, "91649999000000019L")

    assert time.monotonic() - begun < 0.7


def test_a_slow_question_is_answered_when_there_is_time_for_it(filing):
    switch("status", "slow", seconds=1)
    begun = time.monotonic()

    status = GATEWAY.status_by_domain("example.com", timeout=5)

    assert status.filed
    assert time.monotonic() - begun >= 1


def test_the_check_fails_with_the_status_question(filing):
    GATEWAY.check()
    switch("status", "down")

    with pytest.raises(Retryable):
        GATEWAY.check()


def test_the_check_fails_before_the_tables_are_there(filing, monkeypatch):
    def no_such_table(*args: object) -> None:
        raise OperationalError("no such table")

    monkeypatch.setattr(gateway, "pass_through", no_such_table)

    with pytest.raises(Retryable):
        GATEWAY.check()


@pytest.mark.parametrize(
    "raw",
    ["<html>", None, {}, {"filed": "yes"}, {"filed": True}, {"filed": True, "subject_number": 7}, ["filed"]],
)
def test_a_status_that_is_no_status_may_be_asked_again(raw):
    with pytest.raises(Retryable):
        read_status(raw)


@pytest.mark.parametrize("raw", ["<html>", None, "", "RIGHT", 0])
def test_a_verdict_that_is_no_verdict_may_be_asked_again(raw):
    with pytest.raises(Retryable):
        read_password_answer(raw)


def test_a_verdict_is_read_as_it_is():
    assert [read_password_answer(answer.value) for answer in PasswordAnswer] == list(PasswordAnswer)


def test_a_filing_that_is_corrected_is_texted_at_its_new_mobile(filing):
    put_on_record(lead=world.Person("13900000007", LEAD.id_number))

    GATEWAY.queue(report())

    assert SimulatedText.objects.get(role="subject_lead").mobile == "13900000007"
