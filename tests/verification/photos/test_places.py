"""Designated places: the list, the choices, the address by text a few times, and the notice when one closes."""

import pytest
from django.core.exceptions import ValidationError

from icpportal.outbox.models import Message
from tests.transfers.builders import make_place, make_user
from tests.transfers.outside import cost
from verification.models import PhotoPlace, PlaceChoice
from verification.photos import places as photo_places

pytestmark = pytest.mark.django_db
WORDS = {"ref": "T7Q4-M2KX", "domain": "example.com", "url": "https://beian.example.com/x/"}


def choose(place, holder="T7Q4-M2KX", owner=None):
    return photo_places.choose(holder, place, owner=owner or make_user(), words=WORDS)


def message_rows():
    return sorted(Message.objects.values_list("template", "channel", "reference"))


def test_the_places_of_the_own_province_come_first_and_closed_ones_are_not_listed():
    beijing, yinchuan = make_place(region="110100"), make_place(region="640100")
    make_place(region="640200", active=False)

    assert photo_places.open_places("64") == [yinchuan, beijing]
    assert photo_places.open_places("44") == [beijing, yinchuan]


@pytest.mark.parametrize("region", ["64", "64010", "ab0100", "6401000"])
def test_a_place_has_the_code_of_its_city(region):
    with pytest.raises(ValidationError):
        PhotoPlace(region=region, name_zh="x", name_en="x", address_zh="x", address_en="x", phone="1").full_clean()


def test_the_last_choice_counts_and_is_one_row():
    one, other = make_place(), make_place()
    owner = make_user()

    choose(one, owner=owner)
    choose(other, owner=owner)

    assert photo_places.choice_of("T7Q4-M2KX").place == other
    assert PlaceChoice.objects.count() == 1
    assert photo_places.choice_of("ANOTHER") is None


def test_the_address_goes_to_the_owners_own_mobile_and_once_however_often_it_is_pressed():
    choice = choose(make_place(), owner=make_user(mobile="13900000077"))

    answers = [photo_places.text_address(choice).ok for _ in range(3)]

    assert answers == [True, False, False]
    (message,) = Message.objects.all()
    assert (message.template, message.channel, message.payload["to"]) == ("place_address", "sms", "13900000077")


def test_the_address_is_sent_at_most_a_few_times_a_day(settings):
    settings.LIMITS = {**settings.LIMITS, "place_text": (3, 86400), "place_text_pause": (99, 60)}
    choice = choose(make_place())

    assert [photo_places.text_address(choice).ok for _ in range(5)] == [True] * 3 + [False] * 2
    assert Message.objects.count() == 3


def test_people_who_chose_a_closing_place_are_notified_once_and_nobody_else():
    closing, staying = make_place(), make_place()
    choose(closing)
    choose(closing, "GONE")
    choose(staying, "OTHER")
    photo_places.end("GONE")

    assert [photo_places.close(closing), photo_places.close(closing)] == [1, None]
    assert message_rows() == [("place_closed", channel, "T7Q4-M2KX") for channel in ("email", "site", "sms")]
    assert not PhotoPlace.objects.get(pk=closing.pk).active


def test_a_reopened_place_that_closes_again_is_announced_again():
    place = make_place()
    choose(place)
    photo_places.close(place)
    assert [photo_places.reopen(place), photo_places.reopen(place)] == [True, False]

    assert photo_places.close(place) == 1

    assert len(message_rows()) == 6


def test_an_owner_without_a_mobile_is_notified_by_mail_and_on_the_site():
    owner = make_user()
    type(owner).objects.filter(pk=owner.pk).update(mobile="")
    owner.refresh_from_db()
    place = make_place()
    choose(place, owner=owner)

    photo_places.close(place)

    assert [channel for _template, channel, _reference in message_rows()] == ["email", "site"]


def test_closing_takes_as_many_queries_for_one_as_for_three():
    few, many = make_place(), make_place()
    choose(few, "ONE")
    for holder in ("TWO", "THREE", "FOUR"):
        choose(many, holder)

    assert cost(lambda: photo_places.close(many)) == cost(lambda: photo_places.close(few)) <= 5
