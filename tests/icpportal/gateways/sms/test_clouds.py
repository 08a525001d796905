"""Alibaba Cloud and Tencent Cloud: requests are signed and filled in, and each answer is understood."""

import json
import re
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from icpportal.gateways.errors import Refused, Retryable, Unknown
from icpportal.gateways.health import examine
from icpportal.gateways.sms.base import AcceptedText, FilledTemplate, text_messages
from icpportal.gateways.sms.reports import BLOCKED, NUMBER, OFF, OTHER, reason_of
from icpportal.metrics.counters import ANSWERS as ANSWERED
from tests.icpportal.gateways.sms import clouds
from tests.icpportal.operations.monitoring.test_metrics import counter

TO, KEY = "13900000001", "sign_up:1:sms"
CODE = FilledTemplate("code_sign_up.zh", (("code", "246810"), ("code", "246810")))
NOTICE = FilledTemplate("confirm_phones.en", (("domain", "shop.example.com"), ("site", "beian.miit.gov.cn")))
SENT = {
    "Aliyun": {"SendSms": {"Code": "OK", "Message": "OK", "BizId": "9006^0", "RequestId": "R-1"}},
    "Tencent": {"SendSms": {"Response": {"SendStatusSet": [{"Code": "Ok", "SerialNo": "5000:10"}], "RequestId": "R"}}},
}
RECEIPTS = {"Aliyun": "9006^0", "Tencent": "5000:10"}
MAKE = {"Aliyun": clouds.aliyun, "Tencent": clouds.tencent}


@pytest.fixture(params=["Aliyun", "Tencent"])
def name(request):
    return request.param


@pytest.fixture
def cloud(settings, name):
    with clouds.served(MAKE[name]()) as there:
        there.answers = dict(SENT[name])
        clouds.account(settings, name, there)
        yield there


def supplier(settings):
    return import_string(settings.SMS_GATEWAY)()


def no(name, code):
    """A supplier's refusal of a text."""
    if name == "Aliyun":
        return {"SendSms": {"Code": code, "Message": f"not to {TO}", "RequestId": "R-1"}}
    status = {"Code": code, "Message": f"not to +86{TO}", "SerialNo": ""}
    return {"SendSms": {"Response": {"SendStatusSet": [status], "RequestId": "R-1"}}}


def test_a_text_is_signed_and_its_receipt_is_returned(settings, cloud, name):
    assert supplier(settings).send_template(TO, CODE, KEY) == RECEIPTS[name]

    assert len(cloud.asked) == 1
    assert clouds.KEY_ID in cloud.asked[0].authorization["Credential"]


def test_a_text_to_a_cloud_is_counted_among_the_answers(cloud, name):
    before = counter(ANSWERED, "sms", "ok")

    text_messages().send_template(TO, CODE, KEY)

    assert counter(ANSWERED, "sms", "ok") == before + 1


def test_a_text_to_alibaba_cloud_has_signature_template_and_values_by_name(settings):
    with clouds.served(clouds.aliyun()) as cloud:
        cloud.answers = dict(SENT["Aliyun"])
        clouds.account(settings, "Aliyun", cloud)
        supplier(settings).send_template(TO, NOTICE, KEY)

    said = dict(cloud.asked[0].pairs)
    assert json.loads(said.pop("TemplateParam")) == {"domain": "shop．example．com", "site": "beian．miit．gov．cn"}
    assert said == {"PhoneNumbers": TO, "SignName": "示例云", "TemplateCode": "SMS_100002", "OutId": KEY}


def test_a_text_to_tencent_cloud_has_signature_template_and_values_in_order(settings):
    with clouds.served(clouds.tencent()) as cloud:
        cloud.answers = dict(SENT["Tencent"])
        clouds.account(settings, "Tencent", cloud)
        supplier(settings).send_template(TO, CODE, KEY)

    assert json.loads(cloud.asked[0].body) == {
        "SmsSdkAppId": "1400006666",
        "SignName": "示例云",
        "TemplateId": "SMS_100001",
        "TemplateParamSet": ["246810", "246810"],
        "PhoneNumberSet": [f"+86{TO}"],
        "SessionContext": KEY,
    }


def test_a_wrong_key_is_our_error_so_the_text_is_sent_later(settings, cloud):
    settings.SMS_KEY_SECRET = "another"

    with pytest.raises(Retryable, match="Signature") as found:
        supplier(settings).send_template(TO, CODE, KEY)

    assert type(found.value) is Retryable
    with pytest.raises(Retryable):
        supplier(settings).check()


ANSWERS = [
    ("Aliyun", "isv.MOBILE_NUMBER_ILLEGAL", Refused),
    ("Aliyun", "isv.BLACK_KEY_CONTROL_LIMIT", Refused),
    ("Aliyun", "isv.PARAM_NOT_SUPPORT_URL", Refused),
    ("Aliyun", "isv.BUSINESS_LIMIT_CONTROL", Retryable),
    ("Aliyun", "isv.AMOUNT_NOT_ENOUGH", Retryable),
    ("Aliyun", "isv.SMS_SIGNATURE_ILLEGAL", Retryable),
    ("Aliyun", "", Unknown),
    ("Tencent", "FailedOperation.PhoneNumberInBlacklist", Refused),
    ("Tencent", "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter", Refused),
    ("Tencent", "LimitExceeded.PhoneNumberThirtySecondLimit", Retryable),
    ("Tencent", "FailedOperation.InsufficientBalanceInSmsPackage", Retryable),
    ("Tencent", "FailedOperation.SignatureIncorrectOrUnapproved", Retryable),
    ("Tencent", "InternalError.Timeout", Unknown),
    ("Tencent", "", Unknown),
]


@pytest.mark.parametrize(("name", "code", "kind"), ANSWERS)
def test_each_answer_means_refused_later_or_unclear_and_never_quotes_the_number(settings, cloud, name, code, kind):
    cloud.answers = no(name, code)

    with pytest.raises((Refused, Retryable)) as found:
        supplier(settings).send_template(TO, CODE, KEY)

    assert type(found.value) is kind
    assert code in str(found.value)
    assert TO not in str(found.value)


def test_an_error_of_the_whole_request_at_tencent_cloud_means_what_its_code_says(settings):
    with clouds.served(clouds.tencent()) as cloud:
        clouds.account(settings, "Tencent", cloud)
        error = {"Code": "RequestLimitExceeded", "Message": "too fast"}
        cloud.answers = {"SendSms": {"Response": {"Error": error, "RequestId": "R-1"}}}

        with pytest.raises(Retryable, match="RequestLimitExceeded"):
            supplier(settings).send_template(TO, CODE, KEY)


@pytest.mark.parametrize(("status", "raw"), [(503, b"{}"), (200, b"<html>"), (200, b"[]"), (200, b"{}")])
def test_nonsense_and_a_failing_supplier_leave_it_open_whether_the_text_was_sent(settings, cloud, status, raw):
    cloud.status, cloud.raw = status, raw

    with pytest.raises(Unknown):
        supplier(settings).send_template(TO, CODE, KEY)


def test_an_unreachable_supplier_accepted_nothing(settings, name):
    with clouds.served(MAKE[name]()) as gone:
        clouds.account(settings, name, gone)

    with pytest.raises(Retryable, match="Cloud did not answer: no connection$") as found:
        supplier(settings).send_template(TO, CODE, KEY)

    assert type(found.value) is Retryable
    assert TO not in str(found.value)


@pytest.mark.parametrize("raw", [b"<html>", b"[]"])
def test_night_shift_reads_no_name_of_an_exception_of_a_supplier_that_answers_nonsense(settings, cloud, raw):
    cloud.raw = raw

    with pytest.raises(Unknown) as found:
        supplier(settings).send_template(TO, CODE, KEY)

    assert not re.search(r"[a-z](Error|Exception)\b", str(found.value)), str(found.value)


def test_a_text_without_the_number_of_its_template_waits_for_the_setting(settings, cloud):
    settings.SMS_TEMPLATES = {}

    with pytest.raises(Retryable, match="code_sign_up.zh"):
        supplier(settings).send_template(TO, CODE, KEY)

    assert cloud.asked == []


def test_an_unencrypted_address_is_for_tests_only(settings, cloud):
    settings.DEMO = False

    with pytest.raises(ImproperlyConfigured, match="https"):
        supplier(settings)


def test_the_check_sends_no_text(settings, cloud, name):
    cloud.answers = {
        "GetSmsSign": {"Code": "OK", "RequestId": "R-1"},
        "SendStatusStatistics": {"Response": {"SendStatusStatistics": {}, "RequestId": "R-1"}},
    }

    supplier(settings).check()

    assert [cloud.action(each) for each in cloud.asked] == [
        "GetSmsSign" if name == "Aliyun" else "SendStatusStatistics"
    ]
    assert next(each.state for each in examine() if each.name == "sms") == "ok"


# --- what became of it ------------------------------------------------------------------------

AT = datetime(2026, 11, 27, 16, 30, tzinfo=UTC)  # past midnight in Beijing


def detail(status, code):
    found = {"SendStatus": status, "ErrCode": code, "PhoneNum": TO, "ReceiveDate": "2026-11-28 00:30:09"}
    return {"Code": "OK", "RequestId": "R-1", "SmsSendDetailDTOs": {"SmsSendDetailDTO": [found]}}


def test_alibaba_cloud_is_queried_about_each_text_by_number_receipt_and_day_in_beijing(settings):
    with clouds.served(clouds.aliyun()) as cloud:
        clouds.account(settings, "Aliyun", cloud)
        answers = [detail(1, ""), detail(2, "MOBILE_NOT_ON_SERVICE"), detail(3, "DELIVERED")]
        cloud.answers = {"QuerySendDetails": answers}
        handed = [AcceptedText(f"90{n}^0", TO, AT) for n in range(3)]

        found = list(supplier(settings).reports([*handed, AcceptedText("erased", "", AT)]))

    assert [(each.receipt, each.has_arrived, each.why, each.code) for each in found] == [
        ("901^0", False, NUMBER, "MOBILE_NOT_ON_SERVICE"),
        ("902^0", True, "", "DELIVERED"),
    ]
    assert found[1].at == datetime(2026, 11, 27, 16, 30, 9, tzinfo=UTC)
    said = dict(cloud.asked[0].pairs)
    assert (len(cloud.asked), said["PhoneNumber"], said["BizId"], said["SendDate"]) == (3, TO, "900^0", "20261128")


def pulled(number, status="SUCCESS", description="DELIVRD"):
    found = {"SerialNo": f"5000:{number}", "ReportStatus": status, "Description": description}
    return found | {"UserReceiveTime": 1764260000, "PhoneNumber": f"+86{TO}"}


def test_tencent_cloud_reports_all_texts_and_is_queried_until_there_are_no_more(settings):
    with clouds.served(clouds.tencent()) as cloud:
        clouds.account(settings, "Tencent", cloud)
        rounds = [[pulled(n) for n in range(100)], [pulled(100, "FAIL", "用户关机")]]
        cloud.answers = {
            "PullSmsSendStatus": [{"Response": {"PullSmsSendStatusSet": each, "RequestId": "R"}} for each in rounds]
        }

        found = list(supplier(settings).reports([]))

    assert [len(found), len(cloud.asked), found[0].has_arrived] == [101, 2, True]
    assert (found[100].receipt, found[100].has_arrived, found[100].why) == ("5000:100", False, OFF)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("空号", NUMBER),
        ("停机", OFF),
        ("EXPIRED", OFF),
        ("MN:0017 黑名单", BLOCKED),
        ("REJECTD", BLOCKED),
        ("XA:1", OTHER),
    ],
)
def test_an_operators_code_is_one_of_the_reasons_shown_to_people(said, reason):
    assert reason_of(said) == reason
