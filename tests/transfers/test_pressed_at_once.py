"""The same button pressed several times at once, and two buttons that exclude each other: one effect."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from icpportal.lifecycle import CLOCK, MoveNotAllowed
from icpportal.outbox.models import Message
from tests.transfers import cancels, states
from tests.transfers.builders import make_lead_reviewer, make_order, make_reviewer, make_user, moves, sign_in
from tests.transfers.photo.views.test_backdrop import TYPED as ADDRESS
from tests.transfers.together import together, words
from transfers.cancellation import actions as cancelling
from transfers.cancellation import cause as for_cause
from transfers.models import CauseCancellation, Order
from transfers.orders import actions, queries
from transfers.orders.machine import ORDER
from verification.backdrops import actions as backdrops
from verification.models import Backdrop, BackdropStock, ServiceCode
from verification.service_codes import actions as service_codes
from verification.service_codes import handovers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("ministry")]
ROUNDS = range(2)  # either side can win a race
SENT = {"reason": "other_server", "words": "换服务器"}


def read(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def hands(user: Any, count: int = 3) -> list[Client]:
    """The same person in several tabs."""
    return [cancels.prove_again(Client(), user) for _ in range(count)]


def press_all(user: Any, url: str, data: dict[str, Any] | None = None, count: int = 3) -> list[Any]:
    return together(*(lambda tab=tab: tab.post(url, data or {}) for tab in hands(user, count)))


# --- the applicant's moves ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("move", "state"),
    [
        ("withdraw", states.SUBMITTED),
        ("withdraw", states.PHOTO_DUE),
        ("abandon", states.DRAFT),
        ("abandon", states.AUTHORITY_RETURNED),
        ("mend", states.LAPSED),
        ("resubmit", states.LAPSED),
    ],
)
def test_a_move_pressed_three_times_at_once_happens_once(move: str, state: str) -> None:
    order = make_order(state=state)
    url = reverse("order-move", args=[order.reference, move])

    ends = press_all(order.owner, url, SENT)

    assert [(end.status_code, end.url) for end in ends] == [(302, order.get_absolute_url())] * 3
    assert moves(order) == [move]
    assert Message.objects.filter(channel="authority").count() == (move == "resubmit")
    assert Message.objects.filter(template="order_withdrawn", channel="site").count() == (move == "withdraw")


def test_start_again_pressed_three_times_at_once_begins_one_draft() -> None:
    order = make_order(state=states.WITHDRAWN)

    ends = press_all(order.owner, reverse("order-move", args=[order.reference, "start_again"]))

    fresh = Order.objects.exclude(pk=order.pk).get()
    assert [end.url for end in ends] == [fresh.get_absolute_url()] * 3
    assert moves(fresh) == ["start"]


@pytest.mark.parametrize("_round", ROUNDS)
def test_opening_for_changes_and_resubmitting_at_once_leave_one_of_them(_round: int) -> None:
    order = make_order(state=states.LAPSED)
    rows = [read(order), read(order)]

    ends = together(
        lambda: actions.reopen(rows[0], actor=order.owner), lambda: actions.resubmit(rows[1], actor=order.owner)
    )

    assert words(ends) == ["MoveNotAllowed", "done"]
    went = isinstance(ends[0], MoveNotAllowed)
    assert (read(order).state, moves(order)) == (
        (states.HANDING_OVER, ["resubmit"]) if went else (states.RETURNED, ["mend"])
    )
    assert Message.objects.filter(channel="authority").count() == went


@pytest.mark.parametrize("_round", ROUNDS)
def test_abandoning_a_draft_while_its_time_runs_out_ends_it_once(_round: int) -> None:
    order = make_order(due_at=timezone.now())
    rows = [read(order), read(order)]

    ends = together(
        lambda: actions.abandon(rows[0], actor=order.owner),
        lambda: ORDER.apply(rows[1], "expire_draft", by=CLOCK, facts=queries.facts_of(rows[1])),
    )

    assert words(ends) == ["MoveNotAllowed", "done"]
    assert len(moves(order)) == 1


# --- cancelling -----------------------------------------------------------------------------


@pytest.fixture
def lin(settings: Any) -> Any:
    settings.DNS_GATEWAY = "icpportal.gateways.dns.fake.FakeResolver"
    return make_user("lin@example.com", mobile="13911110001")


@pytest.fixture
def website(lin: Any) -> Any:
    return cancels.make_website(lin)


@pytest.fixture
def ready(lin: Any, website: Any) -> Order:
    """A cancellation before its last press."""
    return read(cancels.to_last_look(cancels.prove_again(Client(), lin), website))


def test_a_cancellation_begun_in_three_tabs_at_once_is_one_draft(lin: Any, website: Any) -> None:
    ends = press_all(lin, reverse("cancel", args=[website.pk]), {"understood": "on"})

    order = Order.objects.get()
    assert [end.url for end in ends] == [cancels.url(order, "code")] * 3
    assert moves(order) == ["start"]


def test_send_a_code_pressed_three_times_at_once_sends_one(lin: Any, website: Any, settings: Any) -> None:
    settings.CODE_RESEND_SECONDS = 60
    cancels.begin(cancels.prove_again(Client(), lin), website)
    order = cancels.order_of(website)

    ends = press_all(lin, cancels.url(order, "code"), {"to": "administrator", "send": "1"})

    assert sorted(end.status_code for end in ends) == [200, 200, 302]
    assert Message.objects.filter(template="code_cancel").count() == 1


def test_the_right_code_entered_in_three_tabs_at_once_continues_in_each(lin: Any, website: Any) -> None:
    client = cancels.prove_again(Client(), lin)
    cancels.begin(client, website)
    order = cancels.order_of(website)
    cancels.send_code(client, order)

    ends = press_all(lin, cancels.url(order, "code"), {"code": cancels.newest_code()})

    passed = [end.status_code for end in ends].count(302)
    assert passed >= 1
    assert queries.is_proved(read(order))
    # one that lost against an unfinished press may try again and is accepted
    assert cancels.enter_code(client, order, "000000").url == cancels.url(order, "password")


def test_the_filing_password_entered_in_three_tabs_at_once_is_stored_once(lin: Any, website: Any) -> None:
    client = cancels.prove_again(Client(), lin)
    cancels.begin(client, website)
    order = cancels.order_of(website)
    cancels.send_code(client, order)
    cancels.enter_code(client, order)

    ends = press_all(lin, cancels.url(order, "password"), {"filing_password": "Abc12345"}, count=2)

    assert [end.url for end in ends] == [cancels.url(order, "confirm")] * 2
    assert (read(order).password_kept, read(order).claimed) == (True, True)


def test_the_last_press_in_three_tabs_at_once_sends_one_report_and_notifies_everybody_once(
    lin: Any, ready: Order
) -> None:
    ends = press_all(lin, cancels.url(ready, "confirm"))

    assert [end.url for end in ends] == [ready.get_absolute_url()] * 3
    assert moves(ready) == ["start", "confirm_cancel"]
    assert Message.objects.filter(channel="authority").count() == 1
    texts = [letter.payload["to"] for letter in Message.objects.filter(template="cancel_started", channel="sms")]
    assert len(texts) == len(set(texts)) == 3


@pytest.mark.parametrize("_round", ROUNDS)
def test_the_last_press_and_keep_the_transfer_at_once_leave_one_of_them(lin: Any, ready: Order, _round: int) -> None:
    rows = [read(ready), read(ready)]

    ends = together(
        lambda: cancelling.confirm(rows[0], actor=lin),
        lambda: actions.abandon(rows[1], actor=lin),
    )

    assert words(ends) == ["MoveNotAllowed", "done"]
    kept = isinstance(ends[0], MoveNotAllowed)
    assert read(ready).state == (states.ABANDONED if kept else states.HANDING_OVER)
    assert Message.objects.filter(channel="authority").exists() is not kept
    assert Message.objects.filter(template="cancel_started").exists() is not kept


@pytest.mark.parametrize("_round", ROUNDS)
def test_stopping_while_it_is_sent_leaves_one_of_them(lin: Any, ready: Order, settings: Any, _round: int) -> None:
    settings.CANCEL_COOL_OFF = timedelta(hours=24)
    cancelling.confirm(ready, actor=lin)
    rows = [read(ready), read(ready)]

    ends = together(
        lambda: cancelling.stop(rows[0], actor=lin),
        lambda: ORDER.apply(rows[1], "cooled", by=CLOCK, facts=queries.facts_of(rows[1])),
    )

    assert words(ends) == ["MoveNotAllowed", "done"]
    went = isinstance(ends[0], MoveNotAllowed)
    assert moves(ready) == ["start", "cool", "cooled" if went else "stop"]
    assert Message.objects.filter(channel="authority").exists() is went


def test_stop_pressed_three_times_at_once_stops_once(lin: Any, ready: Order, settings: Any) -> None:
    settings.CANCEL_COOL_OFF = timedelta(hours=24)
    cancelling.confirm(ready, actor=lin)

    ends = press_all(lin, reverse("order-move", args=[ready.reference, "stop"]))

    assert [end.url for end in ends] == [ready.get_absolute_url()] * 3
    assert moves(ready) == ["start", "cool", "stop"]


# --- cancelling for a cause: two of the staff ---------------------------------------------------


def request_for_cause(website: Any) -> CauseCancellation:
    return for_cause.request_cancellation(website, cause="shell_site", words="域名解析到别处", actor=make_reviewer())


def test_two_concurrent_requests_for_one_website_leave_one_and_the_second_keeps_its_entries(website: Any) -> None:
    add = reverse("admin:transfers_causecancellation_add")
    tabs = [cancels.prove_again(Client(), make_reviewer()) for _ in range(2)]
    typed = [{"domain": "example.com", "cause": "shell_site", "words": f"理由{n}"} for n in range(2)]
    for tab in tabs:
        tab.cookies["django_language"] = "en"

    ends = together(*(lambda tab=tab, sent=sent: tab.post(add, sent) for tab, sent in zip(tabs, typed, strict=True)))

    assert sorted(end.status_code for end in ends) == [200, 302]
    lost = [end.status_code for end in ends].index(200)
    html = ends[lost].content.decode()
    assert "A request for this website is already pending" in html
    assert f"理由{lost}" in html
    assert CauseCancellation.objects.get().words == f"理由{1 - lost}"


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_leads_who_decide_differently_at_once_leave_one_decision(website: Any, _round: int) -> None:
    request = request_for_cause(website)
    rows = [CauseCancellation.objects.get(pk=request.pk) for _ in range(2)]
    leads = [make_lead_reviewer(), make_lead_reviewer()]

    ends = together(lambda: cancels.approve(rows[0], actor=leads[0]), lambda: cancels.decline(rows[1], actor=leads[1]))

    assert sorted(ends) == [False, True]
    request.refresh_from_db()
    assert request.decision == ("approved" if ends[0] else "declined")
    assert Message.objects.filter(channel="authority").count() == ends[0]
    assert Order.objects.count() == ends[0]


def test_two_leads_who_approve_at_once_report_once(website: Any) -> None:
    request = request_for_cause(website)
    rows = [CauseCancellation.objects.get(pk=request.pk) for _ in range(2)]

    ends = together(*(lambda row=row: cancels.approve(row, actor=make_lead_reviewer()) for row in rows))

    assert sorted(ends) == [False, True]
    assert moves(Order.objects.get()) == ["start", "cancel_for_cause"]
    assert Message.objects.filter(channel="authority").count() == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_the_owner_and_a_lead_who_cancel_one_access_at_once_report_it_once(
    lin: Any, website: Any, ready: Order, _round: int
) -> None:
    request, mine = request_for_cause(website), read(ready)

    ends = together(
        lambda: cancelling.confirm(mine, actor=lin),
        lambda: cancels.approve(request, actor=make_lead_reviewer()),
    )

    assert words(ends)[-1] == "done"
    assert len(moves(ready)) == 2
    assert Message.objects.filter(channel="authority").count() == 1
    request.refresh_from_db()
    assert (request.decision == "approved") == (moves(ready)[-1] == "cancel_for_cause")


# --- service codes ------------------------------------------------------------------------------


def code_of(user: Any, **columns: Any) -> ServiceCode:
    return ServiceCode.objects.create(instance_id="i-example0001", slot=1, product="ecs", account=user.email, **columns)


@pytest.mark.parametrize("_round", ROUNDS)
def test_revoking_a_code_while_an_order_takes_it_leaves_one_of_them(lin: Any, _round: int) -> None:
    code = code_of(lin)

    ends = together(
        lambda: handovers.revoke(code, lin.email),
        lambda: service_codes.bind(code.pk, "T7Q4-M2KX", account=lin.email),
    )

    assert sorted(ends) == [False, True]
    code.refresh_from_db()
    assert (code.state, code.holder) == (("revoked", "") if ends[0] else ("bound", "T7Q4-M2KX"))


@pytest.mark.parametrize("_round", ROUNDS)
def test_revoking_the_last_code_while_an_order_picks_its_server_leaves_no_revoked_code_in_an_order(
    lin: Any, servers: Any, _round: int
) -> None:
    servers[lin.email] = servers["alice@example.com"]
    code = code_of(lin)
    order = make_order(lin, steps=())
    sent = {"product_type": "ecs", "how": "instance", "instance": "i-example0001"}
    tab = sign_in(Client(), lin)

    together(
        lambda: handovers.revoke(code, lin.email),
        lambda: tab.post(reverse("step", args=[order.reference, "service_code"]), sent),
    )

    bound = ServiceCode.objects.get(state="bound")
    assert (bound.holder, read(order).service_code) == (order.reference, str(bound.pk))


def test_two_tabs_that_answer_an_offer_differently_notify_both_accounts_once(lin: Any) -> None:
    chen = make_user("chen@example.com")
    offered = handovers.offer(code_of(lin), lin, chen)
    tabs = [sign_in(Client(), chen) for _ in range(2)]

    ends = together(
        lambda: tabs[0].post(reverse("code-offer-answer", args=[offered.reference, "accept"])),
        lambda: tabs[1].post(reverse("code-offer-answer", args=[offered.reference, "decline"])),
    )

    offered.refresh_from_db()
    assert [end.url for end in ends] == [offered.get_absolute_url()] * 2
    assert offered.state in ("accepted", "declined")
    told = Message.objects.filter(channel="site").exclude(template__in=("handover_offered", "handover_sent"))
    assert set(told.values_list("template", flat=True)) == {f"handover_{offered.state}"}
    assert told.count() == 2


# --- backdrops ----------------------------------------------------------------------------------


def test_a_backdrop_requested_in_two_tabs_at_once_is_one_and_goes_to_an_address_entered() -> None:
    order = make_order()
    tabs = hands(order.owner, 2)
    typed = [{**ADDRESS, "ship_address": f"示例路{n}号"} for n in (1, 2)]
    url = reverse("backdrop", args=[order.reference])

    ends = together(*(lambda tab=tab, sent=sent: tab.post(url, sent) for tab, sent in zip(tabs, typed, strict=True)))

    assert [end.status_code for end in ends] == [302, 302]
    found = Backdrop.objects.get()
    assert found.address in ("示例路1号", "示例路2号")
    # nobody's address is lost without a trace: the second one changed it
    assert sorted(found.events.values_list("move", flat=True)) == ["ask", "change_address"]


@pytest.mark.parametrize("stock", [1, 2])
def test_two_of_the_desk_who_post_at_once_send_one_parcel_and_take_one_from_stock(stock: int) -> None:
    owner = make_user()
    to = backdrops.Address("陈样例", "13900000002", "640106", "宁夏回族自治区银川市金凤区", "示例路1号", "")
    made = backdrops.ask(holder="T7Q4-M2KX", owner=owner, to=to, words={"ref": "", "domain": "", "url": ""})
    backdrops.stock()
    BackdropStock.objects.update(count=stock)
    rows = [Backdrop.objects.get(pk=made.pk) for _ in range(2)]

    ends = together(
        *(
            lambda row=row, n=n: backdrops.post(row, courier="SF", tracking=f"SF{n}", actor=make_reviewer())
            for n, row in enumerate(rows)
        )
    )

    assert words(ends)[1] == "done"
    assert words(ends)[0] in ("MoveNotAllowed", "OutOfStock")
    assert list(made.events.order_by("at", "pk").values_list("move", flat=True)) == ["ask", "post"]
    assert BackdropStock.objects.get().count == stock - 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_cancelling_while_the_desk_posts_leaves_one_of_them(_round: int) -> None:
    owner = make_user()
    to = backdrops.Address("陈样例", "13900000002", "640106", "宁夏回族自治区银川市金凤区", "示例路1号", "")
    made = backdrops.ask(holder="T7Q4-M2KX", owner=owner, to=to, words={"ref": "", "domain": "", "url": ""})
    backdrops.stock()
    BackdropStock.objects.update(count=1)
    rows = [Backdrop.objects.get(pk=made.pk) for _ in range(2)]

    ends = together(
        lambda: backdrops.cancel(rows[0], actor=owner),
        lambda: backdrops.post(rows[1], courier="SF", tracking="SF1", actor=make_reviewer()),
    )

    assert words(ends) == ["MoveNotAllowed", "done"]
    made.refresh_from_db()
    assert (made.state, BackdropStock.objects.get().count) in (("called_off", 1), ("posted", 0))
