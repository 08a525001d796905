"""The authority over SOAP: a correct answer for every code, and our own limits on filing passwords before it."""

import inspect
import json

import pytest

from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.miit.base import Authority
from icpportal.gateways.miit.gateway import MinistryAuthority
from icpportal.gateways.miit.models import Report
from icpportal.gateways.miit.types import CANNOT_ASK, FilingStatus, PasswordAnswer
from tests.icpportal.gateways.miit.authority_files import bajg, result, waiting
from tests.icpportal.gateways.miit.client.server import return_document
from tests.icpportal.gateways.miit.sending_world import access
from verification import filing_passwords
from verification.filing_passwords import State

SUBJECT, SITE = "京ICP备10000001号", "京ICP备10000001号-1"
STOPS = (4, 5, 9, 10, 11, 12, 13, 16, 19)
WAITS = (15, 20, 901, 902, 999, 777, 14, 1, 2, 3)


@pytest.fixture
def authority() -> MinistryAuthority:
    return MinistryAuthority()


def info(inner: str) -> str:
    return return_document(0, more=f"<StatusInfo>{inner}</StatusInfo>")


def test_the_gateway_has_the_methods_of_the_interface():
    names = [name for name in vars(Authority) if not name.startswith("_")]

    for name in names:
        assert inspect.signature(getattr(MinistryAuthority, name)) == inspect.signature(getattr(Authority, name))


def test_a_domain_is_on_record_with_its_numbers_or_not(ministry, authority):
    ministry.file("example.com", subject=SUBJECT, site=SITE, name="示例网")

    assert authority.status_by_domain("example.com") == FilingStatus(True, SUBJECT, "示例网", SITE)
    assert authority.status_by_domain("example.org") == FilingStatus(False)
    assert [call["queryConditionType"] for call in ministry.asked("isp_querybeianstatus")] == ["0", "0"]


def test_a_certificate_is_queried_by_its_type_and_gives_only_the_subject(ministry, authority):
    ministry.file("91110000000000000X", subject=SUBJECT, site=SITE, name="示例网")

    assert authority.status_by_certificate(1, "91110000000000000X") == FilingStatus(True, SUBJECT)
    assert ministry.asked("isp_querybeianstatus")[0]["queryConditionType"] == "1"


@pytest.mark.parametrize("id_type", [0, 12, 14, 30, 49])
def test_a_type_unknown_to_the_interface_is_not_queried(ministry, authority, id_type):
    with pytest.raises(Refused) as refusal:
        authority.status_by_certificate(id_type, "H12345678")

    assert (refusal.value.code, ministry.calls) == (CANNOT_ASK, [])


@pytest.mark.parametrize("condition", ["a.b", "x" * 256])
def test_a_text_the_interface_cannot_carry_is_not_queried(ministry, authority, condition):
    with pytest.raises(Refused):
        authority.status_by_domain(condition)

    assert ministry.calls == []


@pytest.mark.parametrize(
    "inner", ["", "<Bazt>7</Bazt>", "<Bazt>0</Bazt>", "<Bazt>0</Bazt><Wzmc>示例</Wzmc>", "<Bazt>yes</Bazt>"]
)
def test_a_status_without_content_is_queried_again_later(ministry, authority, inner):
    ministry.say("isp_querybeianstatus", info(inner))

    with pytest.raises(Retryable):
        authority.status_by_domain("example.com")


@pytest.mark.parametrize("code", WAITS)
def test_a_status_that_waits_says_why(ministry, authority, code):
    ministry.say("isp_querybeianstatus", code=code)

    with pytest.raises(Retryable, match=f"^{code}: [a-z]"):
        authority.status_by_domain("example.com")


@pytest.mark.parametrize("code", STOPS)
def test_a_status_that_is_refused_is_refused(ministry, authority, code):
    ministry.say("isp_querybeianstatus", code=code)

    with pytest.raises(Refused) as refusal:
        authority.status_by_certificate(2, "110101199003074514")

    assert refusal.value.code == str(code)
    assert "110101" not in str(refusal.value)


def test_a_password_is_right_or_wrong(ministry, authority):
    ministry.passwords[SUBJECT] = "Abc12345"

    assert authority.check_password(SUBJECT, "Abc12345") == PasswordAnswer.RIGHT
    assert authority.check_password(SUBJECT, "abc12345") == PasswordAnswer.WRONG
    assert ministry.asked("isp_verifybamm")[0]["bamm"] == "Abc12345"


def test_too_many_attempts_at_the_ministry_are_locked(ministry, authority):
    ministry.say("isp_verifybamm", code=22, msg="备案密码校验超过5次")

    assert authority.check_password(SUBJECT, "x") == PasswordAnswer.LOCKED


@pytest.mark.parametrize("code", WAITS)
def test_any_other_code_says_nothing_about_a_password(ministry, authority, code):
    ministry.say("isp_verifybamm", return_document(code, more="<VerifyRes>0</VerifyRes>"))

    assert authority.check_password(SUBJECT, "x") == PasswordAnswer.CANNOT_TELL


def test_a_success_without_a_verdict_says_nothing(ministry, authority):
    ministry.say("isp_verifybamm", code=0)

    assert authority.check_password(SUBJECT, "x") == PasswordAnswer.CANNOT_TELL


@pytest.mark.parametrize("code", STOPS)
def test_a_refused_account_is_no_verdict_on_a_password(ministry, authority, code):
    ministry.say("isp_verifybamm", code=code)

    with pytest.raises(Refused):
        authority.check_password(SUBJECT, "x")


def test_a_report_is_queued_locally_once(db, authority):
    authority.queue(access())
    authority.queue(access())

    assert Report.objects.get().state == "queued"


def test_answers_are_read_from_the_rows_until_they_are_acknowledged(db, ministry, authority):
    ministry.deliver("return1", bajg(result(waiting().own_id, "1001")))

    assert authority.fetch() == 1
    (answer,) = authority.answers()
    authority.acknowledge(answer.id)

    assert (answer.report_key, authority.answers()) == ("TR-1.1", [])


def test_the_check_queries_and_changes_nothing(ministry, authority):
    ministry.deliver("return1", b"<x/>")

    authority.check()

    assert ([call.method for call in ministry.calls], len(ministry.queue)) == (["isp_querypreviousupload"], 1)


@pytest.mark.parametrize(("code", "problem"), [(4, Refused), (12, Refused), (902, Retryable), (999, Retryable)])
def test_the_check_distinguishes_a_refusal_from_an_outage(ministry, authority, code, problem):
    ministry.say("isp_querypreviousupload", code=code)

    with pytest.raises(problem):
        authority.check()


# --- the portal's own limits in front of it --------------------------------------------------------


@pytest.fixture
def asked(db, ministry, settings):
    """Enters a filing password like a step of an order; returns how often the ministry was asked too."""
    settings.AUTHORITY_GATEWAY = "icpportal.gateways.miit.gateway.MinistryAuthority"
    settings.LIMITS = settings.LIMITS | {
        "filing_password_order": (5, 3600),
        "filing_password_account": (10, 86400),
        "filing_password_number": (10, 86400),
    }
    ministry.passwords[SUBJECT] = "Abc12345"

    def ask(password: str, *, number: str = SUBJECT, order: str = "T7Q4-M2KX", account: str = "lin") -> State:
        return filing_passwords.ask(number, password, order_key=order, account_key=account).state

    return ask


def times(ministry) -> int:
    return len(ministry.asked("isp_verifybamm"))


def test_the_same_wrong_value_is_never_sent_twice_by_anybody(asked, ministry):
    assert [asked("wrong") for _ in range(3)] == [State.WRONG] * 3
    assert asked("wrong", order="T7Q4-M2KY", account="zhao") == State.WRONG
    assert times(ministry) == 1

    assert (asked("Abc12345"), times(ministry)) == (State.RIGHT, 2)


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        (lambda _n: {}, 5),
        (lambda n: {"order": f"O-{n}", "number": f"京ICP备1000000{n % 10}号"}, 10),
        (lambda n: {"order": f"O-{n}", "account": f"A-{n}"}, 10),
    ],
    ids=["order", "account", "number"],
)
def test_each_order_account_and_number_has_its_own_limit_before_the_ministrys(asked, ministry, who, allowed):
    states = [asked(f"wrong{n}", **who(n)) for n in range(allowed + 2)]

    assert states == [State.WRONG] * allowed + [State.PAUSED] * 2
    assert times(ministry) == allowed


def test_code_22_is_passed_on(asked, ministry):
    ministry.say("isp_verifybamm", code=22)

    assert asked("Abc12345") == State.LOCKED


@pytest.mark.parametrize("code", [4, 12, 20, 901, 902, 999])
def test_an_outage_costs_nothing_and_blames_nobody(asked, ministry, code):
    for _ in range(8):
        ministry.say("isp_verifybamm", code=code)

    assert [asked("Abc12345") for _ in range(8)] == [State.UNREACHABLE] * 8
    assert asked("Abc12345") == State.RIGHT


@pytest.mark.parametrize("trouble", ["drop", "http_500", "garbage", "html", "truncated"])
def test_a_broken_answer_costs_nothing_either(asked, ministry, trouble):
    ministry.trouble("isp_verifybamm", trouble)

    assert asked("wrong") == State.UNREACHABLE
    assert asked("wrong") == State.WRONG


def test_a_password_is_not_in_the_log(asked, caplog):
    asked("S3cretWord")

    assert "S3cretWord" not in json.dumps([vars(record) for record in caplog.records], default=repr)
