"""The life of a backdrop: requested once, posted from stock, delivered or returned; the address is sealed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from icpportal.lifecycle import MoveNotAllowed
from icpportal.outbox.models import Message
from tests.bad import aside
from tests.rivals import just_before
from tests.transfers.builders import make_reviewer, make_user
from verification.backdrops import actions
from verification.models import Backdrop, BackdropStock

pytestmark = pytest.mark.django_db
TO = actions.Address("陈样例", "13900000002", "640106", "宁夏回族自治区银川市金凤区", "示例路1号2号楼301室", "示例公司")
WORDS = {"ref": "T7Q4-M2KX", "domain": "example.com", "url": "https://beian.example.com/x/"}


def request(owner=None, holder="T7Q4-M2KX"):
    return actions.ask(holder=holder, owner=owner or make_user(), to=TO, words=WORDS)


def set_stock(count=1):
    actions.stock()
    BackdropStock.objects.update(count=count)


def post_backdrop(**columns):
    set_stock()
    backdrop = request(**columns)
    actions.post(backdrop, courier="SF Express", tracking="SF0000000000000", actor=make_reviewer())
    return backdrop


def moves(backdrop):
    return list(backdrop.events.order_by("at", "pk").values_list("move", flat=True))


def message_rows():
    return sorted(Message.objects.values_list("template", "channel"))


def test_it_goes_from_requested_to_delivered_and_stock_decreases_by_one():
    set_stock(3)
    backdrop = request()

    actions.post(backdrop, courier="SF Express", tracking="SF0000000000000", actor=make_reviewer())
    actions.mark_delivered(backdrop, actor=backdrop.owner)

    assert moves(backdrop) == ["ask", "post", "arrive"]
    assert BackdropStock.objects.get().count == 2
    assert Backdrop.objects.get().state == "delivered"


def test_account_and_recipient_get_the_couriers_number_once():
    backdrop = post_backdrop()
    set_stock(1)

    with pytest.raises(MoveNotAllowed):
        actions.post(backdrop, courier="SF Express", tracking="SF1", actor=make_reviewer())

    assert message_rows() == [("backdrop_posted_early", channel) for channel in ("email", "site", "sms", "sms")]
    assert BackdropStock.objects.get().count == 1


def test_two_presses_and_two_tabs_request_one():
    owner = make_user()

    first, second = request(owner), request(owner)

    assert first == second
    assert Backdrop.objects.count() == 1


def test_nothing_is_posted_from_an_empty_stock():
    set_stock(0)
    backdrop = request()

    with pytest.raises(actions.OutOfStock):
        actions.post(backdrop, courier="SF", tracking="SF1", actor=make_reviewer())

    assert (Backdrop.objects.get().state, message_rows()) == ("requested", [])


def test_a_post_that_lost_a_race_keeps_the_stock():
    set_stock(2)
    backdrop = request()
    stale = Backdrop.objects.get()
    actions.cancel(backdrop, actor=backdrop.owner)

    with pytest.raises(MoveNotAllowed):
        actions.post(stale, courier="SF", tracking="SF1", actor=make_reviewer())

    assert BackdropStock.objects.get().count == 2


def test_the_address_can_be_changed_until_it_is_posted():
    backdrop = request()
    stale = Backdrop.objects.get()

    assert actions.change_address(backdrop, TO._replace(address="示例路2号"), actor=backdrop.owner) is True
    assert Backdrop.objects.get().address == "示例路2号"
    assert actions.change_address(stale, TO._replace(address="示例路3号"), actor=backdrop.owner) is True
    set_stock()
    actions.post(Backdrop.objects.get(), courier="SF", tracking="SF1", actor=make_reviewer())
    assert actions.change_address(Backdrop.objects.get(), TO, actor=backdrop.owner) is False
    assert Backdrop.objects.get().address == "示例路3号"
    assert moves(backdrop) == ["ask", "change_address", "change_address", "post"]


def test_a_returned_one_is_in_stock_again_and_the_applicant_is_notified():
    backdrop = post_backdrop()

    actions.mark_returned(backdrop, actor=make_reviewer())

    assert BackdropStock.objects.get().count == 1
    assert Backdrop.objects.get().state == "requested"
    assert {template for template, _channel in message_rows()} == {"backdrop_posted_early", "backdrop_returned"}


def test_what_is_not_posted_is_called_off_when_its_holder_needs_none_or_its_address_is_erased():
    ended, erased, sent = request(holder="AAAA-2222"), request(holder="BBBB-2222"), post_backdrop(holder="CCCC-2222")

    actions.end("AAAA-2222", "CCCC-2222")
    actions.erase(Backdrop.objects.filter(holder__in=["BBBB-2222", "CCCC-2222"]))

    assert [moves(each)[-1] for each in (ended, erased, sent)] == ["call_off", "call_off", "post"]
    assert dict(Backdrop.objects.values_list("holder", "region")) == {
        "AAAA-2222": "640106",
        "BBBB-2222": "",
        "CCCC-2222": "",
    }


def test_an_address_changed_at_that_moment_does_not_keep_the_request_of_an_ended_order():
    backdrop = request()
    same, elsewhere = Backdrop.objects.get(), TO._replace(address="示例路9号")

    with just_before("SAVEPOINT", lambda: actions.change_address(same, elsewhere, actor=same.owner)):
        actions.end(backdrop.holder)

    assert moves(backdrop) == ["ask", "change_address", "call_off"]


def test_nobody_calls_off_what_is_on_its_way():
    backdrop = post_backdrop()

    with pytest.raises(MoveNotAllowed):
        actions.cancel(backdrop, actor=backdrop.owner)


def test_the_address_is_not_readable_in_the_database():
    request()

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM verification_backdrop")
        row = str(cursor.fetchall())

    assert not [secret for secret in ("陈样例", "13900000002", "示例路1号", "示例公司") if secret in row]
    assert "陈样例" not in str(Backdrop.objects.get())


def test_an_address_that_cannot_be_erased_stops_no_other(monkeypatch):
    bad, good = post_backdrop(), post_backdrop(holder="ANOT-HER2")
    for backdrop in (bad, good):
        actions.mark_delivered(backdrop, actor=backdrop.owner)
    save = Backdrop.save

    def saved(backdrop, **columns):
        if backdrop.pk == bad.pk:
            raise RuntimeError("x")
        save(backdrop, **columns)

    monkeypatch.setattr(Backdrop, "save", saved)

    assert actions.forget_old(now=timezone.now() + timedelta(days=91)) == 1
    assert [reference for _job, reference in aside()] == [bad.holder]


def test_addresses_are_erased_ninety_days_after_the_end_and_not_before():
    over, living = post_backdrop(), request(holder="ANOT-HER2")
    actions.mark_delivered(over, actor=over.owner)
    now = timezone.now()

    assert actions.forget_old(now=now + timedelta(days=89)) == 0
    assert actions.forget_old(now=now + timedelta(days=91), dry_run=True) == 1
    assert actions.forget_old(now=now + timedelta(days=91)) == 1
    assert actions.forget_old(now=now + timedelta(days=91)) == 0

    over.refresh_from_db()
    living.refresh_from_db()
    assert (over.recipient, over.mobile, over.address, over.company, over.region_name) == ("",) * 5
    assert living.recipient == "陈样例"
    assert over.tracking == "SF0000000000000"


def test_an_earlier_one_of_the_account_can_be_used_again():
    backdrop = post_backdrop()
    assert actions.current("ANOT-HER2", backdrop.owner) == (None, False)

    actions.mark_delivered(backdrop, actor=backdrop.owner)

    assert actions.current("ANOT-HER2", backdrop.owner) == (None, True)
    assert actions.current(backdrop.holder, backdrop.owner) == (backdrop, False)
    assert actions.current("ANOT-HER2", make_user()) == (None, False)
