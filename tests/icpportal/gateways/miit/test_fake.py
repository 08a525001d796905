"""An in-memory authority, and failing ones."""

import time
from datetime import UTC, datetime

import pytest

from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.miit import fake
from icpportal.gateways.miit.types import Answer, AnswerKind, FilingStatus, PasswordAnswer, PhoneState, Role
from tests.icpportal.gateways.miit.test_types import REPORT

NUMBER = "宁ICP备00000000号"
FILED = FilingStatus(True, NUMBER, "示例纸业官网", f"{NUMBER}-1")


@pytest.fixture(autouse=True)
def empty_world():
    fake.FakeAuthority.forget()
    yield
    fake.FakeAuthority.forget()


def questions(authority):
    return (
        lambda: authority.status_by_domain("example.com"),
        lambda: authority.status_by_certificate(1, "91649999000000019L"),
        lambda: authority.check_password(NUMBER, "Abc12345"),
        authority.send,
        authority.fetch,
        lambda: authority.phones("A.1"),
        lambda: authority.phones_of(["A.1"]),
        authority.check,
    )


def test_it_answers_with_the_filings_it_was_given():
    authority = fake.FakeAuthority()
    authority.sites["example.com"] = FILED
    authority.subjects[1, "91649999000000019L"] = FILED
    authority.passwords[NUMBER] = "Abc12345"

    assert authority.status_by_domain("example.com") == FILED
    assert authority.status_by_domain("example.org") == FilingStatus(False)
    assert authority.status_by_certificate(1, "91649999000000019L") == FilingStatus(True, NUMBER)
    assert authority.check_password(NUMBER, "Abc12345") == PasswordAnswer.RIGHT
    assert authority.check_password(NUMBER, "abc12345") == PasswordAnswer.WRONG
    assert authority.check_password("other", "Abc12345") == PasswordAnswer.UNKNOWN_NUMBER


def test_its_data_are_the_same_for_every_instance_and_empty_after_a_reset():
    fake.FakeAuthority().sites["example.com"] = FILED

    assert fake.FakeAuthority().status_by_domain("example.com").filed
    fake.FakeAuthority.forget()
    assert not fake.FakeAuthority().status_by_domain("example.com").filed


def test_it_gives_the_verdict_set_by_a_test_and_remembers_who_asked():
    fake.FakeAuthority.password_answer = PasswordAnswer.LOCKED

    assert fake.FakeAuthority().check_password(NUMBER, "Abc12345") == PasswordAnswer.LOCKED
    assert fake.FakeAuthority.asked == [("password", NUMBER)]


def test_it_keeps_the_first_report_of_a_key():
    fake.FakeAuthority().queue(REPORT)
    fake.FakeAuthority().queue(REPORT)

    assert fake.FakeAuthority.reports == {REPORT.key: REPORT}


def test_answers_wait_until_they_are_acknowledged():
    answer = Answer("7", AnswerKind.ACCEPTED, REPORT.key, datetime(2026, 11, 25, tzinfo=UTC))
    fake.FakeAuthority.waiting["7"] = answer

    assert fake.FakeAuthority().answers() == fake.FakeAuthority().answers() == [answer]
    fake.FakeAuthority().acknowledge("7")
    fake.FakeAuthority().acknowledge("7")
    assert fake.FakeAuthority().answers() == []


def test_it_reports_phones_or_not():
    state = PhoneState(Role.BOTH, "139****0001")
    fake.FakeAuthority.phone_states["A.1"] = [state]

    assert fake.FakeAuthority().phones("A.1") == [state]
    assert fake.FakeAuthority().phones("A.2") == []
    assert fake.FakeAuthority().phones_of(["A.1", "A.2"]) == {"A.1": [state], "A.2": []}
    fake.FakeAuthority.phone_states = None
    assert fake.FakeAuthority().phones("A.1") is None
    assert fake.FakeAuthority().phones_of(["A.1"]) is None


@pytest.mark.parametrize(("kind", "error"), [(fake.Down, Retryable), (fake.Refusing, Refused)])
def test_a_bad_authority_fails_at_every_call(kind, error):
    for question in questions(kind()):
        with pytest.raises(error):
            question()


def test_a_bad_authority_still_accepts_reports_because_queueing_is_local():
    fake.Down().queue(REPORT)

    assert list(fake.FakeAuthority.reports) == [REPORT.key]


def test_a_stalling_authority_takes_all_the_time_granted_and_no_more(settings):
    settings.GATEWAY_REQUEST_SECONDS = 0.1

    for question in questions(fake.Stalling()):
        begun = time.monotonic()
        with pytest.raises(Retryable):
            question()
        assert 0.1 <= time.monotonic() - begun < 0.5
