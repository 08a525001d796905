"""Values of messages, in words and on the row."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils.translation import gettext_lazy, override

from icpportal.outbox.texts.formats import folder_of, format_value, pack, unpack

DUE = datetime(2026, 11, 27, 8, 20, tzinfo=UTC)  # 16:20 in Beijing


@pytest.mark.parametrize(
    ("name", "value", "zh", "en"),
    [
        ("due", DUE, "11月27日16:20", "27 Nov 16:20"),
        ("due", datetime(2026, 12, 31, 16, 5, tzinfo=UTC), "1月1日00:05", "1 Jan 00:05"),
        ("from", date(2026, 12, 3), "12月3日", "3 Dec"),
        ("left", timedelta(days=1, hours=7, minutes=59), "1 天 7 小时", "1 day 7 hours"),
        ("left", timedelta(minutes=45), "45 分钟", "45 minutes"),
        ("n", 3, "3", "3"),
        ("province", {"zh": "宁夏", "en": "Ningxia"}, "宁夏", "Ningxia"),
        ("province", "Ningxia", "Ningxia", "Ningxia"),
        ("mobiles", ["139****0001", "139****0002"], "139****0001、139****0002", "139****0001, 139****0002"),
        ("reasons", ["one", {"zh": "二", "en": "two"}], "one\n二", "one\ntwo"),
    ],
)
def test_a_value_is_written_in_the_readers_language(name: str, value: object, zh: str, en: str):
    assert (format_value(name, value, "zh"), format_value(name, value, "en")) == (zh, en)


def test_expired_time_is_zero_and_not_negative():
    assert format_value("left", timedelta(seconds=-5), "en") == format_value("left", timedelta(), "en")


def test_a_lazy_text_is_written_in_the_language_of_the_message_and_not_of_the_request():
    with override("en"):
        assert format_value("what", gettext_lazy("ICP Filing"), "zh") == "网站备案"
    with override("zh-hans"):
        assert format_value("what", gettext_lazy("ICP Filing"), "en") == "ICP Filing"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("name", "林示范", "林*范"),
        ("name", "陈*例", "陈*例"),
        ("name", "w***@example.com", "w***@example.com"),
        ("mobile", "13900000002", "139****0002"),
        ("mobiles", ["13900000001", "139****0002"], "139****0001、139****0002"),
        ("mobiles", "13900000001, 13900000002", "139****0001, 139****0002"),
        ("domain", "13900000002.com", "13900000002.com"),
    ],
)
def test_no_complete_name_or_mobile_gets_into_a_message(name: str, value: object, said: str):
    assert format_value(name, value, "zh") == said


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        format_value("due", datetime(2026, 11, 27, 16, 20), "zh")  # noqa: DTZ001


@pytest.mark.parametrize("value", [object(), b"bytes", {"de": "Nein"}, None])
def test_a_value_without_words_is_refused(value: object):
    with pytest.raises(TypeError, match="{reason} cannot be said"):
        format_value("reason", value, "zh")


def test_every_possible_value_survives_storage():
    context = {
        "due": DUE,
        "from": date(2026, 12, 3),
        "left": timedelta(hours=6),
        "province": {"zh": "宁夏", "en": "Ningxia"},
        "reasons": ["一", {"zh": "二", "en": "two"}, ("label", "sentence")],
        "n": 3,
        "name": "陈*例",
        "nothing": None,
        "empty": {},
    }

    back = unpack(json.loads(json.dumps(pack(context))))

    assert back == {**context, "reasons": ["一", {"zh": "二", "en": "two"}, ["label", "sentence"]]}


def test_a_lazy_text_is_stored_in_both_languages():
    assert pack(gettext_lazy("ICP Filing")) == {"zh": "网站备案", "en": "ICP Filing"}


def test_a_value_json_cannot_represent_is_refused():
    with pytest.raises(TypeError, match="cannot lie in the outbox"):
        pack({"x": object()})


@pytest.mark.parametrize(
    ("language", "folder"), [("zh-hans", "zh"), ("zh", "zh"), ("ZH-CN", "zh"), ("en", "en"), ("", "en")]
)
def test_every_language_has_a_folder(language: str, folder: str):
    assert folder_of(language) == folder
