"""The photo: its ways by province, checked before it is sent, taken again with a reason."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from lxml.html import document_fromstring

from tests.transfers import states
from tests.transfers.builders import (
    make_order,
    make_place,
    make_ready_document,
    make_reason,
    make_reviewer,
    moves,
    sign_in,
)
from tests.transfers.desk import overtaken_by_an_upload, photo_file
from tests.transfers.outside import cost
from transfers.documents import actions as paper_actions
from transfers.models import Order, OrderDocument
from transfers.review import actions as review
from verification.models import Document, PhotoPlace

pytestmark = pytest.mark.django_db
SEND = {"photo_way": "backdrop", "photo_confirm": "on"}


def page_of(order):
    return reverse("photo", args=[order.reference])


def due(**columns):
    return make_order(state=states.PHOTO_DUE, **columns)


def show(client, order):
    client.cookies["django_language"] = "en"
    return sign_in(client, order.owner).get(page_of(order)).content.decode()


def choose(client, order, way):
    """The page with this way chosen."""
    client.cookies["django_language"] = "en"
    sent = {"choose": "1", "photo_way": way}
    return sign_in(client, order.owner).post(page_of(order), sent, follow=True).content.decode()


def parts(html):
    """The visible parts of the page: the ways, the upload, the tick, the list of places, the primary buttons."""
    main = document_fromstring(html).xpath("//main")[0]
    asked = {
        "ways": '//input[@type="radio" and @name="photo_way"]',
        "upload": '//input[@type="file"]',
        "tick": '//input[@name="photo_confirm"]',
        "places": '//select[@name="place"]',
        "backdrop": '//a[contains(@href, "/backdrop/")]',
    }
    filled = [" ".join(each.text_content().split()) for each in main.xpath('.//*[@class="button"]')]
    return {name for name, where in asked.items() if main.xpath(f".{where}")}, filled


def test_the_way_is_chosen_first_and_the_page_then_shows_only_what_it_needs(client):
    """The choice came after both ways and the upload, with two primary buttons."""
    order = due()

    assert parts(show(client, order)) == ({"ways"}, ["Continue"])
    own, place = choose(client, order, "backdrop"), choose(client, order, "place")

    assert parts(own) == ({"ways", "backdrop", "upload"}, ["Upload"])
    assert "The backdrop fills the picture" in own
    assert parts(place) == ({"ways", "places"}, ["Choose this place"])
    assert "The backdrop fills the picture" not in place
    assert parts(show(client, order)) == parts(place), "the choice is kept"
    client.post(reverse("photo-place", args=[order.reference]), {"place": PhotoPlace.objects.get().pk})
    assert parts(show(client, order)) == ({"ways", "places", "upload"}, ["Upload"])


def test_a_missing_choice_is_reported_at_the_ways(client):
    order = due()

    html = choose(client, order, "")

    assert parts(html)[0] == {"ways"}
    assert "Choose" in document_fromstring(html).xpath('string(//*[@class="error-summary"])')
    assert read(order).photo_way == ""


def test_the_tick_appears_with_its_picture_and_stays_while_that_is_checked(client):
    """It was below the upload and was lost with each one."""
    order = due(photo_way="backdrop")
    assert "tick" not in parts(show(client, order))[0]
    make_ready_document(order, "photo")
    Document.objects.update(state="checking")
    assert "tick" in parts(show(client, order))[0]

    waits = send(client, order).content.decode()

    assert "The photo is still being checked: try again in a moment" in waits
    assert document_fromstring(waits).xpath('//input[@name="photo_confirm"]/@checked')
    Document.objects.update(state="ready")
    assert parts(show(client, order)) == ({"ways", "backdrop", "upload", "tick"}, ["Submit the photo"])


def test_an_upload_without_a_file_says_so_and_nothing_else(client):
    order = due(photo_way="backdrop")
    client.cookies["django_language"] = "en"

    html = sign_in(client, order.owner).post(page_of(order), {}).content.decode()

    assert "The file is empty: choose another file" in html
    assert "Confirm who is in the photo" not in html


def send(client, order, **data):
    client.cookies["django_language"] = "en"
    return sign_in(client, order.owner).post(page_of(order), {**SEND, **data})


def read(order):
    return Order.objects.get(pk=order.pk)


@pytest.fixture(autouse=True)
def by_hand(settings):
    """The app's system is not used, and there is a place to go to."""
    settings.PHOTO_APP_GATEWAY = ""
    make_place()


@pytest.mark.parametrize(
    ("province", "ways"), [("64", ["backdrop", "place"]), ("12", ["backdrop", "place"]), ("31", [])]
)
def test_the_ways_are_those_of_the_province(client, province, ways):
    html = show(client, due(province=province))

    assert re.findall(r'name="photo_way" value="(\w+)"', html) == ways


def test_the_rules_are_listed_and_each_way_says_what_it_needs(client):
    html = show(client, due(photo_way="backdrop"))

    for words in ("No red or blue top", "The backdrop fills the picture"):
        assert words in html
    assert "Bring the document and the statement" in show(client, due(photo_way="place"))
    assert "In Shanghai" not in html
    assert "Install the app" not in html


@pytest.mark.parametrize("province", ["12", "31", "44", "64"])
def test_since_2020_the_background_is_plain_white_and_no_backdrop_is_mentioned(client, province):
    order = due(province=province, rule_profile="current-2020")
    assert re.findall(r'name="photo_way" value="(\w+)"', show(client, order)) == ["plain", "place"]

    html = choose(client, order, "plain")

    assert "A plain white background fills the picture" in html
    assert "backdrop fills" not in html
    assert "Enter your address" not in html


@pytest.mark.parametrize(
    ("profile", "way", "right", "has_gap"),
    [
        ("seed-2018", "backdrop", "the words around you readable", True),
        ("current-2020", "plain", "Centred, upper body, well lit", False),
    ],
)
def test_a_right_portrait_and_wrong_ones_are_shown_for_the_chosen_way(client, profile, way, right, has_gap):
    html = show(client, due(rule_profile=profile, photo_way=way))

    assert right in html
    assert html.count('<span class="sr">Right: </span>') == 1
    assert html.count('<span class="sr">Wrong: </span>') >= 5
    assert ("Room beside the backdrop" in html) is has_gap
    assert "<li>No red or blue top</li>" in html, "no tick beside what is forbidden"


def test_since_2020_a_photo_before_a_backdrop_is_no_choice(client):
    order = due(rule_profile="current-2020")
    make_ready_document(order, "photo")

    answer = send(client, order, photo_way="backdrop")

    assert list(answer.context["form"].errors) == ["photo_way"]
    assert read(order).state == states.PHOTO_DUE
    send(client, order, photo_way="plain")
    assert (read(order).state, read(order).photo_way) == (states.PHOTO_REVIEW, "plain")


def test_without_the_apps_system_shanghai_uploads_the_photo_and_names_its_code(client):
    order = due(province="31")
    html = show(client, order)

    assert "Shanghai requires the authority&#x27;s app" in html or "Shanghai requires the authority's app" in html
    assert "Install the app of the Shanghai authority on an Android phone." in html
    assert 'type="file"' in html

    refused = send(client, order, photo_way="shanghai_app", sh_code="A")
    endless = send(client, order, photo_way="shanghai_app", sh_code="AB12CD" * 20)
    no_photo = send(client, order, photo_way="shanghai_app", sh_code="AB12CD")
    make_ready_document(order, "photo")
    sent = send(client, order, photo_way="shanghai_app", sh_code="ａb 12-c d")

    assert "The code does not match: enter it exactly as the app shows it" in refused.content.decode()
    assert "field-error" in endless.content.decode()
    assert "Choose a photo, then submit" in no_photo.content.decode()
    assert sent.url == order.get_absolute_url()
    assert read(order).answer("photo")["sh_code"] == "AB12CD"
    assert "fetched" not in read(order).answer("photo")
    assert read(order).photo_way == "shanghai_app"


@pytest.mark.parametrize("way", ["shanghai_app", "", "nonsense"])
def test_a_way_of_another_province_is_refused(client, way):
    order = due()
    make_ready_document(order, "photo")

    assert send(client, order, photo_way=way).status_code == 200
    assert read(order).state == states.PHOTO_DUE


def test_a_ready_photo_is_sent_once_however_often_it_is_pressed(client):
    order = due()
    make_ready_document(order, "photo")

    answers = [send(client, order) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [302] * 3
    assert read(order).state == states.PHOTO_REVIEW
    assert moves(order) == ["send_photo"]


def test_a_photo_arriving_by_phone_while_send_is_pressed_is_shown_first(client, monkeypatch):
    order = due()
    make_ready_document(order, "photo")
    overtaken_by_an_upload(monkeypatch)

    answer = send(client, order)

    assert "The photo has been replaced: look at the new one before you decide." in answer.content.decode()
    assert moves(order) == []
    assert send(client, order).url == order.get_absolute_url()
    assert moves(order) == ["send_photo"]


def test_a_photo_that_another_window_sent_is_not_submitted_by_one_that_shows_the_earlier(client):
    order = due(photo_way="backdrop")
    make_ready_document(order, "photo")
    (earlier,) = re.findall(r'name="shown" value="([^"]+)" form="page-form"', show(client, order))
    paper_actions.remove(order, slot="photo")
    make_ready_document(order, "photo")

    answer = send(client, order, shown=earlier)

    assert "The photo has been replaced: look at the new one before you decide." in answer.text
    assert moves(order) == []
    (now,) = re.findall(r'name="shown" value="([^"]+)"', show(client, order))
    assert send(client, order, shown=now).url == order.get_absolute_url()


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("", "Choose a photo, then submit"),
        ("refused", "Choose a photo, then submit"),
        ("checking", "The photo is still being checked: try again in a moment"),
    ],
)
def test_an_unready_photo_is_not_sent(client, document, words):
    order = due()
    if document:
        make_ready_document(order, "photo")
        Document.objects.update(state=document)

    html = send(client, order).content.decode()

    assert words in html
    assert read(order).state == states.PHOTO_DUE


def test_the_person_in_the_photo_must_be_confirmed(client):
    order = due()
    make_ready_document(order, "photo")

    html = sign_in(client, order.owner).post(page_of(order), {"photo_way": "backdrop"}).content.decode()

    assert "请确认照片中的人员，再提交" in html
    assert read(order).state == states.PHOTO_DUE


def test_a_small_photo_is_refused_with_advice(client):
    order = due()
    client.cookies["django_language"] = "en"

    answer = sign_in(client, order.owner).post(
        page_of(order), {"upload": "1", "file": photo_file(width=700, height=500)}
    )

    assert "Smaller than 800 × 600: move closer and take it again" in answer.content.decode()
    assert OrderDocument.objects.count() == 0


def test_a_photo_to_be_taken_again_says_why(client):
    order = make_order(state=states.PHOTO_REVIEW)
    reason = make_reason("photo_clothes", text_en="The top is red or blue: change clothes and take the photo again")
    review.refuse_photo(order, make_reviewer(), [review.ReturnedField("photo", reason)])

    html = show(client, order)

    assert "The photo has to be taken again" in html
    assert "The top is red or blue: change clothes and take the photo again" in html


def test_after_a_rejection_the_way_is_chosen_again_and_the_refused_photo_no_longer_counts(client):
    order = due()
    make_ready_document(order, "photo")
    send(client, order)
    review.refuse_photo(read(order), make_reviewer(), [review.ReturnedField("photo", make_reason("photo_clothes"))])

    html = show(client, order)
    refused = send(client, order)
    client.post(reverse("photo-place", args=[order.reference]), {"place": PhotoPlace.objects.get().pk})
    make_photo_anew(order)
    sent = send(client, order, photo_way="place", place=PhotoPlace.objects.get().pk)

    assert "Not uploaded" in html
    assert "Choose a photo, then submit" in refused.content.decode()
    assert sent.url == order.get_absolute_url()
    assert (read(order).state, read(order).photo_way) == (states.PHOTO_REVIEW, "place")
    assert moves(order) == ["send_photo", "refuse_photo", "send_photo"]


def make_photo_anew(order):
    OrderDocument.objects.update(retired_at=timezone.now())
    make_ready_document(order, "photo")


@pytest.mark.parametrize("way", ["backdrop", "place"])
def test_the_last_way_is_ticked_when_the_photo_is_taken_again(client, way):
    html = show(client, due(photo_way=way))

    (ticked,) = re.findall(r'name="photo_way" value="(\w+)"[^>]*checked', html)
    assert ticked == way


@pytest.mark.parametrize("state", [states.DRAFT, states.SUBMITTED, states.PHOTO_REVIEW, states.APPROVED])
def test_the_step_is_open_only_when_the_order_has_reached_it(client, state):
    order = make_order(state=state)
    client = sign_in(client, order.owner)

    assert client.get(page_of(order)).url == order.get_absolute_url()
    assert client.post(page_of(order), {"upload": "1", "file": photo_file()}).url == order.get_absolute_url()
    assert (OrderDocument.objects.count(), read(order).state) == (0, state)


def test_a_stranger_can_neither_see_nor_send(client):
    order = due()
    client = sign_in(client, due().owner)

    assert client.get(page_of(order)).status_code == 404
    assert client.post(page_of(order), {"upload": "1", "file": photo_file()}).status_code == 404
    assert OrderDocument.objects.count() == 0


def test_it_takes_few_queries(client):
    order = due()
    make_ready_document(order, "photo")
    client = sign_in(client, order.owner)

    assert cost(lambda: client.get(page_of(order))) <= 10
    assert cost(lambda: client.post(page_of(order), {"upload": "1", "file": photo_file()})) <= 26  # the first of a day
