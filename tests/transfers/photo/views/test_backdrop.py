"""A backdrop from the documents step on: an address of the mainland, where it is, and the desk that posts it."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from filings.provinces import PROVINCES
from filings.register.regions import cities, counties
from icpportal.accounts.roles import AUDITOR, ensure
from icpportal.outbox.models import Message
from icpportal.outbox.texts.message_content import content_of
from icpportal.privacy.models import AccessNote
from tests.transfers import states
from tests.transfers.builders import make_order, make_reviewer, make_user, sign_in
from tests.transfers.outside import cost
from transfers.models import Order
from verification.backdrops import actions
from verification.models import Backdrop, BackdropStock

pytestmark = pytest.mark.django_db
TYPED = {
    "recipient": "陈样例",
    "recipient_mobile": "139 0000 0002",
    "region_province": "64",
    "region_city": "640100",
    "region_county": "640106",
    "ship_address": "示例路1号2号楼301室",
    "company": "",
    "ship_consent": "on",
}


def page_of(order):
    return reverse("backdrop", args=[order.reference])


def english(client, user):
    client.cookies["django_language"] = "en"
    return sign_in(client, user)


def ask(client, order, **changes):
    return english(client, order.owner).post(page_of(order), {**TYPED, **changes})


def desk(client, **data):
    """A reviewer presses a button of the page behind the row."""
    actions.stock()
    BackdropStock.objects.filter(count=0).update(count=5)
    client.cookies["django_language"] = "en"
    url = reverse("admin:verification_backdrop_parcel", args=[Backdrop.objects.get().pk])
    client = sign_in(client, make_reviewer())
    return client.post(url, data) if data else client.get(url)


def test_it_is_asked_for_from_the_documents_step_so_that_it_travels_while_we_review(client):
    order = make_order()

    hub = english(client, order.owner).get(reverse("documents", args=[order.reference])).content.decode()
    form = client.get(page_of(order)).content.decode()
    sent = ask(client, order)

    assert "Enter your address" in hub
    assert "Free of charge, yours to keep" in form
    assert 'value="示例路1号2号楼301室"' in form
    assert sent.url == page_of(order)
    found = Backdrop.objects.get()
    assert (found.holder, found.owner, found.mobile) == (order.reference, order.owner, "13900000002")
    assert found.region_name == "宁夏回族自治区银川市金凤区"


@pytest.mark.parametrize(("state", "travels"), [(states.SUBMITTED, True), (states.PHOTO_DUE, False)])
def test_only_before_the_photo_it_is_said_to_travel_while_we_review(client, state, travels):
    order = make_order(state=state)

    html = english(client, order.owner).get(order.get_absolute_url()).content.decode()
    form = client.get(page_of(order)).content.decode()

    assert "in front of our backdrop" in html
    assert "Mainland China only." in form
    assert ["arrives while we review" in each for each in (html, form)] == [travels, travels]


@pytest.mark.parametrize("state", [states.SUBMITTED, states.PHOTO_DUE, states.PHOTO_REVIEW])
def test_the_order_says_where_it_is_while_we_review_and_at_the_photo(client, state):
    order = make_order(state=state)
    ask(client, order)

    html = client.get(order.get_absolute_url()).content.decode()

    assert "Requested" in html
    assert page_of(order) in html


def test_the_photo_step_offers_it(client):
    order = make_order(state=states.PHOTO_DUE)

    html = english(client, order.owner).get(reverse("photo", args=[order.reference])).content.decode()

    assert page_of(order) in html


@pytest.mark.parametrize("columns", [{"province": "31"}, {"state": states.APPROVED}, {"steps": ()}])
def test_it_is_not_there_where_no_backdrop_is_needed(client, columns):
    order = make_order(**columns)

    assert ask(client, order).status_code == 404
    assert Backdrop.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ship_consent": ""}, "Tick the box to agree, so that we can post it"),
        ({"ship_address": "1 Example Road, Singapore"}, "We post to mainland China only: enter an address there, in"),
        ({"ship_address": "示例路"}, "Add the door number so that the parcel can be delivered"),
        ({"recipient_mobile": "+65 8123 4567"}, "field-error"),
        ({"region_province": "71"}, "field-error"),
        ({"region_county": "110101"}, "field-error"),
        ({"recipient": ""}, "field-error"),
    ],
)
def test_only_a_whole_address_of_the_mainland_with_agreement_is_taken(client, changes, words):
    answer = ask(client, make_order(), **changes)

    assert answer.status_code == 200
    assert words in answer.content.decode() or "error" in answer.content.decode()
    assert Backdrop.objects.count() == 0


def test_a_recipient_without_a_mobile_is_asked_for_the_mobile_and_for_nothing_else(client):
    shown = unescape(ask(client, make_order(), recipient_mobile="").content.decode())

    assert "Enter the recipient's mobile" in shown
    assert "We post to mainland China only" not in shown


@pytest.mark.parametrize("code", PROVINCES)
def test_an_address_in_any_province_of_the_mainland_is_taken(client, code):
    city = cities(code)[0].code
    county = counties(city)[0].code

    answer = ask(client, make_order(), region_province=code, region_city=city, region_county=county)

    assert answer.status_code == 302
    assert Backdrop.objects.get().region == county


def test_pressed_twice_it_is_one_and_the_second_tab_changes_the_address(client):
    order = make_order()

    ask(client, order)
    ask(client, order, ship_address="示例路2号")

    assert Backdrop.objects.get().address == "示例路2号"


def test_without_script_the_cities_are_shown_first(client):
    order = make_order()

    html = ask(client, order, show_places="1", region_province="44", region_city="").content.decode()

    assert "广州市" in html
    assert Backdrop.objects.count() == 0


def test_the_desk_posts_it_and_the_applicant_sees_and_is_told_the_number(client):
    order = make_order()
    ask(client, order)

    shown = desk(client).content.decode()
    desk(client, move="post", courier="SF Express", tracking="SF0000000000000")
    html = english(client, order.owner).get(page_of(order)).content.decode()
    hub = client.get(reverse("documents", args=[order.reference])).content.decode()

    assert "示例路1号2号楼301室" in shown
    assert "SF0000000000000" in html
    assert "One is on its way (SF0000000000000). You do not need to ask again" in html
    assert "SF0000000000000" in hub
    assert "ship_address" not in html
    assert Message.objects.filter(template="backdrop_posted_early").count() >= 3
    looks = AccessNote.objects.filter(reference=order.reference, what="backdrop address")
    assert set(looks.values_list("client", flat=True)) == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("state", "takes_it_now"),
    [(states.DRAFT, False), (states.SUBMITTED, False), (states.PHOTO_DUE, True), (states.PHOTO_REVIEW, False)],
)
def test_only_when_the_photo_is_due_are_mail_and_page_about_the_parcel_a_call_to_take_it(client, state, takes_it_now):
    order = make_order(state=state)
    ask(client, order)

    desk(client, move="post", courier="SF Express", tracking="SF0000000000000")
    mail = content_of(Message.objects.get(reference=order.reference, channel="email")).words.text
    posted = english(client, order.owner).get(page_of(order)).content.decode()
    arrived = client.post(page_of(order), {"do": "arrive"}, follow=True).content.decode()

    assert ["Your turn" in mail, "Take the photo as described" in mail] == [takes_it_now] * 2
    assert ["Take and upload the photo" in posted, "Take the photo in front of it" in arrived] == [takes_it_now] * 2


def test_while_we_look_at_the_photo_the_backdrop_is_offered_for_taking_it_again(client):
    html = english(client, (order := make_order(state=states.PHOTO_REVIEW)).owner).get(order.get_absolute_url())

    assert "If the photo has to be taken again" in html.content.decode()
    assert "is photographed in front of our backdrop" not in html.content.decode()


def test_what_came_back_is_said_to_its_owner_and_each_thing_that_happened_by_its_name_at_the_desk(client):
    order = make_order()
    ask(client, order)
    ask(client, order, ship_address="示例路2号")
    desk(client, move="post", courier="SF Express", tracking="SF0000000000000")
    desk(client, move="come_back")

    page = desk(client).content.decode()
    theirs = english(client, order.owner).get(page_of(order)).content.decode()

    listed = unescape(page).partition("What happened so far")[2]
    order_of = [listed.find(words) for words in ("Came back", "Posted", "Address changed", "Requested")]
    assert order_of == sorted(order_of)
    assert (-1 in order_of, listed.count("Requested")) == (False, 1)
    assert "It came back to us. Check the address and the mobile: we will post it again" in theirs
    assert "We will post it and tell you the tracking number" not in theirs


@pytest.mark.parametrize(("away", "is_said"), [(-3, False), (3, True)])
def test_an_empty_stock_names_no_day_that_is_over(client, away, is_said):
    actions.stock()
    BackdropStock.objects.update(count=0, expected_on=timezone.localdate() + timedelta(days=away))

    html = english(client, (order := make_order()).owner).get(page_of(order)).content.decode()

    assert ("Out of stock until" in html) is is_said


def test_a_request_of_an_order_that_is_given_up_is_not_posted(client):
    order = make_order()
    ask(client, order)

    client.post(reverse("order-move", args=[order.reference, "abandon"]), {"reason": "not_wanted"})

    assert (Order.objects.get().is_ended, Backdrop.objects.get().state) == (True, "called_off")


def test_it_has_arrived_once_however_often_it_is_pressed(client):
    order = make_order()
    ask(client, order)
    desk(client, move="post", courier="SF Express", tracking="SF0000000000000")

    answers = [english(client, order.owner).post(page_of(order), {"do": "arrive"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert list(Backdrop.objects.get().events.values_list("move", flat=True)) == ["arrive", "post", "ask"]


def test_a_lost_one_can_be_asked_for_again(client):
    order = make_order(state=states.PHOTO_DUE)
    ask(client, order)
    desk(client, move="post", courier="SF Express", tracking="SF1")
    english(client, order.owner).post(page_of(order), {"do": "arrive"})

    assert "?again=1" in client.get(page_of(order)).content.decode()
    client.post(page_of(order) + "?again=1", TYPED)

    assert sorted(Backdrop.objects.values_list("state", flat=True)) == ["delivered", "requested"]


def test_called_off_nothing_is_posted(client):
    order = make_order()
    ask(client, order)

    client.post(page_of(order), {"do": "call_off"})
    html = desk(client, move="post", courier="SF", tracking="SF1").content.decode()

    assert "Its state has changed: check it again" in html
    assert 'value="SF1"' in html  # the number of a parcel that somebody holds in the hand
    assert 'value="post"' not in html
    assert Backdrop.objects.get().state == "called_off"
    assert "ship_address" in english(client, order.owner).get(page_of(order)).content.decode()


def test_called_off_after_the_photo_one_is_led_to_the_order(client):
    """What the walk over every page found."""
    order = make_order()
    ask(client, order)
    Order.objects.filter(pk=order.pk).update(state="handing_over", due_at=None)

    answer = client.post(page_of(order), {"do": "call_off"}, follow=True)

    assert answer.redirect_chain == [(order.get_absolute_url(), 302)]
    assert answer.status_code == 200


def test_an_empty_stock_is_said_at_the_desk(client):
    ask(client, make_order())
    BackdropStock.objects.all().delete()
    actions.stock()
    url = reverse("admin:verification_backdrop_parcel", args=[Backdrop.objects.get().pk])
    client.cookies["django_language"] = "en"

    answer = sign_in(client, make_reviewer()).post(
        url, {"move": "post", "courier": "SF", "tracking": "SF1"}, follow=True
    )

    assert "None is in stock" in answer.content.decode()
    assert Backdrop.objects.get().state == "requested"


def test_what_was_typed_stays_when_none_is_in_stock(client):
    ask(client, make_order())
    url = reverse("admin:verification_backdrop_parcel", args=[Backdrop.objects.get().pk])

    answer = sign_in(client, make_reviewer()).post(url, {"move": "post", "courier": "SF", "tracking": "SF1"})

    assert 'value="SF1"' in answer.content.decode()


def test_a_parcel_is_not_posted_to_an_address_that_was_changed_while_it_was_written_on(client):
    order = make_order()
    ask(client, order)
    seen = desk(client).context["backdrop"].version
    ask(client, order, ship_address="示例路2号")

    refused = desk(client, move="post", courier="SF", tracking="SF1", seen=seen)
    html = refused.content.decode()

    assert "The details have changed. Check them again, including the address" in html
    assert "示例路2号" in html
    assert 'value="SF1"' in html
    desk(client, move="post", courier="SF", tracking="SF1", seen=refused.context["backdrop"].version)
    assert Backdrop.objects.get().state == "posted"


def test_two_of_the_desk_post_one_parcel(client):
    ask(client, make_order())
    first = desk(client, move="post", courier="SF", tracking="SF1")

    second = desk(client, move="post", courier="SF", tracking="SF2")

    assert (first.status_code, second.status_code) == (302, 200)
    assert "Its state has changed: check it again" in second.content.decode()
    assert 'value="SF2"' in second.content.decode()
    assert (Backdrop.objects.get().tracking, BackdropStock.objects.get().count) == ("SF1", 4)


def test_an_address_that_was_changed_too_late_is_said(client, monkeypatch):
    order = make_order()
    ask(client, order)
    change = actions.change_address

    def too_late(backdrop, to, *, actor):
        actions.stock()
        BackdropStock.objects.update(count=1)
        actions.post(Backdrop.objects.get(), courier="SF", tracking="SF1", actor=make_reviewer())
        return change(backdrop, to, actor=actor)

    monkeypatch.setattr(actions, "change_address", too_late)
    ask(client, order, ship_address="示例路2号")

    html = client.get(page_of(order)).content.decode()
    assert "It has already been posted to the previous address" in html
    assert Backdrop.objects.get().address == "示例路1号2号楼301室"


def test_strangers_and_auditors_see_no_address(client):
    order = make_order()
    ask(client, order)
    ensure()
    parcel = reverse("admin:verification_backdrop_parcel", args=[Backdrop.objects.get().pk])

    assert sign_in(client, make_order().owner).get(page_of(order)).status_code == 404
    assert client.post(page_of(order), {"do": "call_off"}).status_code == 404
    assert sign_in(client, make_user(held_roles=(AUDITOR,))).get(parcel).status_code in (302, 403, 404)
    assert Backdrop.objects.get().state == "requested"


def test_the_list_of_the_desk_is_no_dearer_with_three(client):
    url = reverse("admin:verification_backdrop_changelist")
    reviewer = make_reviewer()
    ask(client, make_order())
    sign_in(client, reviewer)
    client.get(url)
    one = cost(lambda: client.get(url))
    for _ in range(2):
        ask(client, make_order())
    sign_in(client, reviewer)
    client.get(url)

    assert cost(lambda: client.get(url)) == one
    assert "示例路" not in client.get(url).content.decode()
