"""What an alarm has stored, in the language of the person who reads it."""

import pytest
from django.utils.translation import override

from icpportal.alarms.causes import detail_words

DETAILS = (
    ("files.round_late", "8 days", "8 days", "8 天"),
    ("files.round_late", "1 days", "1 day", "1 天"),
    ("rights.corrections_overdue", "2 requests", "2 requests", "2 项申请"),
    ("sms.text_budget_day", "800 of 1000 texts", "800 of 1000 text messages", "已用 800 条，共 1000 条短信"),
    (
        "sms.few_entered",
        "40 sent, 2 entered; 3 ranges",
        "40 sent, 2 entered; ranges of numbers: 3",
        "已发送 40 条，已输入 2 条；号段数：3",
    ),
    ("authority.report_unanswered", "AB12-CD34.2 waits", "AB12-CD34.2 waits", "AB12-CD34.2 在等待"),
    ("phones.silent", "it does not answer", "it does not answer", "无应答"),
    ("phones.silent", "it refuses our queries", "it refuses our queries", "拒绝我们的查询"),
    ("report.place", "not in the list", "not in the list", "不在清单中"),
    ("report.place", "cn-north", "cn-north", "cn-north"),
    ("sms.unknown", "TimeoutError", "TimeoutError", "TimeoutError"),
)


@pytest.mark.parametrize(("cause", "stored", "english", "chinese"), DETAILS)
def test_on_call_reads_the_detail_of_an_alarm_in_their_own_language(
    cause: str, stored: str, english: str, chinese: str
) -> None:
    with override("en"):
        assert detail_words(cause, stored) == english
    with override("zh-hans"):
        assert detail_words(cause, stored) == chinese
