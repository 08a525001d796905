"""Several reports of one order over real SOAP, one row of docs/reports.md per test; a second access is refused."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from demo.ministry.api.client import SimulatorClient
from filings.models import Access, Website
from icpportal.accounts.roles import AUDITOR, LEAD_REVIEWER, OPERATIONS, REVIEWER, ensure
from icpportal.alarms.models import Alarm
from icpportal.gateways.miit.codes.processing_codes import plain_words
from icpportal.gateways.miit.gateway import MinistryAuthority
from icpportal.gateways.miit.models import InboxFile, Report
from icpportal.gateways.miit.operations import actions as operations
from icpportal.operations.reconcile import reconcile
from icpportal.outbox.delivery import deliver
from tests.demo.ministry.conftest import FILING, LEAD
from tests.icpportal.gateways.miit.authority_files import bajg, result
from tests.transfers import states
from tests.transfers.builders import fire, make_order, make_user, moves, sign_in
from tests.transfers.whole_way import round_trip
from transfers.authority.parked import parked_answers
from transfers.authority.reports import report_of
from transfers.authority.results import pull
from transfers.deadlines.sweep import sweep
from transfers.models import Order, OrderEvent, ParkedAnswer
from transfers.orders import actions

pytestmark = pytest.mark.django_db(transaction=True)
DIGEST = "1a64a010767f0725fb52111b0a9e9f84"  # of Abc12345
ADMINISTRATOR = {"name": "陈样例", "mobile": "13900000002", "id_number": "649999198806060008"}
WAITS = "The authority has not answered your earlier submission yet"


@pytest.fixture
def desk(on_the_wire: SimulatorClient, settings: Any) -> SimulatorClient:
    """The sample filing is on record; the authority reports no phones, so nobody here knows who confirmed."""
    settings.MIIT_PHONES_URL = ""
    settings.DNS_GATEWAY = "icpportal.gateways.dns.fake.FakeResolver"
    on_the_wire.set_province("64", asks_phones=False)
    on_the_wire.add_filing(**{**FILING, "lead": LEAD, "administrator": ADMINISTRATOR})
    return on_the_wire


def make_reported(**changes: Any) -> Order:
    """An order whose first report is at the authority."""
    facts = {"state": states.HANDING_OVER, "domain": "example.com", "password_digest": DIGEST, **changes}
    order = make_order(**facts)
    MinistryAuthority().queue(report_of(order, order.report))
    round_trip()
    return reload(order)


def make_lapsed(**changes: Any) -> Order:
    """Nobody stated that a code was entered: after 48 hours the order was returned."""
    order = make_reported(**changes)
    assert order.state == states.PHONE_DUE
    sweep(now=timezone.now() + timedelta(hours=49))
    assert reload(order).state == states.LAPSED
    order.events.filter(move="lapse").update(at=timezone.now())  # as if those hours had passed
    return reload(order)


def sent_again(**changes: Any) -> Order:
    """Presses "Resubmit unchanged" on the page; the second report is queued here."""
    order = make_lapsed(**changes)
    press(order, "resubmit")
    round_trip()
    order = reload(order)
    assert (order.state, order.report, order.held) == (states.HANDING_OVER, 2, False)
    return order


def press(order: Order, move: str) -> None:
    client = Client()
    client.force_login(order.owner)
    client.post(reverse("order-move", args=[order.reference, move]), {"words": ""})


def reload(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def decide(desk: SimulatorClient, decision: str, *, first: bool = True, **how: str) -> None:
    """A person at the authority decides on the oldest, or the newest, waiting request."""
    waiting = sorted(desk.reports(stage="waiting"), key=lambda row: int(row["key"]))
    desk.decide(waiting[0 if first else -1]["key"], decision, **how)
    pull()


def give_up(order: Order, number: int = 1) -> None:
    operations.give_up(f"{order.reference}.{number}", "the administration does not find it")
    round_trip()


def reports() -> dict[str, str]:
    """The state of each report, by its number in the order."""
    return {key.rpartition(".")[2]: state for key, state in Report.objects.order_by("pk").values_list("key", "state")}


def count_received(desk: SimulatorClient) -> int:
    """The number of new accesses the authority ever received."""
    return len(desk.reports(kind="access"))


def page_of(order: Order) -> str:
    client = Client()
    client.force_login(order.owner)
    return client.get(order.get_absolute_url(), headers={"accept-language": "en"}).content.decode()


def assert_granted(order: Order, number: int) -> None:
    """Approved; the register has the access of that report, with the authority's id."""
    pull()
    order = reload(order)
    access = Access.objects.get(own=True)
    assert (order.state, order.held) == (states.APPROVED, False)
    assert (access.report_key, access.ministry_id is not None) == (f"{order.reference}.{number}", True)
    assert order.website == Website.objects.get(domain="example.com")
    assert ParkedAnswer.objects.count() == InboxFile.objects.filter(state="parked").count() == 0


def test_the_second_report_waits_and_a_grant_of_the_first_grants_the_order(desk: SimulatorClient) -> None:
    order = sent_again()
    assert (reports(), count_received(desk)) == ({"1": "accepted", "2": "queued"}, 1)
    page = page_of(order)
    assert (WAITS in page, "Waiting for the authority" in page, "Submitted to the authority by" in page) == (
        True,
        True,
        False,
    )

    decide(desk, "grant")
    round_trip()

    assert_granted(order, 1)
    assert (reports(), count_received(desk)) == ({"1": "answered", "2": "superseded"}, 1)
    assert moves(order) == ["reported", "lapse", "resubmit", "grant"]


def test_a_grant_before_the_second_report_was_queued_keeps_it_from_being_sent(desk: SimulatorClient) -> None:
    order = make_lapsed()
    actions.resubmit(order, actor=order.owner)

    decide(desk, "grant")
    round_trip()

    assert_granted(order, 1)
    assert count_received(desk) == 1


def test_a_grant_between_the_download_and_its_order_keeps_the_second_report_from_being_sent(
    desk: SimulatorClient,
) -> None:
    """The download is processed, the order not moved yet, and the sender is running."""
    order = sent_again()
    (waiting,) = desk.reports(stage="waiting")
    desk.decide(waiting["key"], "grant")
    MinistryAuthority().fetch()

    deliver()
    assert MinistryAuthority().send() == 0
    round_trip()

    assert_granted(order, 1)
    assert count_received(desk) == 1


def test_when_the_first_is_refused_the_second_is_sent_and_its_grant_counts(desk: SimulatorClient) -> None:
    order = sent_again()

    decide(desk, "turn_down", words="短信核验未通过")
    assert reload(order).state == states.HANDING_OVER
    assert "短信核验未通过" in page_of(order)
    round_trip()
    assert reload(order).state == states.PHONE_DUE
    assert (reports(), count_received(desk)) == ({"1": "answered", "2": "accepted"}, 2)
    decide(desk, "grant")

    assert_granted(order, 2)
    assert moves(order) == ["reported", "lapse", "resubmit", "earlier_refused", "reported", "grant"]


def test_when_both_are_refused_the_order_is_returned_with_the_words_of_the_second(desk: SimulatorClient) -> None:
    order = sent_again()
    decide(desk, "turn_down", words="第一次")
    round_trip()

    decide(desk, "turn_down", code="1018", words="第二次")

    order = reload(order)
    assert (order.state, order.authority_code) == (states.AUTHORITY_RETURNED, "1018")
    assert ("第二次" in order.authority_words, ParkedAnswer.objects.count()) == (True, 0)


def test_an_error_of_ours_in_the_first_releases_the_second(desk: SimulatorClient) -> None:
    order = sent_again()

    decide(desk, "report_failed", code="1063")
    round_trip()

    assert (reload(order).state, reports()) == (states.PHONE_DUE, {"1": "answered", "2": "accepted"})
    assert moves(order)[-2:] == ["earlier_failed", "reported"]
    assert ParkedAnswer.objects.count() == 0


def test_a_second_report_refused_as_a_duplicate_is_held_until_the_first_is_granted(desk: SimulatorClient) -> None:
    """The scenario of the finding. Operations gave the first up, but the authority had it."""
    order = sent_again()
    give_up(order)
    order = reload(order)
    assert (order.state, order.held, order.authority_code) == (states.HANDING_OVER, True, "1029")

    decide(desk, "grant")

    assert_granted(order, 1)


@pytest.mark.parametrize(("decision", "state"), [("grant", states.APPROVED), ("turn_down", states.PHONE_DUE)])
def test_an_authority_that_names_only_the_site_means_the_report_given_up(
    desk: SimulatorClient, decision: str, state: str
) -> None:
    desk.conduct(handle="number")
    order = sent_again()
    give_up(order)
    assert reload(order).held is True

    decide(desk, decision)
    round_trip()

    assert (reload(order).state, InboxFile.objects.filter(state="parked").count()) == (state, 0)


def test_a_grant_after_a_refusal_of_the_same_report_approves_the_order(desk: SimulatorClient) -> None:
    """The authority may change its decision; that our access is on record counts more than earlier answers."""
    order = make_reported()
    report = Report.objects.get()
    decide(desk, "turn_down", words="资料不全")
    assert reload(order).state == states.AUTHORITY_RETURNED

    desk.push("BAJG", xml=bajg(result(report.own_id, "1001")).decode("gbk"))
    pull()

    assert (reload(order).state, ParkedAnswer.objects.count()) == (states.APPROVED, 0)


def test_a_second_report_refused_as_a_duplicate_is_sent_again_when_the_first_is_refused(
    desk: SimulatorClient,
) -> None:
    order = sent_again()
    give_up(order)
    assert reload(order).held is True

    decide(desk, "turn_down", words="短信核验未通过")
    round_trip()
    assert (reload(order).state, reload(order).report) == (states.PHONE_DUE, 3)
    decide(desk, "grant")

    assert_granted(order, 3)
    assert count_received(desk) == 3


def test_the_duplicate_answer_may_come_after_the_grant(desk: SimulatorClient) -> None:
    order = sent_again()
    operations.give_up(f"{order.reference}.1", "waits too long")
    (waiting,) = desk.reports(stage="waiting")
    MinistryAuthority().send()
    desk.decide(waiting["key"], "grant")

    pull()

    assert_granted(order, 1)
    assert count_received(desk) == 2


def test_a_late_grant_of_a_lapsed_order_that_was_not_sent_again(desk: SimulatorClient) -> None:
    order = make_lapsed()

    decide(desk, "grant")

    assert_granted(order, 1)


@pytest.mark.parametrize("after", ["mend", "submit"])
def test_a_late_grant_while_the_order_is_changed_or_in_review_approves_it(desk: SimulatorClient, after: str) -> None:
    order = make_lapsed()
    press(order, "mend")
    if after == "submit":
        fire(reload(order), "submit", "applicant")

    decide(desk, "grant")

    assert_granted(order, 1)


@pytest.mark.parametrize("after", ["mend", "submit", "abandon"])
def test_a_late_refusal_is_recorded_and_moves_nothing(desk: SimulatorClient, after: str) -> None:
    order = make_lapsed()
    press(order, "abandon" if after == "abandon" else "mend")
    if after == "submit":
        fire(reload(order), "submit", "applicant")
    before = reload(order).state

    decide(desk, "turn_down", code="1018", words="备案密码错误")

    order = reload(order)
    assert (order.state, moves(order)[-1], ParkedAnswer.objects.count()) == (before, "earlier_refused", 0)
    assert "备案密码错误" in page_of(order)
    if after == "mend":
        assert (order.password_kept, order.password_digest) == (False, "")  # requested again before it is sent


def test_a_first_report_never_answered_is_an_alarm_and_can_be_given_up(desk: SimulatorClient) -> None:
    order = sent_again()
    first, second = f"{order.reference}.1", f"{order.reference}.2"
    assert [found for found in reconcile().findings if found.reference.startswith(order.reference)] == []
    later = timezone.now() + timedelta(days=3, minutes=1)

    found = [each for each in reconcile(now=later).findings if each.reference.startswith(order.reference)]

    assert [(each.kind, each.reference) for each in found] == [("report", second)]
    assert f"waits for the answer to {first}" in found[0].trouble
    alarm = Alarm.objects.get(cleared_at=None)
    assert (alarm.cause, alarm.reference) == ("authority.report_unanswered", first)
    assert round_trip() is None
    assert reports() == {"1": "accepted", "2": "queued"}

    call_command("miit", "give-up", first, "--reason", "the administration lost it", stdout=StringIO())
    round_trip()
    reconcile(now=later)

    assert reports()["1"] == "superseded"
    assert count_received(desk) == 2
    assert not Alarm.objects.filter(cause="authority.report_unanswered", cleared_at=None).exists()


def test_a_report_is_given_up_at_the_desk_with_a_reason(desk: SimulatorClient) -> None:
    sent_again()
    client = staff(OPERATIONS)
    first = Report.objects.get(key__endswith=".1")
    send = {"action": "give_up", "_selected_action": [first.pk]}

    client.post(reverse("admin:miit_report_changelist"), send)
    assert reports()["1"] == "accepted"
    client.post(reverse("admin:miit_report_changelist"), {**send, "reason": "they do not find it"})

    assert reports()["1"] == "superseded"


def test_a_report_waiting_for_its_retry_ends_with_its_order(desk: SimulatorClient) -> None:
    """The authority asked for the same report again; its order had been abandoned."""
    order = make_lapsed()
    desk.push("BAJG", xml=bajg(result(Report.objects.get().own_id, "5999")).decode("gbk"))
    pull()
    assert reports() == {"1": "queued"}

    press(order, "abandon")
    Report.objects.update(next_at=timezone.now())
    round_trip()

    assert (reports(), count_received(desk)) == ({"1": "superseded"}, 1)


# --- an order that was given up, and two people at the desk -----------------------------------------


def staff(role: str) -> Client:
    ensure()
    return sign_in(Client(), make_user(held_roles=(role,)))


def act(client: Client, action: str, **more: str) -> str:
    """Runs an action on every parked answer; returns the page's text afterwards."""
    chosen = list(ParkedAnswer.objects.values_list("pk", flat=True))
    address = reverse("admin:transfers_parkedanswer_changelist")
    answer = client.post(
        address, {"action": action, "_selected_action": chosen, **more}, follow=True, headers={"accept-language": "en"}
    )
    return answer.content.decode()


@pytest.fixture
def parked(desk: SimulatorClient) -> Order:
    """Lapsed, abandoned, and granted afterwards."""
    order = make_lapsed()
    press(order, "abandon")
    assert reload(order).state == states.ABANDONED
    decide(desk, "grant")
    assert reload(order).state == states.ABANDONED
    return reload(order)


def test_a_grant_for_an_abandoned_order_is_parked_and_named(parked: Order) -> None:
    key = f"{parked.reference}.1"
    alarm = Alarm.objects.get()
    assert (alarm.cause, alarm.reference) == ("authority.answer_parked", key)
    later = timezone.now() + timedelta(hours=2, minutes=1)

    found = [each for each in reconcile(now=later).findings if each.kind == "answer"]
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("miit", "status", stdout=out)

    assert [each.reference for each in found] == [key]
    assert "granted parked for 2 h" in found[0].trouble
    assert f"needs a person: answer to {key}: granted parked for 0 h" in out.getvalue()
    shown = act(staff(OPERATIONS), "none")
    assert key in shown
    assert "The order could not take it in the state it was in: Abandoned" in shown
    assert "Compare it with the order; propose to apply it, or do by hand what it says and close it" in shown
    act(staff(OPERATIONS), "propose_them", reason="the owner wants it after all")
    assert "A second person reads the reason, then applies it or declines" in act(staff(OPERATIONS), "none")


def test_a_parked_answer_says_in_plain_words_what_the_authority_answered(client: Client) -> None:
    row = {"answer_id": "a", "kind": "turned_down", "report_key": "T7Q4-M2KX.1", "code": "1018", "words": "密码错误"}
    ParkedAnswer.objects.create(**row, reason="no such order")

    shown = act(staff(OPERATIONS), "none")

    assert f"Returned · 1018 {plain_words('1018')['en']} · “密码错误”" in shown
    assert "There is no such order" in shown
    assert "Find out which order is meant, do by hand what it says, then close it" in shown


def test_two_people_apply_a_parked_grant_and_the_register_knows_the_access(parked: Order) -> None:
    first, second = staff(OPERATIONS), staff(LEAD_REVIEWER)
    assert "Enter a reason" in act(first, "propose_them")
    assert "First one person has to propose it" in act(second, "apply_them")
    act(first, "propose_them", reason="the owner wants it after all, by phone")

    assert "a second person does" in act(first, "apply_them")
    assert reload(parked).state == states.ABANDONED
    act(second, "apply_them")
    act(second, "apply_them")  # a second time changes nothing

    order, row = reload(parked), ParkedAnswer.objects.get()
    assert (order.state, moves(order)[-1]) == (states.APPROVED, "grant_late")
    assert (row.closed_at is None, row.applied_by == row.proposed_by) == (False, False)
    assert Access.objects.get(own=True).report_key == f"{order.reference}.1"
    assert OrderEvent.objects.filter(order=order, move="grant_late").count() == 1
    assert not Alarm.objects.filter(cleared_at=None).exists()
    pull()
    assert Access.objects.get(own=True).ministry_id is not None


@pytest.mark.parametrize("role", [REVIEWER, AUDITOR])
def test_without_the_permission_no_action_is_offered(parked: Order, role: str) -> None:
    act(staff(OPERATIONS), "propose_them", reason="why")

    act(staff(role), "apply_them")

    assert reload(parked).state == states.ABANDONED


def test_a_proposal_can_be_declined(parked: Order) -> None:
    act(staff(OPERATIONS), "propose_them", reason="why")

    act(staff(LEAD_REVIEWER), "decline_them")

    assert "First one person has to propose it" in act(staff(LEAD_REVIEWER), "apply_them")
    assert reload(parked).state == states.ABANDONED


def test_a_parked_grant_is_refused_with_an_explanation_while_another_order_is_open(parked: Order) -> None:
    other = make_order(domain="example.com", state=states.SUBMITTED)
    act(staff(OPERATIONS), "propose_them", reason="why")

    said = act(staff(LEAD_REVIEWER), "apply_them")

    assert f"Order {other.reference} is open for this domain or subject: end it first" in said
    assert (reload(parked).state, ParkedAnswer.objects.get().closed_at) == (states.ABANDONED, None)


def test_an_answer_that_no_order_can_take_is_refused_with_an_explanation_and_closed_by_hand(
    desk: SimulatorClient,
) -> None:
    order = make_reported()
    key = order.report_key
    Order.objects.filter(pk=order.pk).update(reference="ZZZZ-ZZZZ")  # as after restoring an older backup
    decide(desk, "grant")
    act(staff(OPERATIONS), "propose_them", reason="why")

    said = act(staff(LEAD_REVIEWER), "apply_them")

    assert f"There is no order {key.rpartition('.')[0]}" in said
    act(staff(OPERATIONS), "close_them")
    assert ParkedAnswer.objects.get().closed_at is not None
    assert not Alarm.objects.filter(cleared_at=None).exists()


def test_a_grant_of_an_abandoned_order_grants_the_same_accounts_next_order_for_the_site(desk: SimulatorClient) -> None:
    """The authority keeps one access per site, so the next order could never get one of its own."""
    old = make_lapsed()
    press(old, "abandon")
    fresh = make_reported(owner=old.owner, subject_key=old.subject_key)
    fresh = reload(fresh)
    assert (fresh.held, fresh.authority_code) == (True, "1029")

    decide(desk, "grant")
    pull()

    assert (reload(old).state, reload(fresh).state) == (states.ABANDONED, states.APPROVED)
    assert Access.objects.get(own=True).report_key == f"{old.reference}.1"
    assert ParkedAnswer.objects.count() == 0


def test_a_refusal_of_an_abandoned_order_lets_the_next_one_be_sent_again(desk: SimulatorClient) -> None:
    old = make_lapsed()
    press(old, "abandon")
    fresh = reload(make_reported(owner=old.owner, subject_key=old.subject_key))
    assert fresh.held is True

    decide(desk, "turn_down", words="短信核验未通过")
    round_trip()

    assert (reload(fresh).state, reload(fresh).report) == (states.PHONE_DUE, 2)
    assert parked_answers() == []
