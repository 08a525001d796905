"""The list of places at the review desk: operations maintain it, nobody deletes, closing notifies who chose it."""

import pytest
from django.urls import reverse
from lxml.html import document_fromstring

from icpportal.accounts.roles import OPERATIONS, REVIEWER, ensure
from icpportal.audit.models import AuditEntry
from icpportal.audit.words import CHANGE
from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import make_order, make_place, make_user, sign_in
from transfers.photo import places as photo_places
from verification.models import PhotoPlace
from verification.photos.places import close

pytestmark = pytest.mark.django_db
LIST = "admin:verification_photoplace_changelist"
TYPED = {
    "region": "640100",
    "name_zh": "银川市示例拍照点",
    "name_en": "Yinchuan sample place",
    "address_zh": "宁夏银川市金凤区示例路1号",
    "address_en": "1 Sample Road, Yinchuan",
    "hours_zh": "周一至周五",
    "hours_en": "Mon–Fri",
    "phone": "0951-0000-001",
    "active": "on",
}


@pytest.fixture
def operations(client):
    return sign_in(client, _staff(OPERATIONS))


def _staff(role):
    ensure()
    return make_user(held_roles=(role,))


def change(place):
    return reverse("admin:verification_photoplace_change", args=[place.pk])


def who_goes_to(place):
    order = make_order(state=states.PHOTO_DUE)
    photo_places.choose(order, place)
    return order


def test_operations_add_a_place_by_its_city(operations):
    page = operations.get(reverse("admin:verification_photoplace_add")).content.decode()
    operations.post(reverse("admin:verification_photoplace_add"), TYPED)

    assert '<optgroup label="宁夏回族自治区">' in page
    assert (PhotoPlace.objects.get().region, PhotoPlace.objects.get().active) == ("640100", True)


def test_an_unknown_city_is_refused(operations):
    operations.post(reverse("admin:verification_photoplace_add"), {**TYPED, "region": "999999"})

    assert not PhotoPlace.objects.exists()


def test_closing_a_place_notifies_who_chose_it_and_a_second_save_notifies_nobody(operations):
    place = make_place()
    order = who_goes_to(place)
    closed = {name: value for name, value in TYPED.items() if name != "active"}

    for _ in range(2):
        operations.post(change(place), closed)

    assert not PhotoPlace.objects.get().active
    assert [message.reference for message in Message.objects.filter(channel="sms")] == [order.reference]


def test_renaming_a_place_notifies_nobody(operations):
    place = make_place()
    who_goes_to(place)

    operations.post(change(place), TYPED)

    assert PhotoPlace.objects.get().name_zh == TYPED["name_zh"]
    assert not Message.objects.exists()


def test_a_page_opened_before_a_colleague_closed_the_place_does_not_open_it_again(operations):
    place = make_place()
    opened = document_fromstring(operations.get(change(place)).content)
    shown = next(form.form_values() for form in opened.forms if "name_zh" in form.fields)
    close(place)
    PhotoPlace.objects.update(phone="0951-0000-009")

    operations.post(change(place), {**dict(shown), "name_zh": "新名"})

    place.refresh_from_db()
    assert (place.name_zh, place.active, place.phone) == ("新名", False, "0951-0000-009")


def test_several_are_closed_and_opened_again_from_the_list(operations):
    place = make_place()
    who_goes_to(place)

    for action, active in (("close_them", False), ("open_them", True)):
        operations.post(reverse(LIST), {"action": action, "_selected_action": [place.pk]})
        assert PhotoPlace.objects.get().active is active
    assert Message.objects.filter(channel="sms").count() == 1


def test_closing_from_the_list_says_what_was_done_and_is_in_the_history_of_the_place(operations):
    place = make_place()
    who_goes_to(place)
    operations.cookies["django_language"] = "en"
    chosen = {"action": "close_them", "_selected_action": [place.pk]}

    said = [operations.post(reverse(LIST), chosen, follow=True).content.decode() for _ in range(2)]
    operations.post(reverse(LIST), {**chosen, "action": "open_them"})

    assert ["1 done, 0 skipped" in said[0], "Notified 1 applicant who had chosen it" in said[0]] == [True, True]
    assert ["0 done, 1 skipped" in said[1], "Notified" in said[1]] == [True, False]
    history = operations.get(reverse("admin:verification_photoplace_history", args=[place.pk])).content.decode()
    assert [history.count(words) for words in ("closed from the list", "opened again from the list")] == [1, 1]
    assert AuditEntry.objects.filter(act=CHANGE, what="verification.photoplace").count() == 2


def test_nobody_deletes_a_place(operations):
    place = make_place()

    assert operations.post(reverse("admin:verification_photoplace_delete", args=[place.pk])).status_code == 403
    assert PhotoPlace.objects.exists()


def test_a_reviewer_cannot_change_the_list(client):
    place = make_place()
    sign_in(client, _staff(REVIEWER))

    assert client.get(reverse(LIST)).status_code == 403
    assert client.post(change(place), TYPED).status_code == 403
    assert PhotoPlace.objects.get().name_zh != TYPED["name_zh"]
