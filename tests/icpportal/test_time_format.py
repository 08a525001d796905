"""Moments in words, in both languages."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from icpportal import time_format

NOW = datetime(2026, 11, 26, 1, 5, tzinfo=UTC)  # 09:05 in Beijing
DUE = datetime(2026, 11, 27, 8, 20, tzinfo=UTC)  # Friday, 16:20 in Beijing


def test_long_words_name_the_day_the_clock_and_beijing_in_both_languages():
    with translation.override("zh-hans"):
        chinese = time_format.long_words(DUE, now=NOW)
    with translation.override("en"):
        english = time_format.long_words(DUE, now=NOW)

    assert chinese == "北京时间11月27日16:20（周五）"
    assert english == "Fri 27 Nov, 16:20 Beijing time"


def test_short_words_have_neither_weekday_nor_zone():
    with translation.override("zh-hans"):
        chinese = time_format.short_words(DUE, now=NOW)
    with translation.override("en"):
        english = time_format.short_words(DUE, now=NOW)

    assert (chinese, english) == ("11月27日16:20", "27 Nov 16:20")


def test_the_day_is_that_of_beijing_when_utc_still_has_the_day_before():
    late = datetime(2026, 11, 26, 17, 30, tzinfo=UTC)

    with translation.override("en"):
        words = time_format.long_words(late, now=NOW)

    assert words == "Fri 27 Nov, 01:30 Beijing time"


@pytest.mark.parametrize(
    ("language", "expected"),
    [("zh-hans", "北京时间2027年1月4日16:20（周一）"), ("en", "Mon 4 Jan 2027, 16:20 Beijing time")],
)
def test_the_year_is_named_when_it_is_not_this_one(language, expected):
    next_year = datetime(2027, 1, 4, 8, 20, tzinfo=UTC)

    with translation.override(language):
        words = time_format.long_words(next_year, now=NOW)

    assert words == expected


def test_new_year_follows_beijing_and_not_utc():
    now = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)  # 1 January 2027, 01:00 there

    with translation.override("en"):
        words = time_format.day_words(date(2027, 1, 4), now=now)

    assert words == "Mon 4 Jan"


@pytest.mark.parametrize(
    ("span", "chinese", "english"),
    [
        (timedelta(days=1, hours=7, minutes=59), "1 天 7 小时", "1 day 7 hours"),
        (timedelta(days=2), "2 天", "2 days"),
        (timedelta(hours=1, minutes=1), "1 小时", "1 hour"),
        (timedelta(minutes=45, seconds=59), "45 分钟", "45 minutes"),
        (timedelta(minutes=1), "1 分钟", "1 minute"),
        (timedelta(seconds=30), "不到 1 分钟", "less than a minute"),
    ],
)
def test_a_duration_is_given_in_whole_units_and_never_longer_than_it_is(span, chinese, english):
    with translation.override("zh-hans"):
        in_chinese = time_format.span_words(span)
    with translation.override("en"):
        in_english = time_format.span_words(span)

    assert (in_chinese, in_english) == (chinese, english)


def test_the_time_left_counts_to_the_last_second_and_at_its_end_is_over():
    with translation.override("en"):
        before = time_format.left_words(DUE, now=DUE - timedelta(seconds=1))
        at_the_end = time_format.left_words(DUE, now=DUE)
        long_before = time_format.left_words(DUE, now=NOW)

    assert (long_before, before, at_the_end) == ("1 day 7 hours left", "Less than a minute left", "Time is up")


def test_the_time_left_is_chinese_on_a_chinese_page():
    with translation.override("zh-hans"):
        words = [time_format.left_words(DUE, now=NOW), time_format.left_words(DUE, now=DUE)]

    assert words == ["还剩 1 天 7 小时", "期限已到"]
