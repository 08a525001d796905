"""The delivery of a text: queried from the supplier, stored on the message, shown to its reader."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from icpportal.outbox import actions
from icpportal.outbox.delivery import deliver
from icpportal.outbox.models import Message, State
from icpportal.outbox.queries import failed_messages
from icpportal.outbox.receipts import supplier_reports
from icpportal.outbox.receipts.questions import DELAYS
from tests.bad import aside, spoil
from tests.icpportal.gateways.sms import clouds
from tests.icpportal.gateways.sms.test_clouds import SENT, detail, pulled
from tests.icpportal.outbox.test_channels import confirm
from tests.transfers.outside import cost

pytestmark = pytest.mark.django_db
SOON = DELAYS[0]


@pytest.fixture
def aliyun(settings):
    with clouds.served(clouds.aliyun()) as cloud:
        clouds.account(settings, "Aliyun", cloud)
        cloud.answers = dict(SENT["Aliyun"])
        yield cloud


@pytest.fixture
def tencent(settings):
    with clouds.served(clouds.tencent()) as cloud:
        clouds.account(settings, "Tencent", cloud)
        cloud.answers = dict(SENT["Tencent"])
        yield cloud


def send(**more):
    confirm("sms", "13900000002", **more)
    deliver()
    return Message.objects.get()


def code():
    """A code: its content is erased once sent."""
    known = {"key": "sign_up:1:sms", "template": "code_sign_up", "language": "zh", "context": {"code": "246810"}}
    message = actions.notify(**known, channel="sms", to="13900000002")
    deliver()
    return message


def fate_of(message):
    with override("en"):
        return str(message.fate)


def ask(later=SOON):
    return supplier_reports.ask(now=timezone.now() + later + timedelta(seconds=5))


def test_a_delivered_text_is_queried_once(aliyun):
    send()
    aliyun.answers["QuerySendDetails"] = detail(3, "DELIVERED")

    totals, again = ask(), ask()

    message = Message.objects.get()
    assert (totals.asked, totals.arrived, again.asked) == (1, 1, 0)
    assert (message.state, fate_of(message), message.ask_at) == (State.DELIVERED, "Delivered", None)
    assert message.receipt == "9006^0"


def test_an_undelivered_text_has_failed_like_one_that_could_not_be_sent(aliyun):
    send()
    aliyun.answers["QuerySendDetails"] = detail(2, "MOBILE_NOT_ON_SERVICE")

    totals = ask()

    message = failed_messages().get()
    assert (totals.lost, message.state, message.lost) == (1, State.FAILED, "number")
    assert (fate_of(message), message.last_error) == ("Not delivered", "not delivered: MOBILE_NOT_ON_SERVICE")
    assert message.failed_at >= message.delivered_at


def test_a_text_resent_after_it_was_lost_is_queried_again(aliyun, people):
    send()
    aliyun.answers["QuerySendDetails"] = detail(2, "MOBILE_NOT_ON_SERVICE")
    ask()

    assert actions.resend(Message.objects.get(), actor=people("operations@example.com"))
    deliver()
    message = Message.objects.get()

    assert (message.state, message.lost, message.asked) == (State.DELIVERED, "", 0)
    assert message.ask_at is not None


def test_a_supplier_without_a_report_is_queried_more_and_more_rarely_and_then_no_more(aliyun):
    send()
    aliyun.answers["QuerySendDetails"] = {"Code": "OK", "RequestId": "R-1"}
    now, asked_at = timezone.now(), []

    for _ in range(len(DELAYS)):
        due = Message.objects.get().ask_at
        asked_at.append(due)
        assert supplier_reports.ask(now=due).asked == 1

    message = Message.objects.get()
    assert (message.asked, message.ask_at, message.state) == (len(DELAYS), None, State.DELIVERED)
    assert asked_at[-1] - now > timedelta(days=3)


def test_a_supplier_that_is_down_is_queried_with_the_next_round(aliyun):
    send()
    aliyun.status, aliyun.raw = 503, b"{}"

    assert ask().arrived == 0

    message = Message.objects.get()
    assert (message.state, message.asked) == (State.DELIVERED, 1)
    assert message.ask_at > timezone.now() + SOON


def test_no_two_workers_query_the_same_text(aliyun, monkeypatch):
    send()
    Message.objects.update(ask_at=timezone.now())
    stale = Message.objects.get()

    assert supplier_reports._claim(stale, timezone.now())
    assert not supplier_reports._claim(stale, timezone.now())


def test_a_code_is_not_queried_where_that_needs_its_number(aliyun):
    code()

    message = Message.objects.get()
    assert (message.state, message.payload, message.ask_at) == (State.DELIVERED, {}, None)
    assert ask().asked == 0
    assert [aliyun.action(each) for each in aliyun.asked] == ["SendSms"]


def test_tencents_reports_match_texts_and_codes_and_others_are_counted(tencent):
    code()
    reports = [pulled(10, "FAIL", "空号"), pulled(10, "FAIL", "空号"), pulled(77)]
    tencent.answers["PullSmsSendStatus"] = {"Response": {"PullSmsSendStatusSet": reports, "RequestId": "R"}}

    totals = ask(timedelta(0))

    message = Message.objects.get()
    assert (message.state, message.lost) == (State.FAILED, "number")
    assert (totals.arrived, totals.strange) == (0, 1)


def test_a_supplier_without_reports_is_not_queried(settings):
    settings.SMS_GATEWAY = "icpportal.gateways.sms.fake.FakeSms"
    message = send()

    assert (message.state, message.ask_at) == (State.DELIVERED, None)
    assert supplier_reports.ask() == supplier_reports.Totals()


@pytest.mark.parametrize("texts", [1, 3])
def test_a_text_takes_as_many_queries_however_many_are_asked_about(aliyun, texts):
    for number in range(texts):
        confirm("sms", "13900000002", key=f"confirm_phones:{number}:account:sms")
    deliver()
    aliyun.answers["QuerySendDetails"] = {"Code": "OK", "RequestId": "R-1"}

    assert cost(ask) == 2 + texts


def test_a_text_that_cannot_be_read_any_more_stops_no_other_from_being_queried(aliyun):
    send()
    confirm("sms", "13900000003", key="confirm_phones:10:account:sms")
    deliver()
    spoil(Message.objects.earliest("created_at"), "payload", "lost key")
    aliyun.answers["QuerySendDetails"] = detail(3, "DELIVERED")

    totals = ask()

    assert (totals.asked, totals.arrived) == (1, 1)
    assert aside() == [("outbox.receipts", "T7Q4-M2KX")]
