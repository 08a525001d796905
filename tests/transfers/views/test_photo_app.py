"""Shanghai's app: its code is checked outside, the photo is shown, and only a viewed photo is sent."""

import re

import pytest
from django.db import connection, transaction
from django.urls import reverse

from icpportal.gateways.photo_app import fake
from tests.transfers import states
from tests.transfers.builders import (
    make_order,
    make_ready_document,
    make_reason,
    make_reviewer,
    moves,
    picture,
    sign_in,
)
from tests.transfers.desk import overtaken_by_an_upload, photo_file
from tests.transfers.outside import cost
from transfers.models import Order, OrderDocument
from transfers.orders import queries
from transfers.orders.people import administrator
from transfers.photo import app as photo_app
from transfers.review import actions as review
from verification import attempts
from verification.documents.actions import examine
from verification.models import Document

pytestmark = pytest.mark.django_db
FAKES = "icpportal.gateways.photo_app.fake"
CODE, OTHER = "AB12CD", "EF34GH"


@pytest.fixture(autouse=True)
def app(settings):
    settings.PHOTO_APP_GATEWAY = f"{FAKES}.FakeApp"
    settings.SCANNER_GATEWAY = "icpportal.gateways.scanner.fake.FakeScanner"
    fake.FakeApp.pictures, fake.FakeApp.asked = {}, []
    yield
    fake.FakeApp.pictures, fake.FakeApp.asked = {}, []


def due(**columns):
    """An order in Shanghai whose administrator has taken two photos with the app."""
    order = make_order(**{"state": states.PHOTO_DUE, "province": "31", **columns})
    for code, colour in ((CODE, "white"), (OTHER, "grey")):
        fake.FakeApp.pictures[code, administrator(order).mobile] = picture(900, 1200, colour=colour)
    return order


def page_of(order):
    return reverse("photo", args=[order.reference])


def press(client, order, **data):
    client.cookies["django_language"] = "en"
    return sign_in(client, order.owner).post(page_of(order), data)


def look(client, order):
    client.cookies["django_language"] = "en"
    return sign_in(client, order.owner).get(page_of(order)).content.decode()


def examine_all():
    for document in Document.objects.filter(state="checking"):
        examine(document.pk)


def read(order):
    return Order.objects.get(pk=order.pk)


def photo_of(order):
    return queries.photo_of(read(order))


def show(client, order, code=CODE):
    """The photo of a code, examined; returns its name on the page."""
    assert press(client, order, sh_code=code).url == page_of(order)
    examine_all()
    return photo_of(order).document.reference


# --- the code ---


def test_the_page_explains_the_steps_and_accepts_no_upload(client):
    html = look(client, due())

    assert len(re.findall(r"<li>", html.split('<ol class="steps">')[1].split("</ol>")[0])) == 6
    assert "139****0002" in html
    assert 'name="sh_code"' in html
    assert 'type="file"' not in html
    assert 'name="usable"' not in html
    assert "hand-off-offer" not in html


def test_the_photo_of_the_code_arrives_like_an_upload_and_is_shown_only_after_its_examination(client):
    order = due()

    press(client, order, sh_code=" ａb12 cD")
    waiting = look(client, order)
    examine_all()
    html = look(client, order)
    document = photo_of(order).document

    assert fake.FakeApp.asked == [(CODE, administrator(order).mobile)]
    assert "Checking" in waiting
    assert 'name="usable"' not in waiting
    assert f'name="usable" value="{document.reference}"' in html
    assert f"{reverse('document', args=[document.reference])}?preview=1" in html
    assert (document.kind, document.state, document.width, document.height) == ("photo", "ready", 900, 1200)
    assert read(order).state == states.PHOTO_DUE


def test_the_polled_part_contains_the_two_answers(client):
    order = due()
    reference = show(client, order)

    html = client.get(reverse("slot-fragment", args=[order.reference, "photo", 1])).content.decode()

    assert f'name="usable" value="{reference}"' in html
    assert 'name="again"' in html
    assert 'type="file"' not in html


@pytest.mark.parametrize("code", ["", "AB1", "AB12CD34E", "AB-12!"])
def test_an_invalid_code_is_not_checked_and_costs_no_attempt(client, code):
    order = due()

    answer = press(client, order, sh_code=code)

    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert fake.FakeApp.asked == []
    assert attempts.attempts_left("photo_code_order", order.reference) == 5


def test_a_wrong_code_says_so_keeps_the_entry_and_loses_nothing(client):
    order = due()
    reference = show(client, order)

    html = press(client, order, sh_code="ZZZZ99").content.decode()

    assert "The code does not match: enter it exactly as the app shows it" in html
    assert photo_of(order).document.reference == reference
    assert attempts.attempts_left("photo_code_order", order.reference) == 4


def test_each_wrong_code_says_how_many_attempts_are_left(client):
    order = due()

    said = [press(client, order, sh_code=f"ZZZZ9{n}").content.decode() for n in range(5)]

    assert ["4 attempts left" in said[0], "1 attempt left" in said[3], "no attempts are left" in said[4]] == [True] * 3


def test_the_code_of_another_administrators_app_does_not_fit(client):
    order = due()
    fake.FakeApp.pictures = {(CODE, "13900000099"): picture(900, 1200)}

    assert "The code does not match" in press(client, order, sh_code=CODE).content.decode()
    assert OrderDocument.objects.count() == 0


@pytest.mark.parametrize("mood", ["Down", "Refusing"])
def test_an_unavailable_system_is_reported_honestly_and_nothing_is_counted(client, settings, mood):
    order = due()
    settings.PHOTO_APP_GATEWAY = f"{FAKES}.{mood}"

    html = press(client, order, sh_code=CODE).content.decode()

    assert "The app&#x27;s server did not respond. This attempt was not counted. Try again later" in html
    assert f'value="{CODE}"' in html
    assert attempts.attempts_left("photo_code_order", order.reference) == 5


def test_nonsense_is_no_photo_and_nothing_is_counted(client, settings):
    order = due()
    settings.PHOTO_APP_GATEWAY = f"{FAKES}.Nonsense"

    html = press(client, order, sh_code=CODE).content.decode()

    assert "did not send a readable photo. This attempt was not counted. Try again later" in html
    assert (OrderDocument.objects.count(), Document.objects.count()) == (0, 0)
    assert attempts.attempts_left("photo_code_order", order.reference) == 5


def test_a_photo_that_is_too_small_gets_advice(client):
    order = due()
    fake.FakeApp.pictures[CODE, administrator(order).mobile] = picture(640, 480)

    assert (
        "Smaller than 800 × 600: move closer and take it again" in press(client, order, sh_code=CODE).content.decode()
    )


def test_after_five_wrong_codes_it_pauses_and_says_until_when(client):
    order = due()
    for number in range(5):
        press(client, order, sh_code=f"ZZZZ{number}")

    html = press(client, order, sh_code=CODE).content.decode()

    assert "Too many attempts. Try again after" in html
    assert len(fake.FakeApp.asked) == 5


def test_the_system_is_called_outside_a_transaction(client, monkeypatch):
    order = due()
    seen = []

    class Watching(fake.FakeApp):
        def suffer(self, timeout):
            outer = connection.savepoint_ids  # the test's own transaction has none
            seen.append((bool(outer), timeout is not None))

    monkeypatch.setattr("verification.photos.app_codes.photo_app", Watching)
    with transaction.atomic():  # how it looks when it is not
        Watching().suffer(None)
    press(client, order, sh_code=CODE)

    assert seen == [(True, False), (False, True)]


# --- usable, or again ---


def test_usable_sends_it_once_however_often_it_is_pressed_with_the_code_for_the_reviewer(client):
    order = due()
    reference = show(client, order)

    answers = [press(client, order, usable=reference) for _ in range(3)]

    assert [answer.url for answer in answers] == [order.get_absolute_url()] * 3
    assert moves(order) == ["send_photo"]
    kept = read(order).answer("photo")
    assert (kept["way"], kept["sh_code"], kept["fetched"]) == ("shanghai_app", CODE, True)
    assert (read(order).state, read(order).photo_way) == (states.PHOTO_REVIEW, "shanghai_app")


def test_a_photo_that_nobody_viewed_is_not_sent(client):
    order = due()
    press(client, order, sh_code=CODE)

    early = press(client, order, usable=photo_of(order).document.reference)
    made_up = press(client, order, usable="nothing")

    assert "look at the new one before you decide" in early.content.decode()
    assert "look at the new one before you decide" in made_up.content.decode()
    assert read(order).state == states.PHOTO_DUE


def test_another_photo_fetched_in_another_tab_is_not_sent_by_the_first(client):
    order = due()
    seen = show(client, order)
    newer = show(client, order, OTHER)

    answer = press(client, order, usable=seen)

    assert "The photo has been replaced: look at the new one before you decide." in answer.content.decode()
    assert f'name="usable" value="{newer}"' in answer.content.decode()
    press(client, order, usable=newer)
    assert read(order).answer("photo")["sh_code"] == OTHER


def test_a_photo_arriving_while_usable_is_pressed_is_shown_first(client, monkeypatch):
    order = due()
    reference = show(client, order)
    overtaken_by_an_upload(monkeypatch)

    answer = press(client, order, usable=reference)

    assert "The photo has been replaced: look at the new one before you decide." in answer.content.decode()
    assert moves(order) == []


def test_again_removes_the_photo_and_asks_for_another_code(client):
    order = due()
    seen = show(client, order)

    answers = [press(client, order, again=seen) for _ in range(2)]

    assert [answer.url for answer in answers] == [page_of(order)] * 2
    assert photo_of(order) is None
    assert 'name="sh_code"' in look(client, order)
    assert Document.objects.get().state == "retired"
    late = press(client, order, usable=seen).text
    assert "Nothing was submitted" in late
    assert "There is no photo to send now: enter the code of the one to use." in late
    assert 'name="sh_code"' in late


def test_another_photo_fetched_in_another_tab_is_not_removed_by_the_first(client):
    order = due()
    seen = show(client, order)
    newer = show(client, order, OTHER)

    answer = press(client, order, again=seen).text

    assert "Nothing was removed" in answer
    assert "The photo has been replaced: look at the new one before you decide." in answer
    assert f'name="usable" value="{newer}"' in answer
    press(client, order, usable=newer)
    late = press(client, order, again=newer)
    assert "Nothing was saved: the order can no longer be changed" in client.get(late.url).text


def test_a_photo_that_failed_the_examination_asks_for_another_code(client):
    order = due()
    press(client, order, sh_code=CODE)
    Document.objects.update(state="refused", reason="file_virus")

    html = look(client, order)

    assert 'name="sh_code"' in html
    assert "did not pass the safety check" in html
    assert 'name="usable"' not in html


def test_after_a_rejection_the_app_is_used_again_and_the_old_photo_is_no_choice(client):
    order = due()
    reference = show(client, order)
    press(client, order, usable=reference)
    reason = make_reason("photo_person", text_en="The person in the photo is not the one on the document")
    review.refuse_photo(read(order), make_reviewer(), [review.ReturnedField("photo", reason)])

    html = look(client, order)

    assert "The person in the photo is not the one on the document" in html
    assert "Delete the app, install it again and repeat all the steps" in html
    assert 'name="sh_code"' in html
    assert "There is no photo to send now" in press(client, order, usable=reference).content.decode()

    press(client, order, usable=show(client, order, OTHER))
    assert moves(order) == ["send_photo", "refuse_photo", "send_photo"]
    assert read(order).answer("photo")["sh_code"] == OTHER


def test_a_forged_upload_is_refused_where_the_app_is_used(client):
    order = due()

    press(client, order, upload="1", file=photo_file())

    assert OrderDocument.objects.count() == 0


def test_a_photo_uploaded_before_the_system_could_be_called_is_not_the_apps(client):
    order = due()
    document = make_ready_document(order, "photo")

    html = look(client, order)
    answer = press(client, order, usable=document.reference)

    assert 'name="sh_code"' in html
    assert 'name="usable"' not in html
    assert "There is no photo to send now" in answer.content.decode()
    assert read(order).state == states.PHOTO_DUE


# --- where and for whom ---


def test_since_2020_the_app_does_not_appear(client):
    html = look(client, due(rule_profile="current-2020"))

    assert "app of the Shanghai authority" not in html
    assert 'name="sh_code"' not in html


def test_no_other_province_uses_the_app(client):
    order = due(province="64")

    press(client, order, sh_code=CODE)

    assert fake.FakeApp.asked == []
    assert not photo_app.is_asked(order)


def test_a_stranger_can_neither_fetch_nor_send(client):
    order = due()
    reference = show(client, order)
    sign_in(client, due().owner)
    asked = list(fake.FakeApp.asked)

    for data in ({"sh_code": CODE}, {"usable": reference}, {"again": "1"}):
        assert client.post(page_of(order), data).status_code == 404
    assert fake.FakeApp.asked == asked
    assert photo_of(order) is not None
    assert read(order).state == states.PHOTO_DUE


def test_an_order_that_moved_on_accepts_no_photo(client):
    order = due(state=states.PHOTO_REVIEW)

    assert press(client, order, sh_code=CODE).url == order.get_absolute_url()
    assert fake.FakeApp.asked == []


def test_it_takes_few_queries(client):
    order = due()
    show(client, order)

    assert cost(lambda: client.get(page_of(order))) <= 9
    assert cost(lambda: client.post(page_of(order), {"sh_code": OTHER})) <= 26
