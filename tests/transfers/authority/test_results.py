"""The authority's outcomes move orders once, even if repeated, late or for an older report."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from filings.models import Access, Website
from icpportal.alarms.models import Alarm
from icpportal.fields.types import Columns
from icpportal.gateways.miit.types import Answer, AnswerKind, report_key
from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import fire, make_order, moves
from tests.transfers.conftest import FakeAuthority
from transfers.authority import results
from transfers.authority.parked import park
from transfers.authority.results import deliver_report, pull, take_answer
from transfers.models import Order, ParkedAnswer
from transfers.orders import queries
from transfers.steps.editable_parts import open_parts

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)


def answer(order: Order, kind: AnswerKind, **values: object) -> Answer:
    values.setdefault("report_key", order.report_key)
    return Answer(id=f"{kind}-{order.reference}-{values['report_key']}", kind=kind, at=NOW, **values)


def reload(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def test_an_accepted_report_opens_the_phone_window_from_the_moment_it_was_sent() -> None:
    order = make_order(state=states.HANDING_OVER, province="12")
    sent_at = NOW - timedelta(minutes=7)

    take_answer(answer(order, AnswerKind.ACCEPTED, sent_at=sent_at))

    order = reload(order)
    assert (order.state, order.due_at, order.reported_at) == (
        states.PHONE_DUE,
        sent_at + timedelta(hours=48),
        sent_at,
    )
    assert [check.role for check in queries.phone_checks(order)] == ["administrator", "subject_lead"]


def test_without_phones_to_verify_it_goes_straight_to_the_review() -> None:
    order = make_order(state=states.HANDING_OVER, province="44")

    take_answer(answer(order, AnswerKind.ACCEPTED, sent_at=NOW))

    order = reload(order)
    assert (order.state, order.due_at, queries.phone_checks(order).count()) == (states.AUTHORITY_REVIEW, None, 0)


def test_one_mobile_for_two_roles_is_one_confirmation() -> None:
    order = make_order(state=states.HANDING_OVER, province="12", answers={"administrator": {"same_person": "yes"}})

    take_answer(answer(order, AnswerKind.ACCEPTED, sent_at=NOW))

    assert [check.role for check in queries.phone_checks(reload(order))] == ["both"]


def test_the_current_profile_requires_the_administrators_phone_within_24_hours() -> None:
    order = make_order(state=states.HANDING_OVER, province="44", rule_profile="current-2020")

    take_answer(answer(order, AnswerKind.ACCEPTED, sent_at=NOW))

    order = reload(order)
    assert (order.state, order.due_at) == (states.PHONE_DUE, NOW + timedelta(hours=24))
    assert [check.role for check in queries.phone_checks(order)] == ["administrator"]


def test_a_repeated_receipt_changes_nothing() -> None:
    order = make_order(state=states.HANDING_OVER, province="12")
    receipt = answer(order, AnswerKind.ACCEPTED, sent_at=NOW)
    take_answer(receipt)
    told = Message.objects.count()

    take_answer(receipt)

    assert (moves(order), Message.objects.count(), ParkedAnswer.objects.count()) == (["reported"], told, 0)


def test_a_grant_writes_the_access_into_the_register_once() -> None:
    order = make_order(state=states.AUTHORITY_REVIEW, domain="example.com")
    grant = answer(order, AnswerKind.GRANTED, subject_number="宁ICP备00000000号", site_number="宁ICP备00000000号-1")

    take_answer(grant)
    take_answer(grant)

    order = reload(order)
    website = Website.objects.get(domain="example.com")
    assert (order.state, order.website, order.site_number) == (states.APPROVED, website, "宁ICP备00000000号-1")
    assert list(Access.objects.values_list("website", "report_key")) == [(website.pk, order.report_key)]


def test_a_grant_without_a_receipt_is_still_a_grant() -> None:
    order = make_order(state=states.HANDING_OVER, province="44")

    take_answer(answer(order, AnswerKind.GRANTED, site_number="粤ICP备00000000号-1"))

    assert (reload(order).state, moves(order)) == (states.APPROVED, ["reported", "grant"])


def test_a_parked_answer_that_comes_again_and_is_applied_needs_nobody_any_more() -> None:
    order = make_order(state=states.AUTHORITY_REVIEW)
    other = make_order(state=states.AUTHORITY_REVIEW, domain="other.example.com")
    grant = answer(order, AnswerKind.GRANTED, site_number="粤ICP备00000000号-1")
    for parked in (grant, replace(grant, id="twice"), replace(grant, kind=AnswerKind.TURNED_DOWN, id="no")):
        park(parked, "no such order")
    park(answer(other, AnswerKind.GRANTED), "no such order")

    take_answer(replace(grant, id="again"), now=NOW)

    assert reload(order).state == states.APPROVED
    assert list(ParkedAnswer.objects.filter(closed_at=NOW).values_list("kind", flat=True)) == ["granted", "granted"]
    assert Alarm.objects.filter(cleared_at=None).count() == 1
    ParkedAnswer.objects.filter(kind="turned_down").update(closed_at=NOW)
    take_answer(answer(other, AnswerKind.GRANTED, site_number="粤ICP备00000001号-1"), now=NOW)
    assert not Alarm.objects.filter(cleared_at=None).exists()


@pytest.mark.parametrize("kind", [AnswerKind.GRANTED, AnswerKind.TURNED_DOWN])
def test_a_late_outcome_of_the_report_that_lapsed_still_counts(kind: AnswerKind) -> None:
    order = make_order(state=states.LAPSED, province="12")

    take_answer(answer(order, kind, code="1018", words="密码错误", site_number="津ICP备00000000号-1"))

    expected = {AnswerKind.GRANTED: states.APPROVED, AnswerKind.TURNED_DOWN: states.AUTHORITY_RETURNED}
    assert reload(order).state == expected[kind]


def test_a_grant_of_an_older_report_grants_the_order() -> None:
    order = make_order(state=states.HANDING_OVER, report=2)
    grant = answer(order, AnswerKind.GRANTED, report_key=report_key(order.reference, 1))

    take_answer(grant)
    take_answer(grant)

    assert (reload(order).state, moves(order)) == (states.APPROVED, ["grant"])
    assert [access.report_key for access in Access.objects.all()] == [report_key(order.reference, 1)]
    assert ParkedAnswer.objects.count() == 0


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (AnswerKind.ACCEPTED, []),
        (AnswerKind.TURNED_DOWN, ["earlier_refused"]),
        (AnswerKind.REPORT_FAILED, ["earlier_failed"]),
    ],
)
@pytest.mark.parametrize("state", [states.HANDING_OVER, states.PHONE_DUE, states.AUTHORITY_REVIEW, states.REFUSED])
def test_another_answer_to_an_older_report_moves_nothing(kind: AnswerKind, expected: list[str], state: str) -> None:
    order = make_order(state=state, report=2)
    told = answer(order, kind, report_key=report_key(order.reference, 1), code="1002", words="资料不全")

    take_answer(told)
    take_answer(told)

    assert (reload(order).state, moves(order), ParkedAnswer.objects.count()) == (state, expected, 0)


@pytest.mark.parametrize("kind", [AnswerKind.TURNED_DOWN, AnswerKind.REPORT_FAILED])
def test_an_answer_to_another_report_after_the_grant_changes_nothing(kind: AnswerKind) -> None:
    order = make_order(state=states.AUTHORITY_REVIEW, report=2)
    take_answer(answer(order, AnswerKind.GRANTED, report_key=report_key(order.reference, 1)))

    take_answer(answer(order, kind, code="1029"))

    assert (reload(order).state, ParkedAnswer.objects.count()) == (states.APPROVED, 0)


def test_a_refusal_of_the_granted_report_is_parked() -> None:
    order = make_order(state=states.AUTHORITY_REVIEW)
    take_answer(answer(order, AnswerKind.GRANTED))

    take_answer(answer(order, AnswerKind.TURNED_DOWN, code="1002"))

    assert (reload(order).state, ParkedAnswer.objects.count()) == (states.APPROVED, 1)


def test_an_answer_to_a_report_the_order_never_made_is_parked() -> None:
    order = make_order(state=states.AUTHORITY_REVIEW)

    take_answer(answer(order, AnswerKind.TURNED_DOWN, report_key=report_key(order.reference, 2), code="1002"))

    assert reload(order).state == states.AUTHORITY_REVIEW
    assert ParkedAnswer.objects.get().reason == "the order has made no such report"


def test_an_outcome_without_an_order_is_parked_once() -> None:
    order = make_order()
    lost = answer(order, AnswerKind.GRANTED, report_key="ZZZZ-ZZZZ.1")

    take_answer(lost)
    take_answer(lost)

    assert [parked.reason for parked in ParkedAnswer.objects.all()] == ["no such order"]


def test_an_outcome_that_the_state_does_not_allow_is_parked() -> None:
    order = make_order(state=states.ABANDONED, report=1)

    take_answer(answer(order, AnswerKind.GRANTED))

    assert reload(order).state == states.ABANDONED
    assert ParkedAnswer.objects.get().reason == "grant by authority from abandoned"


def test_a_refusal_keeps_the_authoritys_words_and_our_own() -> None:
    order = make_order(state=states.AUTHORITY_REVIEW)

    take_answer(answer(order, AnswerKind.TURNED_DOWN, code="1018", words="备案密码错误"))

    order = reload(order)
    assert (order.state, order.authority_code, order.authority_words) == (
        states.AUTHORITY_RETURNED,
        "1018",
        "备案密码错误",
    )
    text = Message.objects.get(template="order_returned_by_authority", channel="email", user=order.owner)
    assert text.payload["context"]["authority_answer"] == "1018 · 备案密码错误"


def test_a_filing_password_refused_by_the_ministry_is_erased_and_requested_again() -> None:
    order = make_order(state=states.AUTHORITY_REVIEW)

    take_answer(answer(order, AnswerKind.TURNED_DOWN, code="1018", words="备案密码错误"))
    order = reload(order)
    fire(order, "mend", "applicant", facts=queries.facts_of(order))

    assert (order.password_kept, order.password_digest) == (False, "")
    assert open_parts(order) == {"filing_password"}


def test_another_refusal_keeps_the_filing_password() -> None:
    order = make_order(state=states.AUTHORITY_REVIEW)

    take_answer(answer(order, AnswerKind.TURNED_DOWN, code="1056", words="附件错误"))

    assert reload(order).password_kept is True


def test_the_providers_error_holds_the_order_and_stops_the_phone_window() -> None:
    order = make_order(state=states.PHONE_DUE, province="12")

    take_answer(answer(order, AnswerKind.REPORT_FAILED, code="5010", words="附件错误"))

    order = reload(order)
    assert (order.state, order.due_at, order.held) == (states.HANDING_OVER, None, True)
    assert Message.objects.filter(template="report_problem").exists()


def test_the_providers_error_before_the_receipt_holds_the_order_where_it_is() -> None:
    order = make_order(state=states.HANDING_OVER)
    failed = answer(order, AnswerKind.REPORT_FAILED, code="5010")

    take_answer(failed)
    take_answer(failed)

    assert (reload(order).held, moves(order)) == (True, ["report_failed"])


def test_a_held_report_that_is_sent_again_texts_the_phones_again() -> None:
    order = make_order(state=states.HANDING_OVER, province="12")
    take_answer(answer(order, AnswerKind.ACCEPTED, sent_at=NOW - timedelta(hours=5)))
    queries.phone_checks(order).update(stated_at=NOW)
    take_answer(answer(order, AnswerKind.REPORT_FAILED, code="5999"))

    take_answer(replace(answer(order, AnswerKind.ACCEPTED, sent_at=NOW), id="again"))

    order = reload(order)
    assert (order.state, order.held, order.due_at) == (states.PHONE_DUE, False, NOW + timedelta(hours=48))
    assert [check.stated_at for check in queries.phone_checks(order)] == [None, None]
    assert not ParkedAnswer.objects.exists()


def test_an_error_of_ours_does_not_hold_an_order_approved_in_the_meantime(monkeypatch: pytest.MonkeyPatch) -> None:
    order = make_order(state=states.HANDING_OVER, province="44")
    columns = results.said_columns

    def granted_first(failed: Answer) -> Columns:
        monkeypatch.undo()
        take_answer(answer(order, AnswerKind.GRANTED, site_number="粤ICP备00000000号-1"))
        return columns(failed)

    monkeypatch.setattr(results, "said_columns", granted_first)
    take_answer(answer(order, AnswerKind.REPORT_FAILED, code="1035"))

    order = reload(order)
    assert (order.state, order.held) == (states.APPROVED, False)


def test_pull_acknowledges_what_it_processed_and_parks_what_it_cannot_read(
    authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, broken = make_order(state=states.HANDING_OVER, province="44"), make_order(state=states.HANDING_OVER)
    authority.waiting = [answer(broken, AnswerKind.ACCEPTED), answer(order, AnswerKind.ACCEPTED, sent_at=NOW)]
    real = queries.facts_of

    def facts(one: Order) -> dict[str, object]:
        if one.pk == broken.pk:
            raise KeyError("nonsense")
        return real(one)

    monkeypatch.setattr(queries, "facts_of", facts)

    assert pull() == 2

    assert authority.acknowledged == [each.id for each in authority.waiting]
    assert (reload(order).state, reload(broken).state) == (states.AUTHORITY_REVIEW, states.HANDING_OVER)
    assert ParkedAnswer.objects.get().reason == "KeyError"


def test_a_report_contains_what_was_reviewed(authority: FakeAuthority) -> None:
    order = make_order(state=states.PHOTO_REVIEW)
    fire(order, "accept_photo", "reviewer", facts=queries.facts_of(order))

    key = deliver_report(Message.objects.get(channel="authority"))

    report = authority.reports[0]
    assert (key, report.key) == (order.report_key, order.report_key)
    assert (report.site_number, report.password_md5, report.addresses[0].first) == (
        order.site_number,
        "0" * 32,
        "192.0.2.10",
    )


def test_a_report_delivered_twice_is_reported_once(authority: FakeAuthority) -> None:
    order = make_order(state=states.PHOTO_REVIEW)
    fire(order, "accept_photo", "reviewer", facts=queries.facts_of(order))
    message = Message.objects.get(channel="authority")

    deliver_report(message)
    deliver_report(message)

    assert len(authority.reports) == 1


def test_the_report_of_an_order_that_moved_on_is_not_sent(authority: FakeAuthority) -> None:
    order = make_order(state=states.PHOTO_REVIEW)
    fire(order, "accept_photo", "reviewer", facts=queries.facts_of(order))
    Order.objects.filter(pk=order.pk).update(held=True)

    assert deliver_report(Message.objects.get(channel="authority")) == "superseded"
    assert authority.reports == []
