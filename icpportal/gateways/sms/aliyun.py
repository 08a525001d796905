"""Alibaba Cloud SMS (Dysmsapi 2017-05-25) through its SDK: requirements-aliyun.txt.

Errors are sorted by code: those about our account or its load are retried, those about the number or the text are
refusals. Messages of errors are never stored: the SDK puts the number into the URL.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from alibabacloud_dysmsapi20170525 import models
from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.exceptions import DaraException, RetryError
from darabonba.runtime import RuntimeOptions
from django.conf import settings
from django.utils import timezone
from Tea.exceptions import TeaException

from icpportal.gateways.connection_failures import FAILURES, has_left
from icpportal.gateways.errors import Refused, Retryable, Unknown, failure_in_words
from icpportal.gateways.sms import cloud
from icpportal.gateways.sms.base import AcceptedText, FilledTemplate
from icpportal.gateways.sms.reports import Report, reason_of
from icpportal.time_format import BEIJING, to_beijing

if TYPE_CHECKING:
    from alibabacloud_dysmsapi20170525.models import QuerySendDetailsResponseBody

Answer = TypeVar("Answer")

HOST = "dysmsapi.aliyuncs.com"
REGION = "cn-hangzhou"
GOOD = "OK"
FAILED, ARRIVED = 2, 3  # the other one is "waiting"
BROKEN = (TeaException, DaraException, RetryError, OSError, ValueError, TypeError, AttributeError)
# the SDK stumbles over an answer that is not theirs
UNREADABLE = tuple((kind, "its answer cannot be read") for kind in (TypeError, AttributeError))
# our account, our settings, their load: the same text may be sent later
LATER = (
    *("isv.BUSINESS_LIMIT_CONTROL", "isv.DAY_LIMIT_CONTROL", "isv.MONTH_LIMIT_CONTROL", "Throttling"),
    *("isv.AMOUNT_NOT_ENOUGH", "isv.OUT_OF_SERVICE", "isv.ACCOUNT_", "isv.PRODUCT_UN", "isp.RAM_PERMISSION_DENY"),
    *("isv.SMS_SIGNATURE_", "isv.SMS_SIGN_", "isv.SMS_TEMPLATE_ILLEGAL", "isv.SMS_TEST_", "isp.SYSTEM_ERROR"),
    *("SignatureDoesNotMatch", "SignatureNonceUsed", "InvalidAccessKeyId", "InvalidTimeStamp", "IncompleteSignature"),
    *("Forbidden", "NoPermission", "ServiceUnavailable"),
)


class AliyunSms:
    """`base.TemplateMessages` and `base.ReportsDelivery`."""

    asks_by_number = True

    def __init__(self) -> None:
        there = cloud.endpoint(HOST)
        self.client = Client(
            Config(
                access_key_id=settings.SMS_KEY_ID,
                access_key_secret=settings.SMS_KEY_SECRET,
                endpoint=there.host,
                protocol=there.scheme,
                region_id=settings.SMS_REGION or REGION,
            )
        )
        milliseconds = cloud.SECONDS * 1000
        self.runtime = RuntimeOptions(autoretry=False, connect_timeout=milliseconds, read_timeout=milliseconds)

    def send(self, to: str, text: str, key: str) -> str:
        """Never called: the outbox sees that the supplier needs templates."""
        raise Refused("Alibaba Cloud takes templates alone", code="text")

    def send_template(self, to: str, filled: FilledTemplate, key: str) -> str:
        """Sends one text with its key as the supplier's `OutId`. The receipt is the `BizId`."""
        values = {name: cloud.value_taken(value) for name, value in filled.values}
        request = models.SendSmsRequest(
            phone_numbers=to,
            sign_name=settings.SMS_SIGN_NAME,
            template_code=cloud.template_id(filled.name),
            template_param=json.dumps(values, ensure_ascii=False),
            out_id=key,
        )
        body = _call(lambda: self.client.send_sms_with_options(request, self.runtime).body)
        _judge(body.code)
        if not isinstance(body.biz_id, str) or not body.biz_id:
            raise Unknown("Alibaba Cloud's answer holds no BizId")
        return body.biz_id

    def check(self) -> None:
        """Asks for the state of our signature, which also tests the keys."""
        request = models.GetSmsSignRequest(sign_name=settings.SMS_SIGN_NAME)
        _judge(_call(lambda: self.client.get_sms_sign_with_options(request, self.runtime).body).code)

    def reports(self, handed: Sequence[AcceptedText]) -> Iterator[Report]:
        """Asks about one text after the other."""
        for each in handed:
            if each.to:
                yield from self._report(each)

    def _report(self, handed: AcceptedText) -> Iterator[Report]:
        request = models.QuerySendDetailsRequest(
            phone_number=handed.to,
            biz_id=handed.receipt,
            send_date=f"{to_beijing(handed.at):%Y%m%d}",
            page_size=10,
            current_page=1,
        )
        body = _call(lambda: self.client.query_send_details_with_options(request, self.runtime).body)
        _judge(body.code)
        yield from _reports_in(handed, body)


def _reports_in(handed: AcceptedText, body: "QuerySendDetailsResponseBody") -> Iterator[Report]:
    found = body.sms_send_detail_dtos
    for detail in (found.sms_send_detail_dto if found else None) or ():
        if detail.send_status in (FAILED, ARRIVED):
            has_arrived, code = detail.send_status == ARRIVED, cloud.word(detail.err_code)
            at = _moment(detail.receive_date)
            yield Report(handed.receipt, has_arrived, at, "" if has_arrived else reason_of(code), code)


def _moment(said: object) -> datetime:
    """When it arrived: the supplier's Beijing time without an offset."""
    try:
        there = datetime.strptime(str(said), "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
    except ValueError:
        return timezone.now()
    return min(there, timezone.now() + timedelta(minutes=1))


def _judge(code: object) -> None:
    if not isinstance(code, str) or not code:
        raise Unknown("Alibaba Cloud's answer holds no code")
    if code == GOOD:
        return
    if code.startswith(LATER):
        raise Retryable(f"Alibaba Cloud: {cloud.word(code)}")
    raise Refused(f"Alibaba Cloud: {cloud.word(code)}", code=cloud.word(code))


def _call(call: Callable[[], Answer]) -> Answer:
    try:
        return cloud.call_within_limit(call)
    except AlibabaCloudException as no:
        if no.status_code is not None and no.status_code < 500 and no.code:
            _judge(no.code)
        raise Unknown(f"Alibaba Cloud answered {no.status_code}: {cloud.word(no.code)}") from None
    except BROKEN as trouble:
        kind = Unknown if has_left(trouble) else Retryable
        words = failure_in_words(trouble, (*FAILURES, *UNREADABLE))
        raise kind(f"Alibaba Cloud did not answer: {words}") from None
