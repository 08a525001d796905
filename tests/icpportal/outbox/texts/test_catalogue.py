"""The texts of all messages: complete, short enough, and filled in correctly."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from icpportal.fields.language_marks import HAN
from icpportal.outbox.texts import catalogue
from icpportal.outbox.texts.catalogue import HeaderInjection, MissingWord, UnknownMessage, render
from icpportal.outbox.texts.mail_styles import TONES
from verification.models import PhotoPlace

# notified by moves of orders (transfers/orders/moves.py), and needed by the account pages
EVENTS = [
    "order_received", "order_received_again", "order_returned",
    "photo_requested", "photo_returned", "backdrop_posted", "backdrop_posted_early",
    "order_submitted",
    "confirm_phones", "phones_24h", "phones_6h", "phones_1h", "phones_extended", "order_with_authority",
    "report_problem", "report_delayed",
    "order_lapsed", "order_phones_failed", "order_approved", "order_returned_by_authority", "order_withdrawn",
    "order_refused",
    "draft_expired",
    "order_closed", "draft_reminder", "returned_reminder", "duty_reminder", "photo_reminder", "lapsed_reminder",
    "authority_return_reminder", "order_expired",
    "cancel_started", "cancel_cooling", "cancel_stopped", "cancel_received", "cancel_refused", "cancel_expired",
    "transfer_cancelled", "filing_deleted", "access_ended", "cancelled_for_cause",
    "imported_access_ended", "imported_filing_deleted",
    "import_done", "import_complete",
    "import_failed", "claim_received", "claim_accepted", "claim_declined", "reset_received", "reset_accepted",
    "consent_withdrawn", "consent_declined", "account_closed", "account_closed_duties", "data_export_ready",
    "correction_answered", "filing_password_tried",
    "objection_received", "objection_answered", "account_exists", "account_changed", "role_changed", "acts_alone",
    "staff_invited", "staff_added", "second_factor_reset", "second_factor_removed",
    "handover_offered", "handover_sent", "handover_accepted", "handover_declined", "handover_taken_back",
    "handover_returned",
    "alarm_opened", "alarm_over",
    "call_planned", "call_missed", "handover_failed", "backdrop_returned", "place_address", "place_closed",
]  # fmt: skip
# news without anything to do, sent by mail and on the site only
NOT_TEXTED = {
    "alarm_opened",
    "alarm_over",
    "call_planned",
    "order_received_again",
    "order_with_authority",
    "role_changed",
    "acts_alone",
    "staff_invited",
    "staff_added",
    "second_factor_reset",
    "second_factor_removed",
    "account_closed",
    "account_closed_duties",
    "data_export_ready",
    "correction_answered",
}
CODES = [
    "code_sign_up", "code_sign_in", "code_step_up", "code_reset", "code_email", "code_mobile", "code_cancel",
    "code_handover", "code_consent", "code_phone_proof", "code_find_account",
]  # fmt: skip
TYPED = ("name_zh", "name_en", "address_zh", "address_en", "hours_zh", "hours_en", "phone")
LANGUAGES = {"zh": "zh-hans", "en": "en"}
NAMED_IN = "w***@example.com"  # the account of an order in which the reader is only named
LINK = "https://beian.example.com/p/0123456789abcdefABCDEF"
LONGEST: dict[str, Any] = {
    "domain": "a-long-domain-name.example.com",
    "ref": "T7Q4-M2KX",
    "due": datetime(2026, 11, 27, 8, 20, tzinfo=UTC),
    "kept": datetime(2026, 11, 27, 8, 20, tzinfo=UTC),
    "time": datetime(2026, 11, 27, 8, 20, tzinfo=UTC),
    "until": datetime(2026, 11, 28, 8, 20, tzinfo=UTC),
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
    "about": "T7Q4-M2KX",
    "cause": "inventory.place:cn-beijing-finance-1",
    "says": {
        "zh": "无法确定订单所用服务器的所在地，报备等待。",
        "en": "Nobody knows where the server of an order stands.",
    },
    "act": {
        "zh": "更正 SERVER_PLACES 后，上报会自动继续。",
        "en": "Correct SERVER_PLACES: the report then goes by itself.",
    },
    "document": "docs/operations.md#alarm-inventoryplace",
    "seen": "T7Q4-M2KX · cn-beijing-finance-1",
    "opened": datetime(2026, 11, 25, 8, 10, tzinfo=UTC),
    "ended": datetime(2026, 11, 25, 8, 20, tzinfo=UTC),
    "by": "Gao Yang",
    "second": "Lin Shi",
    "colleague": "Lin Shi",
    "before": {"zh": "申请人、审核员", "en": "Applicant, Reviewer"},
    "after": {"zh": "审核主管、审核员", "en": "Lead reviewer, Reviewer"},
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
    "reasons": [
        {
            "label": {"zh": "网站信息 · 网站名称", "en": "Website details · Website name"},
            "reason": {"zh": "与证件一致", "en": "As on the document"},
            "words": "名称请写全",
            "note": {"zh": "会印在核验单上", "en": "It is printed on the statement"},
        },
    ],
    "parts": {"zh": "网站名称、主体负责人证件、真实性核验单", "en": "Website name, Subject lead's document, Statement"},
    "others": {"zh": "目前只能修改以下内容，其余内容尚未审核完毕。", "en": "Only the parts below can be changed now."},
    "authority_answer": "1018 1055 · 材料不清晰",
    "site": "hncainfo.miitbeian.gov.cn",
    "site_url": "http://hncainfo.miitbeian.gov.cn/",
    "mobiles_note": "",
    "duties": {"zh": "备案通过后仍须办理。", "en": "What is left to do after the approval is still your duty."},
    "number_note": "",
    "result": {"zh": "您的异议不成立，对方的订单继续办理", "en": "Your objection is not justified. The order goes on"},
    "answer": {"zh": "主办单位书面确认了本次接入", "en": "The company confirmed this transfer in writing"},
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


def test_every_event_has_texts_in_both_languages_for_each_of_its_channels():
    assert [name for name in EVENTS if not (catalogue.has(name, "email") and catalogue.has(name, "site"))] == []
    assert {name for name in EVENTS if not catalogue.has(name, "sms")} == NOT_TEXTED


@pytest.mark.parametrize("name", CODES)
def test_every_code_can_be_mailed_and_all_but_those_for_mail_can_be_texted(name: str):
    assert catalogue.has(name, "email")
    assert catalogue.has(name, "sms") is (name != "code_email")
    assert catalogue.is_secret(name)


def test_no_event_is_taken_for_a_code_but_a_link_as_good_as_one_and_the_last_word_to_somebody_erased():
    secret = ["account_closed", "account_closed_duties", "staff_invited"]
    assert [name for name in EVENTS if catalogue.is_secret(name)] == secret


@pytest.mark.parametrize(
    "name", ["nothing_of_the_kind", "_frame/../order_received", "../zh/order_received", "", "ORDER"]
)
def test_an_unknown_message_does_not_exist(name: str):
    assert catalogue.has(name) is False
    with pytest.raises(UnknownMessage):
        render(name, "sms", "zh-hans", LONGEST)


def test_only_the_three_channels_have_texts():
    assert catalogue.has("order_received", "authority") is False
    with pytest.raises(UnknownMessage, match="authority"):
        render("order_received", "authority", "en", LONGEST)


def test_both_languages_have_the_same_sections():
    for name in EVENTS + CODES:
        zh, en = (catalogue.sections(name, folder) for folder in LANGUAGES)

        assert list(zh) == list(en), name
        assert all((*zh.values(), *en.values())), name


def test_no_message_shouts_or_begs():
    unwanted = re.compile(r"[!！]|抱歉|对不起|\b(please|sorry|invalid)\b", re.IGNORECASE)
    found = {(name, folder): unwanted.findall(text) for name in EVENTS + CODES for folder, text in texts(name)}

    assert {place: words for place, words in found.items() if words} == {}


@pytest.mark.parametrize("section", catalogue.FILLED_IN)
def test_mails_and_notes_use_the_same_placeholders_in_both_languages(section: str):
    for name in EVENTS + CODES:
        zh, en = (catalogue.placeholders(name, folder, section) for folder in LANGUAGES)
        assert zh == en, name


# 18.1 lets the English text name the order where the Chinese one has no room, and spell out what 18.2 cannot
FREE_IN_TEXTS = {"ref", "due", "host", "phone", "province", "number", "n", "domain"}


def test_texts_use_the_same_placeholders_except_where_there_is_no_room():
    for name in EVENTS + CODES:
        zh, en = (catalogue.placeholders(name, folder, *catalogue.TEXTED) for folder in LANGUAGES)

        assert zh ^ en <= FREE_IN_TEXTS, name


@pytest.mark.parametrize("account", ["", NAMED_IN])
@pytest.mark.parametrize(
    ("language", "signature", "most"), [("zh-hans", "【网站备案】", 67), ("en", "[ICP Filing] ", 134)]
)
def test_a_text_message_fits_with_the_longest_values(language: str, signature: str, most: int, account: str):
    names = [name for name in EVENTS + CODES if name not in {"code_email", *NOT_TEXTED}]
    texts = {name: render(name, "sms", language, {**LONGEST, "account": account}).text for name in names}

    assert {name: text for name, text in texts.items() if not text.startswith(signature)} == {}
    assert {name: (len(text), text) for name, text in texts.items() if len(text) > most} == {}
    if language == "en":
        assert {name: text for name, text in texts.items() if han(text.replace(LONGEST["number"], ""))} == {}


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
def test_the_phone_test_states_code_and_time(language: str):
    with_link = render("code_phone_proof", "sms", language, {**LONGEST, "link": LINK}).text

    assert with_link.count("204816") == 2
    assert with_link.endswith("@beian.example.com #204816")


# --- filling in ------------------------------------------------------------------------------


def test_the_text_of_screens_md_is_reproduced_word_for_word():
    rendered = render("order_received", "sms", "zh-hans", {**LONGEST, "domain": "example.com"})

    assert rendered.text == "【网站备案】example.com 的备案订单已收到，我们在 11月27日16:20 前答复，请保持电话畅通。"
    assert (rendered.subject, rendered.html) == ("", "")


@pytest.mark.parametrize(
    ("domain", "shown"),
    [("a23456789.b2345", "a23456789.b2345"), ("a23456789.b23456", "a23456789.b234…"), ("中" * 20, "中" * 14 + "…")],
)
def test_a_domain_longer_than_fifteen_is_truncated_in_texts_only(domain: str, shown: str):
    context = {**LONGEST, "domain": domain}

    text = render("phones_1h", "sms", "en", context).text
    mail = render("order_received", "email", "en", context).text

    assert text.startswith(f"[ICP Filing] {shown}: 24 hours")
    assert f"your order for {domain} and" in mail


@pytest.mark.parametrize(("language", "most"), [("zh-hans", 18), ("en", 38)])
def test_a_reason_is_truncated_in_texts_only(language: str, most: int):
    exact, longer = "y" * most, "y" * (most + 1)

    kept = render("order_refused", "sms", language, {**LONGEST, "reason": exact}).text
    cut = render("order_refused", "sms", language, {**LONGEST, "reason": longer}).text
    mail = render("order_refused", "email", language, {**LONGEST, "reason": longer}).text

    assert exact in kept
    assert f"{'y' * (most - 1)}…" in cut
    assert longer not in cut
    assert longer in mail


def test_a_line_break_in_a_value_cannot_forge_the_last_line_of_a_text():
    reason = "bad\n@evil.example #000000"

    text = render("photo_returned", "sms", "en", {**LONGEST, "reason": reason}).text

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

    place = "sms" if channel == "sms" else "date"
    assert str(missing.value) == f"order_received (zh, {place}) needs {{due}}"


def test_a_value_that_looks_like_a_placeholder_stays_unchanged():
    text = render("order_refused", "email", "en", {**LONGEST, "reason": "{code} {0} {reason.__class__} %(x)s"}).text

    assert "> {code} {0} {reason.__class__} %(x)s\n" in text


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

ORDER_URL = "https://beian.example.com/transfers/T7Q4-M2KX/"


@time_machine.travel(LONGEST["opened"], tick=False)
def test_a_mail_says_what_happened_whose_turn_it_is_by_when_where_and_from_whom():
    rendered = render("order_lapsed", "email", "zh-hans", {**LONGEST, "domain": "example.com", "url": ORDER_URL})

    assert rendered.subject == "example.com 已退回：短信核验超时（订单 T7Q4-M2KX）"
    assert rendered.text.split("\n\n") == [
        "截至 11月27日16:20 仍未核验：139****0001、139****0002。订单已退回，内容和资料均已保留。"
        "没有变化的可原样重新提交，无需再次审核，随后会收到新的验证码。手机号已变更的，请先到原接入商变更备案。"
        "订单保留到 11月27日16:20（北京时间），之后关闭。",
        "待您办理 · 重新提交期限：北京时间11月27日16:20（周五）",
        f"重新提交订单: {ORDER_URL}",
        "订单 T7Q4-M2KX · example.com\n"
        "有疑问可在工作日 9:00–18:00（北京时间）拨打 400-000-0000，并告知订单号 T7Q4-M2KX。\n"
        "本邮件自动发送。我们不会通过邮件或电话索要密码和验证码。",
    ]


@time_machine.travel(LONGEST["opened"], tick=False)
def test_the_english_mail_says_the_same():
    blocks = render("order_lapsed", "email", "en", {**LONGEST, "url": ORDER_URL}).text.split("\n\n")

    assert blocks[0].startswith("Not verified by 27 Nov 16:20: 139****0001, 139****0002. The order is returned")
    assert blocks[1:] == [
        "Your turn · Resubmit by Fri 27 Nov, 16:20 Beijing time",
        f"Resubmit the order: {ORDER_URL}",
        "Order T7Q4-M2KX · a-long-domain-name.example.com\n"
        "Questions? Call 400-000-0000, working days 9:00–18:00 Beijing time, and quote T7Q4-M2KX.\n"
        "Sent automatically. We never ask for passwords or codes by mail or phone.",
    ]


def test_nobody_is_greeted_by_a_name_that_hides_their_own():
    text = render("photo_requested", "email", "en", {**LONGEST, "name": "陈样例", "addressee": "林*范"}).text

    assert "林" not in text
    assert not re.search(r"Dear|Hello", text)
    assert "website administrator 陈*例 is photographed" in text


def test_people_named_in_somebody_elses_order_read_whose_it_is():
    text = render("order_lapsed", "email", "en", {**LONGEST, "account": NAMED_IN}).text

    assert "You are named in this order. The account w***@example.com manages it. Only that account can open" in text
    assert "Resubmit the order: " not in text


@pytest.mark.parametrize(("template", "theirs"), [("order_lapsed", False), ("confirm_phones", True)])
def test_it_is_not_the_turn_of_who_is_named_and_cannot_open_the_order(template: str, theirs: bool):
    facts = {**LONGEST, "url": ORDER_URL, "account": NAMED_IN}
    mails = [render(template, "email", language, facts).text for language in ("en", "zh-hans")]

    assert ["Your turn" in mails[0], "待您办理" in mails[1]] == [theirs, theirs]
    assert ["The account that manages it acts next" in mails[0], "待办理账号处理" in mails[1]] == [not theirs] * 2


@pytest.mark.parametrize("language", LANGUAGES.values())
def test_every_message_says_whose_turn_it_is_and_links_to_the_page_to_act_on(language: str):
    for name in EVENTS:
        mail = render(name, "email", language, {**LONGEST, "url": ORDER_URL})

        assert mail.mail.turn in TONES, name
        assert mail.mail.turn_words, name
        assert f"{mail.button}: {ORDER_URL}" in mail.text, name


def test_it_is_the_same_persons_turn_in_both_languages():
    turns = {name: {catalogue.sections(name, folder)["turn"] for folder in LANGUAGES} for name in EVENTS}

    assert {name: turn for name, turn in turns.items() if len(turn) > 1} == {}


@pytest.mark.parametrize("folder", LANGUAGES)
def test_the_words_of_a_mail_do_not_point_up_to_the_time_below_them(folder: str):
    bodies = {name: catalogue.sections(name, folder).get("body", "") for name in EVENTS}
    assert [name for name, body in bodies.items() if re.search("time above|上述时间", body)] == []


@pytest.mark.parametrize("name", [name for name in EVENTS if "_reminder" in name or name.startswith("phones_")])
@time_machine.travel(LONGEST["opened"], tick=False)
def test_every_reminder_states_its_deadline(name: str):
    assert "by Fri 27 Nov, 16:20 Beijing time" in render(name, "email", "en", LONGEST).mail.due


@pytest.mark.parametrize("empty", [{}, {"ref": "", "name": "", "url": ""}])
def test_a_mail_with_a_code_has_no_order_and_no_button(empty: dict[str, str]):
    rendered = render("code_sign_up", "email", "en", {"code": "204816", **empty})

    assert rendered.subject == "Code 204816"
    assert rendered.text.split("\n\n") == [
        "204816",
        "To create an account, valid for 10 minutes. "
        "If you did not ask for it, ignore this code and call 400-000-0000.",
        "Questions? Call 400-000-0000, working days 9:00–18:00 Beijing time.\n"
        "Sent automatically. We never ask for passwords or codes by mail or phone.",
    ]
    assert "<a " not in rendered.html


def test_the_link_of_a_mail_works_without_its_text(settings):
    settings.PUBLIC_BASE_URL = "https://beian.example.com/"

    text = render("order_lapsed", "email", "en", LONGEST).text

    assert f"Resubmit the order: {ORDER_URL}" in text


def test_changes_to_make_are_listed_with_reason_own_words_and_hint():
    rendered = render("order_returned", "email", "en", LONGEST)

    assert (
        "1. Website details · Website name\n   As on the document\n"
        "   “名称请写全”\n   It is printed on the statement\n\n"
    ) in rendered.text
    for words in ("Website details · Website name", "As on the document", "It is printed on the statement"):
        assert f">{words}</p>" in rendered.html
    assert rendered.mail.preview == "Website details · Website name"


def test_lines_queued_before_parts_were_listed_are_still_shown():
    rendered = render("order_returned", "email", "zh-hans", {**LONGEST, "reasons": {"zh": "- 甲\n- 乙", "en": "- a"}})

    assert "- 甲\n- 乙" in rendered.text
    assert "- 甲<br>- 乙" in rendered.html


def test_a_return_queued_by_an_earlier_release_is_still_sent():
    context = {name: value for name, value in LONGEST.items() if name not in {"kept", "parts", "others"}}

    assert "Only the parts below can be changed now. Resubmit" in render("order_returned", "email", "en", context).text
    assert "Resubmit by the date on its page" in render("order_returned", "email", "en", context).text
    assert "see the order page" in render("order_returned", "sms", "en", context).text


def test_values_in_the_html_part_are_escaped_and_only_our_own_links_are_links(settings):
    settings.PUBLIC_BASE_URL = "https://beian.example.com"
    context = {
        **LONGEST,
        "reason": '<a href="https://evil.example">A&B</a>',
        "url": "https://beian.example.com/?a=1&b=2",
    }

    html = render("order_refused", "email", "zh-hans", context).html

    assert "&lt;a href=&quot;https://evil.example&quot;&gt;A&amp;B&lt;/a&gt;" in html
    assert re.findall(r'<a [^>]*href="([^"]*)"', html) == [
        "https://beian.example.com/?a=1&amp;b=2",
        "https://beian.example.com/?a=1&amp;b=2",
        "https://beian.example.com/messages/settings/",
    ]
    assert '<html lang="zh-Hans">' in html


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example"])
def test_an_address_of_another_kind_is_no_link(url: str):
    rendered = render("photo_returned", "email", "en", {**LONGEST, "url": url})

    assert url not in rendered.html
    assert url not in rendered.text


def test_chinese_words_in_an_english_mail_are_marked():
    html = render("confirm_phones", "email", "en", LONGEST).html

    assert 'choose <span lang="zh-Hans">备案短信核验</span>.' in html
    unmarked = re.sub(r'<span lang="zh-Hans">[^<]*</span>|<td [^>]*lang="zh-Hans"[^>]*>[^<]*</td>', "", html)
    assert han(unmarked) == 0


@pytest.mark.parametrize("language", LANGUAGES.values())
def test_the_note_on_the_site_is_the_body_of_the_mail(language: str):
    for name in EVENTS:
        note, mail = render(name, "site", language, LONGEST), render(name, "email", language, LONGEST)

        assert note.subject == mail.subject, name
        assert f"{note.text}\n\n" in mail.text, name
        assert (note.button, note.url, note.mail) == (mail.button, mail.url, mail.mail), name


@pytest.mark.parametrize("language", LANGUAGES.values())
def test_a_subject_about_an_order_names_its_domain_so_that_thirty_orders_are_told_apart(language: str):
    words = {**LONGEST, "domain": "one-of-thirty.example"}

    subjects = {name: render(name, "email", language, words).subject for name in EVENTS}

    about_orders = [each for each in subjects.values() if str(LONGEST["ref"]) in each]
    assert [each for each in about_orders if "one-of-thirty.example" not in each] == []
    assert len(about_orders) > 30


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
def test_a_message_that_would_mislead_later_states_its_validity(name: str, until: datetime | None):
    assert catalogue.good_until(name, LONGEST, now=NOW) == until


def test_both_languages_are_valid_for_the_same_time():
    for name in EVENTS + CODES:
        zh, en = (catalogue.sections(name, folder).get("good_for") for folder in LANGUAGES)

        assert zh == en, name
        reminds = name.startswith("phones_") or name.endswith("_reminder")
        assert (zh is not None) is (name in CODES or reminds), name


@pytest.mark.parametrize("name", ["confirm_phones", "order_phones_failed"])
def test_messages_agree_on_how_many_wrong_codes_end_the_verification(name: str):
    """One said five, the others and the page six."""
    assert "more than 5 wrong codes" in catalogue.sections(name, "en")["body"]
    assert "输错超过 5 次" in catalogue.sections(name, "zh")["body"]


def test_only_what_a_channel_needs_is_stored_on_the_row():
    assert catalogue.words_needed("order_received", "sms") == {"domain", "due", "ref", "link", "account"}
    assert catalogue.words_needed("order_received", "site") == {
        "domain", "due", "mobile", "ref", "account", "url", "hours", "callers",
    }  # fmt: skip


@pytest.mark.parametrize(("folder", "whole"), [("en", "One two three"), ("zh", "一二三")])
def test_wrapped_lines_of_a_file_are_joined(folder, whole, tmp_path, monkeypatch):
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    (tmp_path / folder).mkdir()
    wrapped = {"en": "One two\n  three", "zh": "一二\n  三"}[folder]
    (tmp_path / folder / "wrapped_once.txt").write_text(f"subject: Wrapped\nbody:\n{wrapped}\nNext line\n", "utf-8")

    assert catalogue.sections("wrapped_once", folder)["body"] == f"{whole}\nNext line"
