"""A designated place: chosen from the list, its slip to print, its address by text; a closing place is announced."""

import re

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import make_order, make_place, make_ready_document, make_user, moves, sign_in
from tests.transfers.outside import cost
from transfers.models import Order
from transfers.orders import actions
from transfers.photo import places
from verification.models import PlaceChoice
from verification.photos import places as photo_places

pytestmark = pytest.mark.django_db
SEND = {"photo_way": "place", "photo_confirm": "on", "send": "1"}


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"


def due(**columns):
    return make_order(**{"state": states.PHOTO_DUE, **columns})


def page_of(order, name="photo"):
    return reverse(name, args=[order.reference])


def look(client, order, name="photo"):
    return sign_in(client, order.owner).get(page_of(order, name)).content.decode()


def choose(client, order, place):
    return sign_in(client, order.owner).post(page_of(order, "photo-place"), {"place": getattr(place, "pk", place)})


def send(client, order, **data):
    return sign_in(client, order.owner).post(page_of(order), {**SEND, **data})


def text(client, order):
    return sign_in(client, order.owner).post(page_of(order, "photo-place-text"), follow=True).content.decode()


def read(order):
    return Order.objects.get(pk=order.pk)


def chosen_place(order):
    found = photo_places.choice_of(order.reference)
    return found.place if found else None


def ways(html):
    return re.findall(r'name="photo_way" value="(\w+)"', html)


# --- the list ---


def test_the_own_province_comes_first_and_a_closed_place_is_not_listed(client):
    make_place(region="110100", name_en="Beijing place")
    make_place(region="640100", name_en="Yinchuan place")
    make_place(region="640200", name_en="Closed place", active=False)

    html = look(client, due(photo_way="place"))

    assert re.findall(r'<optgroup label="([^"]+)"', html) == ["Ningxia", "Beijing"]
    assert html.index("Yinchuan place") < html.index("Beijing place")
    assert "Closed place" not in html
    assert "No designated place" not in html


def test_the_list_is_chinese_for_readers_of_chinese(client):
    make_place(name_zh="银川市示例拍照点")
    client.cookies["django_language"] = "zh-hans"

    assert "银川市示例拍照点" in look(client, due(photo_way="place"))


def test_a_province_without_a_place_says_so_with_the_hotline_and_the_alternatives(client, settings):
    settings.PROVIDER_HOTLINE = "400-111-1111"
    make_place(region="110100")

    html = " ".join(look(client, due(photo_way="place")).split())

    assert "No designated place in this province at the moment" in html
    advice = "Call 400-111-1111 if you need one. You can also choose a place in another province, or another way."
    assert advice in strip_tags(html)
    assert ways(html) == ["backdrop", "place"]


def test_without_any_place_this_way_is_closed_and_the_others_are_open(client):
    order = due()
    make_ready_document(order, "photo")

    html = look(client, order)
    refused = send(client, order)

    assert "You can use the other ways." in html
    assert ways(html) == ["backdrop"]
    assert "Choose this place" not in html
    assert list(refused.context["form"].errors) == ["photo_way"]
    assert send(client, order, photo_way="backdrop").url == order.get_absolute_url()


def test_it_is_a_way_of_both_profiles(client):
    make_place()

    for profile in ("seed-2018", "current-2020"):
        assert "place" in ways(look(client, due(province="44", rule_profile=profile)))


# --- choosing ---


def test_the_last_choice_counts_and_is_shown_with_its_details(client):
    order, first, second = due(), make_place(), make_place(name_en="The other place")

    answer = choose(client, order, first)
    choose(client, order, second)
    html = look(client, order)

    assert answer.url == page_of(order) + "#place"
    assert chosen_place(order) == second
    for words in (second.name_en, second.address_en, second.address_zh, second.hours_en, second.phone):
        assert words in strip_tags(html)
    assert page_of(order, "photo-place-slip") in html
    assert re.findall(r'name="photo_way" value="(\w+)"[^>]*checked', html) == ["place"]


@pytest.mark.parametrize("wrong", ["", "0", "nonsense"])
def test_a_place_not_in_the_list_cannot_be_chosen(client, wrong):
    order = due()
    make_place()

    answer = sign_in(client, order.owner).post(page_of(order, "photo-place"), {"place": wrong}, follow=True)

    assert "Choose one of the places in the list" in answer.content.decode()
    assert chosen_place(order) is None


def test_a_place_closed_since_cannot_be_chosen(client):
    order, place = due(), make_place()
    photo_places.close(place)

    choose(client, order, place)

    assert chosen_place(order) is None


# --- sending ---


def test_the_place_stays_on_the_order_unchanged_whatever_happens_to_the_list(client):
    order, place = due(), make_place(name_zh="银川市示例拍照点")
    make_ready_document(order, "photo")
    choose(client, order, place)

    answer = send(client, order, place=place.pk)
    type(place).objects.update(name_zh="改名了")

    assert answer.url == order.get_absolute_url()
    kept = read(order).answer("photo")
    assert (kept["way"], kept["place"]["zh"]) == ("place", "银川市示例拍照点")
    assert PlaceChoice.objects.get().ended_at is not None


def test_without_a_place_it_is_not_sent_and_nothing_is_lost(client):
    order = due()
    make_place()
    make_ready_document(order, "photo")

    answer = send(client, order)

    assert "Choose the place first" in answer.content.decode()
    assert read(order).state == states.PHOTO_DUE
    assert answer.context["slots"][0]["state"] == "ready"


def test_a_way_changed_in_one_tab_and_sent_in_the_other_loses_nothing(client):
    order, place = due(), make_place()
    make_ready_document(order, "photo")
    look(client, order)  # this tab still shows the backdrop
    choose(client, order, place)  # in the other one

    answer = send(client, order, photo_way="backdrop")

    assert answer.url == order.get_absolute_url()
    assert read(order).answer("photo")["way"] == "backdrop"
    assert "place" not in read(order).answer("photo")
    assert chosen_place(order) == place  # and is offered again if the photo is returned
    assert moves(order) == ["send_photo"]


def test_a_place_changed_in_one_tab_is_submitted_as_the_other_tab_showed_it(client):
    order, first, second = due(), make_place(), make_place()
    make_ready_document(order, "photo")
    choose(client, order, first)
    choose(client, order, second)

    send(client, order, place=first.pk)

    assert read(order).answer("photo")["place"]["zh"] == first.name_zh


def test_pressed_twice_it_is_sent_once(client):
    order, place = due(), make_place()
    make_ready_document(order, "photo")
    choose(client, order, place)

    answers = [send(client, order, place=place.pk) for _ in range(2)]

    assert [answer.url for answer in answers] == [order.get_absolute_url()] * 2
    assert moves(order) == ["send_photo"]


# --- a place that closes ---


def test_a_closing_place_is_announced_to_who_chose_it_and_a_photo_taken_there_can_still_be_sent(client):
    order, place = due(), make_place()
    make_ready_document(order, "photo")
    choose(client, order, place)
    photo_places.close(place)

    html = look(client, order)

    assert {message.template for message in Message.objects.filter(reference=order.reference)} == {"place_closed"}
    assert "This place no longer takes photos" in html
    assert "Print the appointment slip" not in html
    assert send(client, order, place=place.pk).url == order.get_absolute_url()


def test_a_choice_after_the_photo_was_sent_is_ignored(client):
    order, place, other = due(), make_place(), make_place()
    make_ready_document(order, "photo")
    choose(client, order, place)
    read_before = read(order)
    send(client, order, place=place.pk)

    assert places.choose(read_before, other) is None
    assert photo_places.close(place) + photo_places.close(other) == 0


def test_after_sending_or_withdrawing_nobody_is_notified_that_it_closes(client):
    place, sent, withdrawn = make_place(), due(), due()
    for order in (sent, withdrawn):
        make_ready_document(order, "photo")
        choose(client, order, place)
    send(client, sent, place=place.pk)
    actions.withdraw(withdrawn, actor=withdrawn.owner, reason="other")

    assert photo_places.close(place) == 0


# --- the slip ---


def test_the_slip_says_who_where_what_to_bring_and_the_rules_and_masks_names(client):
    order, place = due(), make_place()
    choose(client, order, place)

    html = look(client, order, "photo-place-slip")

    for words in (order.reference, order.domain, place.name_en, place.address_zh, place.hours_en, place.phone):
        assert words in strip_tags(html)
    said = ("The website administrator in person, nobody else", "The authenticity statement, signed")
    for words in (*said, "original ID document", "No red or blue top"):
        assert words in html
    assert "陈*例" in html
    assert "陈样例" not in html
    assert "649999198806060008" not in html
    assert "13900000002" not in html
    assert "data-print" in html


def test_without_a_choice_there_is_no_slip(client):
    order = due()

    assert sign_in(client, order.owner).get(page_of(order, "photo-place-slip")).url == order.get_absolute_url()


def test_the_slip_of_a_closed_place_says_so_first(client):
    order, place = due(), make_place()
    choose(client, order, place)
    photo_places.close(place)

    assert "This place no longer takes photos" in look(client, order, "photo-place-slip")


# --- the address by text ---


def test_the_address_is_texted_to_the_own_mobile_once_and_the_page_says_where_to(client):
    order, place = due(owner=make_user(mobile="13900000077")), make_place()
    choose(client, order, place)

    first, second = text(client, order), text(client, order)

    (message,) = Message.objects.filter(template="place_address")
    assert message.payload["to"] == "13900000077"
    assert "The address is on its way to 139****0077" in first
    assert "Already sent. You can send it again after" in second
    assert "13900000077" not in first


@pytest.mark.parametrize("closed", [True, False])
def test_without_a_choice_or_for_a_closed_place_nothing_is_sent(client, closed):
    order, place = due(), make_place()
    if closed:
        choose(client, order, place)
        photo_places.close(place)
    Message.objects.all().delete()

    text(client, order)

    assert not Message.objects.exists()


# --- for whom, and what it costs ---


@pytest.mark.parametrize("state", [states.DRAFT, states.SUBMITTED, states.PHOTO_REVIEW, states.APPROVED])
def test_before_and_after_the_photo_step_nothing_can_be_chosen_printed_or_sent(client, state):
    order, place = make_order(state=state), make_place()

    assert choose(client, order, place).url == order.get_absolute_url()
    assert client.get(page_of(order, "photo-place-slip")).url == order.get_absolute_url()
    assert client.post(page_of(order, "photo-place-text")).url == order.get_absolute_url()
    assert chosen_place(order) is None


def test_where_the_app_is_required_no_place_can_be_chosen(client, settings):
    settings.PHOTO_APP_GATEWAY = ""
    order, place = due(province="31"), make_place(region="310100")

    choose(client, order, place)

    assert chosen_place(order) is None
    assert 'id="place"' not in look(client, order)


def test_a_stranger_finds_no_page_and_changes_nothing(client):
    order, place, other = due(), make_place(), make_place()
    choose(client, order, place)
    sign_in(client, due().owner)

    assert client.post(page_of(order, "photo-place"), {"place": other.pk}).status_code == 404
    assert client.get(page_of(order, "photo-place-slip")).status_code == 404
    assert client.post(page_of(order, "photo-place-text")).status_code == 404
    assert chosen_place(order) == place
    assert not Message.objects.exists()


def test_the_page_takes_as_many_queries_for_three_places_as_for_one(client):
    order, place = due(), make_place()
    choose(client, order, place)
    one = cost(lambda: client.get(page_of(order)))
    make_place()
    make_place(region="110100")

    assert cost(lambda: client.get(page_of(order))) == one <= 11
    assert cost(lambda: client.get(page_of(order, "photo-place-slip"))) <= 6
    assert cost(lambda: client.post(page_of(order, "photo-place"), {"place": place.pk})) <= 9
