"""Tencent Cloud SMS (2021-01-11) through its SDK: requirements-tencent.txt.

Errors are sorted by code, as in `aliyun.py`. Messages of errors are never stored: they may contain the number.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from django.conf import settings
from django.utils import timezone
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sms.v20210111 import models
from tencentcloud.sms.v20210111.sms_client import SmsClient

from icpportal.gateways.connection_failures import failure_words, has_left
from icpportal.gateways.errors import Refused, Retryable, Unknown
from icpportal.gateways.sms import cloud
from icpportal.gateways.sms.base import AcceptedText, FilledTemplate
from icpportal.gateways.sms.reports import Report, reason_of
from icpportal.time_format import to_beijing

Answer = TypeVar("Answer")

HOST = "sms.tencentcloudapi.com"
REGION = "ap-guangzhou"
COUNTRY = "+86"
GOOD, ARRIVED = "Ok", "SUCCESS"
AT_ONCE = 100  # reports in one answer, at most
ANSWERS = 20  # answers read in one round: the next one reads the rest
NO_ANSWER = "ClientNetworkError"
# it may have been accepted
UNCLEAR = ("ServerNetworkError", "InternalError.Timeout", "InternalError.SendAndRecvFail", "InternalError.UnknownError")
# our account, our settings, their load: the same text may be sent later
LATER = (
    *("LimitExceeded", "RequestLimitExceeded", "InternalError", "ResourceUnavailable", "ResourceInsufficient"),
    *("AuthFailure", "UnauthorizedOperation", "InvalidParameterValue.SdkAppIdNotExist"),
    *("FailedOperation.InsufficientBalanceInSmsPackage", "FailedOperation.MissingSignature"),
    *("FailedOperation.SignatureIncorrectOrUnapproved", "FailedOperation.TemplateIncorrectOrUnapproved"),
    *("FailedOperation.TemplateUnapprovedOrNotExist", "FailedOperation.TemplateIdNotExist"),
)


class TencentSms:
    """`base.TemplateMessages` and `base.ReportsDelivery`."""

    asks_by_number = False

    def __init__(self) -> None:
        there = cloud.endpoint(HOST)
        over = HttpProfile(protocol=there.scheme, endpoint=there.host, reqTimeout=cloud.SECONDS)
        self.client = SmsClient(
            Credential(settings.SMS_KEY_ID, settings.SMS_KEY_SECRET),
            settings.SMS_REGION or REGION,
            ClientProfile(httpProfile=over),
        )

    def send(self, to: str, text: str, key: str) -> str:
        """Never called: the outbox sees that the supplier needs templates."""
        raise Refused("Tencent Cloud takes templates alone", code="text")

    def send_template(self, to: str, filled: FilledTemplate, key: str) -> str:
        """Sends one text with its key as the supplier's `SessionContext`. The receipt is the `SerialNo`."""
        request = models.SendSmsRequest()
        request.SmsSdkAppId = settings.SMS_APP_ID
        request.SignName = settings.SMS_SIGN_NAME
        request.TemplateId = cloud.template_id(filled.name)
        request.TemplateParamSet = [cloud.value_taken(value) for _name, value in filled.values]
        request.PhoneNumberSet = [f"{COUNTRY}{to}"]
        request.SessionContext = key
        found = _call(lambda: self.client.SendSms(request)).SendStatusSet
        if not found:
            raise Unknown("Tencent Cloud's answer holds no text")
        _judge(found[0].Code)
        if not isinstance(found[0].SerialNo, str) or not found[0].SerialNo:
            raise Unknown("Tencent Cloud's answer holds no SerialNo")
        return found[0].SerialNo

    def check(self) -> None:
        """Asks how many texts were sent this hour, which tests keys and application."""
        request = models.SendStatusStatisticsRequest()
        request.SmsSdkAppId = settings.SMS_APP_ID
        request.BeginTime = request.EndTime = f"{to_beijing(timezone.now()):%Y%m%d%H}"
        request.Limit, request.Offset = 0, 0
        _call(lambda: self.client.SendStatusStatistics(request))

    def reports(self, handed: Sequence[AcceptedText]) -> Iterator[Report]:  # noqa: ARG002 -- it tells of all texts
        """Fetches new reports; the supplier tells each one once."""
        request = models.PullSmsSendStatusRequest()
        request.SmsSdkAppId, request.Limit = settings.SMS_APP_ID, AT_ONCE
        for _ in range(ANSWERS):
            found = _call(lambda: self.client.PullSmsSendStatus(request)).PullSmsSendStatusSet or []
            yield from map(_report, found)
            if len(found) < AT_ONCE:
                return


def _report(found: models.PullSmsSendStatus) -> Report:
    has_arrived, code = found.ReportStatus == ARRIVED, cloud.word(found.Description)
    at = _moment(found.UserReceiveTime)
    return Report(str(found.SerialNo), has_arrived, at, "" if has_arrived else reason_of(code), code)


def _moment(said: object) -> datetime:
    try:
        return min(datetime.fromtimestamp(int(str(said)), UTC), timezone.now())
    except (ValueError, OverflowError, OSError):
        return timezone.now()


def _judge(code: object) -> None:
    if not isinstance(code, str) or not code:
        raise Unknown("Tencent Cloud's answer holds no code")
    message = f"Tencent Cloud: {cloud.word(code)}"
    if code == GOOD:
        return
    if code in UNCLEAR:
        raise Unknown(message)
    if code.startswith(LATER):
        raise Retryable(message)
    raise Refused(message, code=cloud.word(code))


def _call(call: Callable[[], Answer]) -> Answer:
    try:
        return cloud.call_within_limit(call)
    except TencentCloudSDKException as no:
        if no.code == NO_ANSWER:
            kind = Unknown if has_left(no) else Retryable
            raise kind(f"Tencent Cloud did not answer: {failure_words(no)}") from None
        if no.requestId is None:  # not an answer of theirs: the SDK names an exception of its own
            raise Unknown("Tencent Cloud gave no answer that can be read") from None
        _judge(no.code)
        raise Unknown(f"Tencent Cloud: {cloud.word(no.code)}") from None
