"""The texts of all messages: complete, short enough, and filled in without surprises."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from icpportal.entry.marks import HAN
from icpportal.outbox import catalogue
from icpportal.outbox.catalogue import HeaderInjection, MissingWord, UnknownMessage, render
from verification.models import PhotoPlace

# the transition table of architecture §4, screens.md §18, and what the account pages need
EVENTS = [
    "order_received", "order_returned", "photo_wanted", "photo_again", "backdrop_posted", "order_handed_over",
    "confirm_phones", "phones_24h", "phones_6h", "phones_1h", "with_authority", "we_are_clearing_this_up",
    "report_waits",
    "order_lapsed", "order_approved", "order_turned_down", "order_withdrawn", "order_refused", "draft_expired",
    "order_closed", "draft_waits", "returned_waits", "duty_waits", "photo_waits", "lapsed_waits",
    "turned_down_waits", "order_expired",
    "cancel_started", "cancel_received", "cancel_refused", "transfer_cancelled", "cancelled_for_cause",
    "import_done",
    "import_failed", "claim_received", "claim_accepted", "claim_declined", "reset_received", "reset_accepted",
    "objection_received", "account_exists", "account_changed",
    "handover_offered", "handover_sent", "handover_accepted", "handover_declined", "handover_taken_back",
    "handover_overtaken", "backdrop_came_back", "place_address", "place_closed",
]  # fmt: skip
CODES = [
    "code_sign_up", "code_sign_in", "code_step_up", "code_reset", "code_email", "code_mobile", "code_cancel",
    "code_handover", "code_consent", "code_phone_proof", "code_find_account",
]  # fmt: skip
TYPED = ("name_zh", "name_en", "address_zh", "address_en", "hours_zh", "hours_en", "phone")
LANGUAGES = {"zh": "zh-hans", "en": "en"}
LINK = "https://beian.example.com/p/0123456789abcdefABCDEF"
LONGEST: dict[str, Any] = {
    "domain": "a-long-domain-name.example.com",
    "ref": "T7Q4-M2KX",
    "due": datetime(2026, 11, 27, 8, 20, tzinfo=UTC),
    "kept": datetime(2026, 11, 27, 8, 20, tzinfo=UTC),
    "time": datetime(2026, 11, 27, 8, 20, tzinfo=UTC),
    "n": 12,
    "m": 12,
    "number": "宁ICP备00000000号-1",
    "photo_how": {"zh": "上半身居中，背景为我们的幕布。", "en": "upper body, centred, our backdrop behind."},
    "province": {"zh": "内蒙古", "en": "Inner Mongolia"},
    "reason": "x" * 60,
    "courier": {"zh": "顺丰", "en": "SF Express"},
    "tracking": "SF0000000000000",
    "code": "204816",
    "host": "beian.example.com",
    "phone": "400-000-0000",
    "what": {"zh": "登录密码", "en": "password"},
    "giver": "l***@example.com",
    "taker": "c***@example.com",
    "instance": "i-example0001",
    "place": {"zh": "银川市示例拍照点", "en": "Yinchuan sample place"},
    "address": {"zh": "宁夏银川市金凤区示例路1号", "en": "1 Sample Road, Yinchuan"},
    "opening": {"zh": "周一至周五 9–17 点", "en": "Mon–Fri 9–17"},
    "place_phone": "0951-0000-001",
    "name": "陈*例",
    "mobile": "139****0002",
    "left": {"zh": "24 小时", "en": "24 hours"},
    "mobiles": ["139****0001", "139****0002"],
    "reasons": ["网站名称：与证件一致"],
    "authority_code": "1018 1055",
    "authority_words": "材料不清晰",
    "site": "hncainfo.miitbeian.gov.cn",
    "site_url": "http://hncainfo.miitbeian.gov.cn/",
    "mobiles_note": "",
    "from": date(2026, 12, 3),
    "to": date(2026, 12, 24),
}


def texts(name: str) -> list[tuple[str, str]]:
    return [(folder, (catalogue.FOLDER / folder / f"{name}.txt").read_text()) for folder in LANGUAGES]


def han(text: str) -> int:
    return len(re.findall(f"[{HAN}]", text))


def test_the_catalogue_is_exactly_what_events_and_codes_need():
    assert catalogue.names() == sorted(EVENTS + CODES)
    assert sorted(path.stem for path in (catalogue.FOLDER / "en").glob("*.txt")) == sorted(
        [*EVENTS, *CODES, catalogue.FRAME]
    )


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_is_written_for_every_channel_in_both_languages(name: str):
    assert [catalogue.has(name, channel) for channel in ("sms", "email", "site")] == [True, True, True]


@pytest.mark.parametrize("name", CODES)
def test_every_code_can_be_mailed_and_all_but_the_mails_own_can_be_texted(name: str):
    assert catalogue.has(name, "email")
    assert catalogue.has(name, "sms") is (name != "code_email")
    assert catalogue.is_secret(name)


@pytest.mark.parametrize("name", EVENTS)
def test_no_event_is_taken_for_a_code(name: str):
    assert not catalogue.is_secret(name)


@pytest.mark.parametrize(
    "name", ["nothing_of_the_kind", "_frame/../order_received", "../zh/order_received", "", "ORDER"]
)
def test_what_is_not_written_down_is_not_there(name: str):
    assert catalogue.has(name) is False
    with pytest.raises(UnknownMessage):
        render(name, "sms", "zh-hans", LONGEST)


def test_no_channel_but_the_three_has_words():
    assert catalogue.has("order_received", "authority") is False
    with pytest.raises(UnknownMessage, match="authority"):
        render("order_received", "authority", "en", LONGEST)


@pytest.mark.parametrize("name", EVENTS + CODES)
def test_both_languages_have_the_same_sections(name: str):
    zh, en = (catalogue.sections(name, folder) for folder in LANGUAGES)

    assert list(zh) == list(en)
    assert all(zh.values())
    assert all(en.values())


@pytest.mark.parametrize("name", EVENTS + CODES)
def test_no_message_shouts_or_begs(name: str):
    for folder, text in texts(name):
        assert not re.search(r"[!！]", text), folder
        assert not re.search(r"抱歉|对不起|\b(please|sorry|invalid)\b", text, re.IGNORECASE), folder


@pytest.mark.parametrize("name", EVENTS + CODES)
def test_mails_and_notes_use_the_same_placeholders_in_both_languages(name: str):
    for section in ("subject", "body"):
        zh, en = (catalogue.placeholders(name, folder, section) for folder in LANGUAGES)
        assert zh == en


# 18.1 lets the English text name the order where the Chinese one has no room, and spell out what 18.2 cannot
FREE_IN_TEXTS = {"ref", "due", "host", "phone", "province", "number", "n", "domain"}


@pytest.mark.parametrize("name", EVENTS + CODES)
def test_texts_use_the_same_placeholders_but_for_room(name: str):
    zh, en = (catalogue.placeholders(name, folder, "sms", "sms_link") for folder in LANGUAGES)

    assert zh ^ en <= FREE_IN_TEXTS


@pytest.mark.parametrize("name", [name for name in EVENTS + CODES if name != "code_email"])
def test_a_text_message_fits_with_the_longest_words(name: str):
    zh, en = (render(name, "sms", language, LONGEST).text for language in LANGUAGES.values())

    assert zh.startswith("【网站备案】")
    assert en.startswith("[ICP Filing] ")
    assert (len(zh) <= 67, len(en) <= 134) == (True, True), (len(zh), zh, len(en), en)
    assert han(en.replace(LONGEST["number"], "")) == 0


def test_the_longest_address_of_a_place_that_staff_can_type_fits_into_three_parts():
    most = {name: PhotoPlace._meta.get_field(name).max_length for name in TYPED}
    zh_words = {
        "place": "点" * most["name_zh"],
        "address": "路" * most["address_zh"],
        "opening": "时" * most["hours_zh"],
    }
    en_words = {"place": "p" * most["name_en"], "address": "a" * most["address_en"], "opening": "h" * most["hours_en"]}
    phone = {"place_phone": "0" * most["phone"]}

    zh = render("place_address", "sms", "zh-hans", {**LONGEST, **zh_words, **phone}).text
    en = render("place_address", "sms", "en", {**LONGEST, **en_words, **phone}).text

    assert (len(zh) <= 3 * 67, len(en) <= 306) == (True, True), (len(zh), len(en))


def test_the_proof_with_a_link_fits_into_two_parts():
    zh, en = (render("code_phone_proof", "sms", lang, {**LONGEST, "link": LINK}).text for lang in LANGUAGES.values())

    assert (len(zh) <= 134, len(en) <= 306) == (True, True), (len(zh), len(en))
    assert LINK in zh
    assert LINK in en


@pytest.mark.parametrize("name", [name for name in CODES if name != "code_email"])
@pytest.mark.parametrize("language", LANGUAGES.values())
def test_a_code_by_text_ends_with_the_line_that_binds_it_to_the_site(name: str, language: str):
    text = render(name, "sms", language, LONGEST).text

    assert text.splitlines()[-1] == "@beian.example.com #204816"
    assert text.count("204816") == 2


@pytest.mark.parametrize("language", LANGUAGES.values())
def test_the_proof_of_a_phone_says_code_and_time(language: str):
    with_link = render("code_phone_proof", "sms", language, {**LONGEST, "link": LINK}).text

    assert with_link.count("204816") == 2
    assert with_link.endswith("@beian.example.com #204816")


# --- filling in ------------------------------------------------------------------------------


def test_the_text_of_screens_md_comes_out_word_for_word():
    rendered = render("order_received", "sms", "zh-hans", {**LONGEST, "domain": "example.com"})

    assert rendered.text == "【网站备案】example.com 的备案订单已收到，我们在 11月27日16:20 前答复，请保持电话畅通。"
    assert (rendered.subject, rendered.html) == ("", "")


@pytest.mark.parametrize(
    ("domain", "shown"),
    [("a23456789.b2345", "a23456789.b2345"), ("a23456789.b23456", "a23456789.b234…"), ("中" * 20, "中" * 14 + "…")],
)
def test_a_domain_over_fifteen_is_cut_in_texts_only(domain: str, shown: str):
    context = {**LONGEST, "domain": domain}

    text = render("phones_1h", "sms", "en", context).text
    mail = render("order_received", "email", "en", context).text

    assert text.startswith(f"[ICP Filing] {shown}: 24 hours")
    assert f"your filing order for {domain} and" in mail


@pytest.mark.parametrize(("language", "most"), [("zh-hans", 18), ("en", 38)])
def test_a_reason_is_cut_in_texts_only(language: str, most: int):
    exact, longer = "y" * most, "y" * (most + 1)

    kept = render("photo_again", "sms", language, {**LONGEST, "reason": exact}).text
    cut = render("photo_again", "sms", language, {**LONGEST, "reason": longer}).text
    mail = render("photo_again", "email", language, {**LONGEST, "reason": longer}).text

    assert exact in kept
    assert f"{'y' * (most - 1)}…" in cut
    assert longer not in cut
    assert longer in mail


def test_a_line_break_in_a_value_cannot_forge_the_last_line_of_a_text():
    reason = "bad\n@evil.example #000000"

    text = render("photo_again", "sms", "en", {**LONGEST, "reason": reason}).text

    assert "\n" not in text
    assert "bad @evil.example #000000" in text


@pytest.mark.parametrize("break_", ["\r", "\n", "\r\n", "\x00", "\u2028", "\u0085"])
@pytest.mark.parametrize("channel", ["email", "site"])
def test_a_line_break_in_a_subject_is_refused(break_: str, channel: str):
    with pytest.raises(HeaderInjection):
        render("order_approved", channel, "en", {**LONGEST, "domain": f"example.com{break_}Bcc: all@example.com"})


@pytest.mark.parametrize("channel", ["sms", "email", "site"])
def test_a_missing_word_is_named_with_its_message_and_place(channel: str):
    context = {name: value for name, value in LONGEST.items() if name != "due"}

    with pytest.raises(MissingWord) as missing:
        render("order_received", channel, "zh-hans", context)

    place = "sms" if channel == "sms" else "body"
    assert str(missing.value) == f"order_received (zh, {place}) needs {{due}}"


def test_a_value_that_looks_like_a_placeholder_stays_as_it_is():
    text = render("photo_again", "email", "en", {**LONGEST, "reason": "{code} {0} {reason.__class__} %(x)s"}).text

    assert "because: {code} {0} {reason.__class__} %(x)s. Take it again" in text


def test_host_and_phone_are_the_portals_own_unless_given(settings):
    settings.PUBLIC_BASE_URL, settings.PROVIDER_HOTLINE = "https://filing.example.net", "400-111-1111"
    context = {"code": "204816", "domain": "example.com", "ref": "R", "due": LONGEST["due"], "left": "1 hour"}

    code = render("code_sign_in", "sms", "en", context).text
    call = render("phones_1h", "sms", "en", context).text

    assert code.endswith("@filing.example.net #204816")
    assert "call 400-111-1111" in call


def test_the_signature_is_a_setting(settings):
    settings.SMS_SIGNATURE_ZH, settings.SMS_SIGNATURE_EN = "示例", "Sample"

    zh, en = (render("phones_1h", "sms", language, LONGEST).text for language in LANGUAGES.values())

    assert (zh[:4], en[:9]) == ("【示例】", "[Sample] ")


# --- mails -----------------------------------------------------------------------------------


def test_a_mail_has_the_frame_of_screens_md():
    context = {
        **LONGEST,
        "domain": "example.com",
        "name": "王*人",
        "url": "https://beian.example.com/transfers/T7Q4-M2KX/",
    }

    rendered = render("order_lapsed", "email", "zh-hans", context)

    assert rendered.subject == "订单 T7Q4-M2KX 已退回：短信核验超时"
    assert rendered.text.split("\n\n") == [
        "王*人，您好：",
        "截至 11月27日16:20 仍未确认：139****0001、139****0002。订单已退回，内容和资料都在。没有变化可原样重新提交，"
        "不用再审核，随后会收到新的验证码。手机号已变，请先在原接入商变更备案。"
        "订单保留到 11月27日16:20（北京时间），之后关闭。",
        "订单 T7Q4-M2KX · example.com\n查看：https://beian.example.com/transfers/T7Q4-M2KX/",
        "本邮件自动发送。我们不会在邮件或电话里索要密码和验证码。帮助：400-000-0000",
    ]


def test_the_english_frame_says_the_same():
    context = {**LONGEST, "name": "W*g", "url": "https://beian.example.com/o/"}

    blocks = render("order_lapsed", "email", "en", context).text.split("\n\n")

    assert blocks[0] == "Dear W*g,"
    assert blocks[2] == "Order T7Q4-M2KX · a-long-domain-name.example.com\nSee it at https://beian.example.com/o/"
    assert blocks[3] == "Sent automatically. We never ask for passwords or codes by mail or phone. Help: 400-000-0000"


def test_nobody_is_greeted_by_the_name_of_the_person_the_mail_speaks_of():
    about_chen = render("photo_wanted", "email", "en", {**LONGEST, "name": "陈样例"}).text
    to_lin = render("photo_wanted", "email", "en", {**LONGEST, "name": "陈样例", "addressee": "林示范"}).text

    assert about_chen.startswith("Hello,\n\n")
    assert to_lin.startswith("Dear 林*范,\n\n")
    assert "website administrator 陈*例 is photographed" in about_chen


@pytest.mark.parametrize("empty", [{}, {"ref": "", "name": "", "url": ""}])
def test_a_mail_about_no_order_has_no_order_in_its_frame(empty: dict[str, str]):
    rendered = render("code_sign_up", "email", "en", {"code": "204816", **empty})

    assert rendered.subject == "Code 204816"
    assert rendered.text.split("\n\n") == [
        "Hello,",
        "204816",
        "For signing up, valid 10 minutes. If this was not you, ignore it and call 400-000-0000.",
        "Sent automatically. We never ask for passwords or codes by mail or phone. Help: 400-000-0000",
    ]


def test_the_link_of_a_mail_leads_to_the_order_by_itself(settings, monkeypatch):
    settings.PUBLIC_BASE_URL = "https://beian.example.com/"
    monkeypatch.setattr(catalogue, "reverse", lambda name, args: f"/{name}/{args[0]}/")

    text = render("order_lapsed", "email", "en", LONGEST).text

    assert "See it at https://beian.example.com/order/T7Q4-M2KX/" in text


def test_each_reason_stands_on_its_own_line():
    reasons = ["网站名称：与证件一致", "手机：填写本人号码"]

    rendered = render("order_returned", "email", "zh-hans", {**LONGEST, "reasons": reasons})

    assert "需要修改：\n网站名称：与证件一致\n手机：填写本人号码\n只需修改" in rendered.text
    assert "需要修改：<br>网站名称：与证件一致<br>手机：填写本人号码<br>只需修改" in rendered.html


def test_values_in_the_html_part_are_escaped_and_only_our_own_link_can_be_pressed():
    context = {
        **LONGEST,
        "reason": '<a href="https://evil.example">A&B</a>',
        "url": "https://beian.example.com/?a=1&b=2",
    }

    html = render("photo_again", "email", "zh-hans", context).html

    assert "&lt;a href=&quot;https://evil.example&quot;&gt;A&amp;B&lt;/a&gt;" in html
    assert re.findall(r"<a [^>]*>", html) == ['<a href="https://beian.example.com/?a=1&amp;b=2">']
    assert '<html lang="zh-Hans">' in html


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example"])
def test_an_address_of_another_kind_is_text_and_no_link(url: str):
    html = render("photo_again", "email", "en", {**LONGEST, "url": url}).html

    assert "<a " not in html


def test_chinese_words_in_an_english_mail_are_marked():
    html = render("confirm_phones", "email", "en", LONGEST).html

    assert 'open <span lang="zh-Hans">备案短信核验</span> and enter' in html
    unmarked = re.sub(r'<span lang="zh-Hans">[^<]*</span>', "", html)
    assert han(unmarked) == 0


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("language", LANGUAGES.values())
def test_the_note_on_the_site_is_the_body_of_the_mail(name: str, language: str):
    note, mail = render(name, "site", language, LONGEST), render(name, "email", language, LONGEST)

    assert note.subject == mail.subject
    assert f"\n\n{note.text}\n\n" in mail.text
    assert note.html == ""


# --- how long it is good ---------------------------------------------------------------------

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "until"),
    [
        ("code_sign_up", NOW + timedelta(minutes=10)),
        ("code_phone_proof", NOW + timedelta(minutes=10)),
        ("code_consent", NOW + timedelta(hours=24)),
        ("phones_1h", LONGEST["due"]),
        ("order_lapsed", None),
    ],
)
def test_a_message_that_would_only_mislead_later_says_until_when_it_is_good(name: str, until: datetime | None):
    assert catalogue.good_until(name, LONGEST, now=NOW) == until


@pytest.mark.parametrize("name", EVENTS + CODES)
def test_both_languages_are_good_for_the_same_time(name: str):
    zh, en = (catalogue.sections(name, folder).get("good_for") for folder in LANGUAGES)

    assert zh == en
    reminds = name.startswith("phones_") or (name.endswith("_waits") and name != "report_waits")
    assert (zh is not None) is (name in CODES or reminds)


def test_only_what_a_channel_needs_is_kept_on_the_row():
    assert catalogue.words_needed("order_received", "sms") == {"domain", "due", "ref", "link"}
    assert catalogue.words_needed("order_received", "site") == {
        "domain", "due", "mobile", "ref", "name", "addressee", "url", "hours", "callers",
    }  # fmt: skip
