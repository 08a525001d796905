"""The sentences about codes: how long to wait, how many attempts are left, when to send a new one."""

from datetime import UTC, datetime

import pytest
from django.utils.translation import override

from icpportal.codes.actions import Verdict
from icpportal.codes.errors import not_right, not_sent
from icpportal.codes.refusals import TooMany, TooSoon

LATER = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("refused", "code", "english", "chinese"),
    [
        (TooSoon(1), "code_wait", "You can resend in 1 second", "1 秒"),
        (TooSoon(2), "code_wait", "You can resend in 2 seconds", "2 秒"),
        (TooMany(LATER), "too_many", "Too many attempts. Try again after ", "17:30"),
    ],
)
def test_a_code_that_is_not_sent_says_when_one_can_be(refused, code, english, chinese):
    with override("en"):
        said = not_sent(refused)
        assert (said.code, said.messages[0].startswith(english)) == (code, True)
    with override("zh-hans"):
        assert chinese in not_sent(refused).messages[0]


@pytest.mark.parametrize(
    ("verdict", "code", "words"),
    [
        (Verdict("wrong", 1), "code_wrong", "The code is wrong. 1 attempt left"),
        (Verdict("wrong", 4), "code_wrong", "The code is wrong. 4 attempts left"),
        (Verdict("spent"), "code_spent", "No attempts left: send a new code"),
        (Verdict("expired"), "code_expired", "The code has expired: send a new one"),
        (Verdict("none"), "code_expired", "The code has expired: send a new one"),
    ],
)
def test_a_wrong_code_says_what_to_do(verdict, code, words):
    with override("en"):
        said = not_right(verdict)

        assert (said.code, said.messages) == (code, [words])
