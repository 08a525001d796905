"""The parts that a return names stand in the order of the form, in the letter and on every page."""

import re
from html import unescape
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import make_order, make_ready_document, make_reason, make_reviewer, moves
from tests.transfers.review.desk import all_ok, case_of, english, open_unmasked, press
from transfers.models import FieldVerdict

pytestmark = pytest.mark.django_db

# as the form has them, which is neither the order of the keys nor the one in which the reviewer marks them
PARTS = ["subject.lead_name", "website.site_name", "administrator.admin_phone1", "paper.statement"]
WORDS = {part: f"own words on {part.partition('.')[2]}" for part in PARTS}
SAID = re.compile("|".join(WORDS.values()))


def marked_from_below():
    return {
        name: text
        for part in reversed(PARTS)
        for name, text in ((f"verdict.{part}", "return"), (f"reason.{part}", "own"), (f"words_en.{part}", WORDS[part]))
    }


def in_turn(html):
    """The reviewer's words in the order in which the page first shows them."""
    return list(dict.fromkeys(SAID.findall(unescape(html))))


def page(client, url):
    return in_turn(client.get(url, follow=True).content.decode())


@pytest.mark.parametrize("was_written_later", [False, True], ids=["as decided", "with a row written again since"])
def test_the_parts_of_a_return_are_in_the_order_of_the_form_everywhere(client, was_written_later):
    order = make_order(state=states.SUBMITTED)
    desk = english(client, make_reviewer())

    press(desk, order, "send_back", **{**all_ok(order), **marked_from_below()})
    if was_written_later:  # PostgreSQL puts such a row behind the others
        FieldVerdict.objects.filter(field=PARTS[0]).update(value="")

    assert moves(order)[0] == "send_back"
    letter = Message.objects.get(template="order_returned", channel="email", user=order.owner)
    assert in_turn(str(letter.payload["context"]["reasons"])) == list(WORDS.values())
    applicant = english(Client(), order.owner)
    assert page(applicant, order.get_absolute_url()) == list(WORDS.values())
    assert page(applicant, reverse("people", args=[order.reference])) == list(WORDS.values())
    open_unmasked(desk, order)
    assert page(desk, case_of(order)) == list(WORDS.values())


def test_the_rules_that_a_photo_does_not_meet_are_in_the_order_of_the_letter(client):
    order = make_order(state=states.PHOTO_REVIEW)
    order.answers = {**order.answers, "photo": {"way": "backdrop"}}
    order.save()
    make_ready_document(order, "photo")
    texts = {rule: f"the reason {rule}" for rule in ("photo_face", "photo_words", "photo_clothes")}
    for key, text in texts.items():
        make_reason(key, "photo", text_en=text)
    unmet = {f"verdict.photo.{rule.removeprefix('photo_')}": "return" for rule in texts}

    press(
        english(client, make_reviewer()),
        order,
        "refuse_photo",
        **{**all_ok(order), **unmet, "photo-words_en": "closer"},
    )

    assert moves(order)[0] == "refuse_photo"
    as_in_form = [texts["photo_words"], texts["photo_clothes"], texts["photo_face"], "closer"]
    told = re.compile("|".join(as_in_form))
    letter = Message.objects.get(template="photo_returned", channel="email", user=order.owner)
    assert list(dict.fromkeys(told.findall(str(letter.payload["context"]["reasons"])))) == as_in_form
    page = english(Client(), order.owner).get(reverse("photo", args=[order.reference])).content.decode()
    assert list(dict.fromkeys(told.findall(page))) == as_in_form


def test_a_return_from_before_parts_had_places_reads_in_the_order_of_the_form(client):
    order = make_order(state=states.SUBMITTED)
    press(english(client, make_reviewer()), order, "send_back", **{**all_ok(order), **marked_from_below()})
    FieldVerdict.objects.update(place=0)

    import_module("transfers.migrations.0053_places_of_older_parts").place(apps, None)

    assert page(english(Client(), order.owner), order.get_absolute_url()) == list(WORDS.values())


def test_older_parts_get_their_places_a_few_rounds_at_a_time(client, monkeypatch):
    """One statement for all would lock each row until the last of a large table is written."""
    migration = import_module("transfers.migrations.0053_places_of_older_parts")
    monkeypatch.setattr(migration, "ROUNDS", 1, raising=False)
    reviewer = english(client, make_reviewer())
    for _each in range(3):
        order = make_order(state=states.SUBMITTED)
        press(reviewer, order, "send_back", **{**all_ok(order), **marked_from_below()})
    FieldVerdict.objects.update(place=0)

    with CaptureQueriesContext(connection) as queries:
        migration.place(apps, None)

    assert len([query for query in queries if query["sql"].startswith("UPDATE")]) == 3
    assert not FieldVerdict.objects.filter(place=0).exists()
    assert not migration.Migration.atomic
