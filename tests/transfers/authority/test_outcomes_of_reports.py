"""The authority's outcomes reach orders and register by kind: records, cancellations, refusals, errors of ours."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from lxml.html import document_fromstring

from filings.models import Access, Subject, Website
from icpportal.gateways.errors import Retryable
from icpportal.gateways.miit.types import (
    Answer,
    AnswerKind,
    CancellationReport,
    FiledAccess,
    FiledContact,
    FiledRecord,
    FiledSite,
    Level,
    PhoneState,
    Role,
    StruckRecord,
)
from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import fire, make_order, moves, sign_in
from tests.transfers.conftest import FakeAuthority
from transfers.authority.reports import report_of
from transfers.authority.results import deliver_report, pull, take_answer
from transfers.deadlines.sweep import sweep
from transfers.models import Order, ParkedAnswer
from transfers.order_page.register_diff import rows
from transfers.orders import queries
from transfers.steps.editable_parts import open_parts

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
NUMBER = "宁ICP备00000000号"


def answer(kind: AnswerKind, order: Order | None = None, **values: Any) -> Answer:
    key = order.report_key if order else ""
    return Answer(id=f"{kind}-{key}-{sorted(values)}", kind=kind, report_key=key, at=NOW, **values)


def reload(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def record(**changes: Any) -> FiledRecord:
    """The sample filing at the authority: another name of the site, another mobile of its administrator."""
    site = FiledSite(
        site_id=800001,
        site_number=f"{NUMBER}-1",
        names=("示例纸业网",),
        domains=("example.com",),
        home_url="https://www.example.com/",
        administrator=FiledContact("陈样例", "", "13900000022", "chen@example.com", 2, "649999198806060008"),
        accesses=(FiledAccess(900001, provider=100001, own_id=17),),
    )
    facts = {
        "subject_id": 700001,
        "subject_number": NUMBER,
        "name": "宁夏示例纸业有限公司",
        "sites": (site,),
        **changes,
    }
    return FiledRecord(**facts)


@pytest.fixture
def approved(settings: Any) -> Order:
    settings.MIIT_ISP_ID = 100001
    order = make_order(state=states.AUTHORITY_REVIEW, domain="example.com")
    take_answer(answer(AnswerKind.GRANTED, order, site_number=f"{NUMBER}-1", subject_number=NUMBER))
    return reload(order)


def show(client: Client, order: Order, language: str = "en") -> str:
    page = sign_in(client, order.owner).get(order.get_absolute_url(), headers={"accept-language": language})
    return page.content.decode()


# --- records and strikes ---------------------------------------------------------------------------


def test_a_record_fills_the_register_and_can_be_repeated(approved: Order) -> None:
    told = answer(AnswerKind.RECORD, approved, record=record())

    take_answer(told)
    take_answer(told)

    access = Access.objects.get()
    assert (access.ministry_id, access.website.ministry_id, access.website.subject.ministry_id) == (
        900001,
        800001,
        700001,
    )
    assert access.website.name == "示例纸业网"
    assert ParkedAnswer.objects.count() == 0


def test_a_record_without_a_report_is_matched_by_its_numbers(approved: Order) -> None:
    take_answer(answer(AnswerKind.RECORD, record=record()))

    assert Access.objects.get().ministry_id == 900001


def test_a_record_grants_nothing(settings: Any) -> None:
    settings.MIIT_ISP_ID = 100001
    order = make_order(state=states.AUTHORITY_REVIEW, domain="example.com")

    take_answer(answer(AnswerKind.RECORD, order, record=record()))

    assert (reload(order).state, Subject.objects.count(), ParkedAnswer.objects.count()) == (
        states.AUTHORITY_REVIEW,
        0,
        0,
    )


def test_a_cancelled_access_ends_in_the_register_once(approved: Order) -> None:
    take_answer(answer(AnswerKind.RECORD, approved, record=record()))
    struck = answer(AnswerKind.STRUCK, struck=StruckRecord(Level.SITE, 800001))

    take_answer(struck)
    take_answer(struck)

    website = Website.objects.get()
    assert website.ended_at is not None
    assert [access.ended_because for access in website.accesses.all()] == ["struck_off"]
    assert reload(approved).state == states.APPROVED


def test_a_record_without_our_access_ends_it_and_says_so_on_the_order_once(client: Client, approved: Order) -> None:
    """The register kept it live; the row and the order stay."""
    take_answer(answer(AnswerKind.RECORD, approved, record=record()))
    Access.objects.update(since=NOW - timedelta(days=1))
    other = FiledAccess(900002, provider=200002)
    bare = record()
    without = replace(bare, sites=(replace(bare.sites[0], accesses=(other,)),))

    for _ in range(2):
        take_answer(answer(AnswerKind.RECORD, record=without))

    ours = Access.objects.get(own=True)
    assert (ours.ended_at, ours.ended_because, ours.website.ended_at) == (NOW, "not_on_record", None)
    assert (reload(approved).state, moves(approved)) == (states.APPROVED, ["grant", "access_ended"])
    assert "The authority has this access on record no more" in show(client, approved)


def test_entries_stay_on_the_order_and_both_sides_are_shown_masked(client: Client, approved: Order) -> None:
    assert rows(approved) == []
    assert "The record differs" not in show(client, approved)

    take_answer(answer(AnswerKind.RECORD, approved, record=record()))

    approved = reload(approved)
    assert approved.answer("administrator")["admin_phone1"] == "13900000002"
    assert [(str(row.label), row.value) for row in rows(approved)] == [
        ("Website name", "示例纸业网"),
        ("Website administrator: mobile", "139****0022"),
    ]
    page = show(client, approved)
    folded = document_fromstring(page).xpath('//main//details[summary[contains(., "record differs")]]')[0]
    assert not folded.get("open")
    assert folded.xpath("normalize-space(summary)") == "The record differs in 2 entries"
    assert "139****0022" in page
    assert "139****0002" in page
    assert ("13900000022" in page, "13900000002" in page) == (False, False)


@override("en")
def test_two_names_that_look_alike_when_masked_are_shown_in_full(client: Client, approved: Order) -> None:
    """Name 周*本, entered here 周*本: nobody could see the difference."""
    other = record()
    site = replace(other.sites[0], administrator=replace(other.sites[0].administrator, name="陈范例"))
    take_answer(answer(AnswerKind.RECORD, approved, record=replace(other, sites=(site,))))

    name = next(row for row in rows(reload(approved)) if str(row.label) == "Website administrator: name")

    assert (name.value, name.typed) == ("陈范例", "陈样例")


def test_only_differences_worth_a_change_of_the_filing_are_listed(client: Client, approved: Order) -> None:
    """Eight differences were listed, most of them in documents that nobody would act on."""
    other = replace(record(), name="宁夏示例纸业有限责任公司", id_address="宁夏银川市示例路9号")
    take_answer(answer(AnswerKind.RECORD, approved, record=other))

    labels = {str(row.label) for row in rows(reload(approved))}

    assert labels & {"Name of the subject", "Document number", "Address on the document"} == set()


def test_without_differences_nothing_is_shown(client: Client, approved: Order) -> None:
    take_answer(answer(AnswerKind.RECORD, approved, record=record(sites=())))

    assert "The record differs" not in show(client, reload(approved))


# --- refusals --------------------------------------------------------------------------------------


def test_several_codes_open_their_parts_and_nothing_else() -> None:
    order = make_order(state=states.AUTHORITY_REVIEW)

    take_answer(answer(AnswerKind.TURNED_DOWN, order, code="1018 1055", words="密码错误；核验单错误"))
    order = reload(order)
    fire(order, "mend", "applicant", facts=queries.facts_of(order))

    assert open_parts(order) == {"filing_password", "paper.statement"}
    assert order.password_kept is False


def test_a_refusal_in_two_parts_is_shown_completely() -> None:
    order = make_order(state=states.AUTHORITY_REVIEW)

    take_answer(answer(AnswerKind.TURNED_DOWN, order, code="1002", words=""))
    for words in ("照片不清晰", "照片不清晰", "核验单缺章"):
        take_answer(answer(AnswerKind.TURNED_DOWN, reload(order), code="1002", words=words))

    assert (reload(order).authority_words, moves(order)) == ("照片不清晰；核验单缺章", ["turn_down"])


def test_a_reason_after_the_rejection_opens_what_it_names_and_nothing_else() -> None:
    order = make_order(state=states.AUTHORITY_REVIEW)

    take_answer(answer(AnswerKind.TURNED_DOWN, order, code="1002", words="请核对"))
    assert reload(order).password_kept is True
    take_answer(answer(AnswerKind.TURNED_DOWN, reload(order), code="1018", words="备案密码错误"))

    order = reload(order)
    assert (order.authority_code, order.authority_words) == ("1018", "请核对；备案密码错误")
    assert (order.password_kept, order.password_digest) == (False, "")
    fire(order, "mend", "applicant", facts=queries.facts_of(order))
    assert open_parts(order) == {"filing_password"}


def test_a_refusal_without_words_shows_ours_and_no_empty_box(client: Client) -> None:
    order = make_order(state=states.AUTHORITY_RETURNED, authority_code="1055")

    page = show(client, order)

    assert "The statement belongs to another filing: print, sign and upload the one of this order" in page
    assert "The authority&#x27;s words" not in page


def test_a_refused_report_is_shown_in_both_languages(client: Client) -> None:
    order = make_order(state=states.AUTHORITY_RETURNED, authority_code="1018 1055")

    assert "备案密码不正确，请重新验证备案密码；核验单不属于此备案，请重新打印、签署并上传本订单的核验单" in show(
        client, order, "zh-hans"
    )


# --- faults of ours --------------------------------------------------------------------------------


def test_our_error_stops_the_phone_window_and_leaves_the_applicant_nothing_to_do(
    client: Client, authority: FakeAuthority, caplog: pytest.LogCaptureFixture
) -> None:
    due_at = NOW + timedelta(minutes=30)
    order = make_order(state=states.PHONE_DUE, province="12", due_at=due_at, entered_at=NOW - timedelta(hours=47))
    authority.phone_states = [PhoneState(Role.ADMINISTRATOR, "139****0002", sent_at=NOW)]

    take_answer(answer(AnswerKind.REPORT_FAILED, order, code="1063", words="IP不一致"))
    authority.phone_states = []
    sweep(now=NOW)
    sweep(now=due_at + timedelta(hours=1))

    order = reload(order)
    assert (order.state, order.due_at, order.held, moves(order)) == (
        states.HANDING_OVER,
        None,
        True,
        ["report_failed"],
    )
    assert not Message.objects.filter(template__in=("phones_1h", "phones_6h", "phones_24h", "order_lapsed")).exists()
    assert [(r.levelname, r.returned) for r in caplog.records if r.message == "report failed"] == [("ERROR", "1063")]
    page = show(client, order)
    assert "We submit it once we have fixed the problem. You do not need to do anything" in page
    assert ("IP不一致" in page, "1063" in page) == (False, False)


def test_a_held_report_that_is_sent_after_all_is_no_longer_held() -> None:
    order = make_order(state=states.HANDING_OVER, province="44", held=True)

    take_answer(answer(AnswerKind.ACCEPTED, order, sent_at=NOW))

    assert (reload(order).state, reload(order).held) == (states.AUTHORITY_REVIEW, False)


# --- cancellations ---------------------------------------------------------------------------------


@pytest.fixture
def cancelling(approved: Order) -> Order:
    """The cancellation of the approved access, in review at the authority."""
    take_answer(answer(AnswerKind.RECORD, approved, record=record()))
    approved = reload(approved)
    return make_order(
        approved.owner,
        kind=states.CANCELLATION,
        state=states.AUTHORITY_REVIEW,
        domain="example.com",
        website=approved.website,
        subject=approved.subject,
    )


def test_a_granted_cancellation_ends_our_access_once(cancelling: Order) -> None:
    granted = answer(AnswerKind.GRANTED, cancelling)

    take_answer(granted)
    take_answer(granted)

    access = Access.objects.get()
    assert (reload(cancelling).state, moves(cancelling)) == (states.CANCELLED, ["ended"])
    assert (access.ended_because, access.website.ended_at) == ("cancelled", None)


def test_a_refused_cancellation_says_why_and_leaves_the_access(client: Client, cancelling: Order) -> None:
    refused = answer(AnswerKind.TURNED_DOWN, cancelling, code="1025", words="仅剩一个接入")

    take_answer(refused)
    take_answer(refused)

    assert (reload(cancelling).state, moves(cancelling)) == (states.REFUSED, ["cancel_refused"])
    assert Access.objects.get().ended_at is None
    assert "仅剩一个接入" in show(client, reload(cancelling))


def test_a_cancellation_that_failed_by_our_error_is_held(cancelling: Order) -> None:
    take_answer(answer(AnswerKind.REPORT_FAILED, cancelling, code="1026"))

    assert (reload(cancelling).state, reload(cancelling).held) == (states.HANDING_OVER, True)


def test_a_receipt_moves_a_cancellation_to_the_review_without_phones(cancelling: Order) -> None:
    Order.objects.filter(pk=cancelling.pk).update(state=states.HANDING_OVER, province="12")

    take_answer(answer(AnswerKind.ACCEPTED, cancelling, sent_at=NOW))

    assert (reload(cancelling).state, reload(cancelling).due_at) == (states.AUTHORITY_REVIEW, None)


def test_a_cancellation_is_reported_by_the_authoritys_id_of_the_access(cancelling: Order, settings: Any) -> None:
    settings.MIIT_CANCELLATION_REASON = 3

    assert report_of(cancelling, 2) == CancellationReport(
        f"{cancelling.reference}.2", access_id=900001, reason=3, password_md5=cancelling.password_digest
    )


def test_without_the_authoritys_record_a_cancellation_waits(cancelling: Order) -> None:
    Access.objects.update(ministry_id=None)

    with pytest.raises(Retryable):
        report_of(cancelling, 1)


def test_a_transfer_is_queued_as_before(authority: FakeAuthority) -> None:
    order = make_order(state=states.PHOTO_REVIEW)
    fire(order, "accept_photo", "reviewer", facts=queries.facts_of(order))

    assert deliver_report(Message.objects.get(channel="authority")) == authority.reports[0].key


# --- the round -------------------------------------------------------------------------------------


def test_all_batches_of_answers_are_processed_in_one_round(authority: FakeAuthority, monkeypatch: Any) -> None:
    orders = [make_order(state=states.HANDING_OVER, province="44") for _ in range(3)]
    authority.waiting = [answer(AnswerKind.ACCEPTED, order, sent_at=NOW) for order in orders]
    whole = authority.answers
    monkeypatch.setattr(authority, "answers", lambda: whole()[:2])

    assert pull() == 3

    assert [reload(order).state for order in orders] == [states.AUTHORITY_REVIEW] * 3


def test_an_acknowledgement_that_is_lost_again_and_again_does_not_block_us_for_ever(
    authority: FakeAuthority, monkeypatch: Any
) -> None:
    order = make_order(state=states.HANDING_OVER, province="44")
    authority.waiting = [answer(AnswerKind.ACCEPTED, order, sent_at=NOW)]
    monkeypatch.setattr(authority, "acknowledge", lambda _id: None)

    assert pull() == 1
