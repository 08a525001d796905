"""Who is notified of what: important news is sent by mail and text, to everybody concerned."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from icpportal.gateways.miit.types import Answer, AnswerKind
from icpportal.lifecycle import REVIEWER
from icpportal.outbox.models import Message
from icpportal.outbox.texts import catalogue
from icpportal.outbox.texts.message_content import content_of
from tests.icpportal.outbox.texts.test_catalogue import LONGEST
from tests.transfers import states
from tests.transfers.builders import administrator_answers, fire, make_order, make_reviewer, make_user
from transfers.authority.results import take_answer
from transfers.models import Order
from transfers.orders import queries
from transfers.orders.machine import ORDER
from transfers.orders.moves import MOVES
from transfers.review.actions import accept_photo

pytestmark = pytest.mark.django_db
LEAD, ADMINISTRATOR = "13900000001", "13900000002"


def addresses_of(order: Order, template: str) -> dict[str, list[str]]:
    """Addresses by channel; the note on the site is the account's."""
    found: dict[str, list[str]] = {"email": [], "sms": [], "site": []}
    for message in Message.objects.filter(template=template, reference=order.reference):
        found[message.channel].append(message.payload["to"])
    return {channel: sorted(addresses) for channel, addresses in found.items()}


def sent(template: str, channel: str) -> QuerySet[Message]:
    return Message.objects.filter(template=template, channel=channel)


def read(template: str) -> str:
    """The mail as sent."""
    return content_of(Message.objects.filter(template=template, channel="email").earliest("created_at")).words.text


def everybody(order: Order, *, administrator: bool = True) -> dict[str, list[str]]:
    mails = [order.owner.email, "lin@example.com", *(["chen@example.com"] if administrator else [])]
    texts = [order.owner.mobile, LEAD, *([ADMINISTRATOR] if administrator else [])]
    return {"email": sorted(mails), "sms": sorted(texts), "site": [str(order.owner.pk)]}


def answer(order: Order, kind: AnswerKind, **facts: Any) -> Answer:
    return Answer(id=f"a-{order.reference}", kind=kind, report_key=order.report_key, at=timezone.now(), **facts)


def order_of(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def test_an_accepted_photo_queues_the_report_and_notifies_both_by_mail_and_text() -> None:
    order = make_order(state=states.PHOTO_REVIEW)

    accept_photo(order, make_reviewer())

    assert Message.objects.filter(channel="authority").count() == 1
    assert addresses_of(order, "order_submitted") == everybody(order, administrator=False)


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Details, documents and photo"), ("zh-hans", "信息、资料和照片均已")]
)
@pytest.mark.parametrize("accepted", ["papers", "photo"])
def test_who_changed_papers_after_their_photo_was_accepted_reads_that_all_is_accepted_and_not_only_the_photo(
    accepted: str, language: str, said: str
) -> None:
    """The mail about the review of changed papers said "The photo is accepted", which was old news."""
    order = make_order(state=states.PHOTO_REVIEW if accepted == "photo" else states.SUBMITTED)
    type(order.owner).objects.filter(pk=order.owner_id).update(language=language)
    order = order_of(order)
    if accepted == "photo":
        accept_photo(order, make_reviewer())
    else:
        facts = queries.facts_of(order)
        order.photo_accepted_for = str(facts["administrator_key"])
        fire(order, "accept", REVIEWER, facts=facts)

    sent = Message.objects.filter(template="order_submitted", user=order.owner_id)
    mail, text = (content_of(sent.get(channel=channel)).words.text for channel in ("email", "sms"))
    assert said in mail
    assert ("photo" in text, "照片" in text) == (False, False)


@pytest.mark.parametrize(
    ("kind", "template"),
    [(AnswerKind.GRANTED, "order_approved"), (AnswerKind.TURNED_DOWN, "order_returned_by_authority")],
)
def test_either_result_is_sent_by_mail_and_text_to_everybody_once(kind: AnswerKind, template: str) -> None:
    order = make_order(state=states.AUTHORITY_REVIEW)
    facts = {"subject_number": "宁ICP备00000000号", "site_number": "宁ICP备00000000号-1"}
    result = answer(order, kind, **(facts if kind == AnswerKind.GRANTED else {"code": "1018", "words": "密码错误"}))

    take_answer(result)
    take_answer(result)

    assert addresses_of(order, template) == everybody(order)


def test_people_who_must_confirm_a_phone_are_told_by_mail_and_text_of_the_five_minutes_and_the_48_hours() -> None:
    order = make_order(state=states.HANDING_OVER, province="12")
    sent_at = timezone.now().replace(microsecond=0)

    take_answer(answer(order, AnswerKind.ACCEPTED, sent_at=sent_at))

    assert addresses_of(order, "confirm_phones") == everybody(order)
    text = read("confirm_phones")
    assert "Within 5 minutes the ministry texts a 6-digit code to the phones on the filing" in text
    assert "After the deadline, or after more than 5 wrong codes, the order is returned." in text
    assert order_of(order).due_at == sent_at + timedelta(hours=48)


def test_the_end_of_a_transfer_is_sent_to_everybody_with_urgent_advice() -> None:
    order = make_order(state=states.AUTHORITY_REVIEW, kind=states.CANCELLATION)

    ORDER.apply(order, "ended", by="authority", facts=queries.facts_of(order))

    assert addresses_of(order, "transfer_cancelled") == everybody(order)
    text = read("transfer_cancelled")
    assert "stays valid" in text
    assert "Transfer to a new provider at once" in text


def test_who_was_warned_of_a_cancellation_on_each_number_reads_there_that_the_authority_refused_it() -> None:
    people = {"administrator": administrator_answers(admin_name="林示范", admin_email="lin@example.com")}
    order = make_order(state=states.AUTHORITY_REVIEW, kind=states.CANCELLATION, answers=people)

    take_answer(answer(order, AnswerKind.TURNED_DOWN, code="1025", words="仅剩一个接入"))

    told_of_it = addresses_of(order, "cancel_refused")
    assert told_of_it["sms"] == sorted([order.owner.mobile, LEAD, ADMINISTRATOR])
    assert told_of_it["email"] == sorted([order.owner.email, "lin@example.com"])
    assert "You can ask again" not in read("cancel_refused")


@pytest.mark.parametrize(
    ("name", "mobile", "reads"),
    [
        ("陈样例", ADMINISTRATOR, "zh-hans"),
        ("阿不都热合曼·买买提", ADMINISTRATOR, "zh-hans"),
        ("John Smith", ADMINISTRATOR, "en"),
        ("陈样例", "13800000088", "en"),  # the account's own phone
    ],
)
def test_who_is_named_in_chinese_reads_chinese_whatever_the_account_reads(name: str, mobile: str, reads: str) -> None:
    owner = make_user(mobile="13800000088", language="en")
    people = {"administrator": administrator_answers(admin_name=name, admin_phone1=mobile)}
    order = make_order(owner, state=states.AUTHORITY_REVIEW, kind=states.CANCELLATION, answers=people)

    ORDER.apply(order, "ended", by="authority", facts=queries.facts_of(order))

    told = Message.objects.filter(template="transfer_cancelled", channel="sms")
    spoken = {message.payload["to"]: message.payload["language"] for message in told}
    assert spoken == {owner.mobile: "en", LEAD: "zh-hans", mobile: reads}


# told to people who have no account and did nothing; a move sends the others
TO_OTHERS = sorted(
    {"cancel_started", "cancel_cooling", "consent_withdrawn"}
    | {row.notify for row in MOVES if len(row.audience) > 1 and row.notify}
)
OWN_ACT = re.compile(
    r"You (withdrew|\w+ed)\b|[Ii]f (it was not you|you did not do this,)|Not you|非本人操作(?!且)|您\w{2,4}了"
)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("template", TO_OTHERS)
def test_nobody_is_told_that_they_did_what_the_account_did(template: str, language: str) -> None:
    written = " ".join(catalogue.sections(template, language).values())

    assert OWN_ACT.findall(written) == []


# what only the account that manages an order can do
NOT_THEIRS = re.compile(
    r"[Ss]ign in|\bat beian\.|[Rr]esubmit it (at|as it is|unchanged)|, then resubmit|returned to you|the order page\b"
    r"|[Yy]ou can (now|start)|Three things are left"
    r"|登录|可原样重新提交|请重新提交|请[^，。]*上传|订单页|现在可以解析|接下来请"
)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("template", [name for name in TO_OTHERS if name != "consent_withdrawn"])
def test_people_named_in_an_order_are_not_told_to_do_what_only_its_account_can(template: str, language: str) -> None:
    words = {**LONGEST, "account": "w***@example.com"}
    channels = [channel for channel in ("sms", "email") if catalogue.has(template, channel)]
    written = " ".join(catalogue.render(template, channel, language, words).text for channel in channels)

    assert NOT_THEIRS.findall(written) == []


def test_the_lead_reads_of_failed_codes_who_resubmits() -> None:
    order = make_order(state=states.AUTHORITY_REVIEW, province="12")

    take_answer(answer(order, AnswerKind.TURNED_DOWN, code="1002", words="短信核验失败"))

    texts = {message.payload["to"]: content_of(message).words.text for message in sent("order_phones_failed", "sms")}
    assert "登录" not in texts[LEAD]
    assert "由办理账号重新提交" in texts[LEAD]
    assert "Resubmit it at" in texts[order.owner.mobile]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_only_has_to_call_where_they_know_nothing_of_it_is_not_told_that_it_is_their_turn(language: str) -> None:
    turns = {name: catalogue.sections(name, language)["turn"] for name in ("cancel_started", "order_withdrawn")}

    assert turns == {"cancel_started": "nobody", "order_withdrawn": "nobody"}
