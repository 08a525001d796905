"""A photo is judged rule by rule: beside its automatic findings, and with the reasons that the applicant reads."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import make_order, make_ready_document, make_reason, make_reviewer, moves
from tests.transfers.review.desk import all_ok, case_of, english, open_unmasked, press
from transfers.models import FieldVerdict, ReturnReason
from transfers.review import second_look
from transfers.review.cases.parts.photo_rules import RULES, rules_for
from transfers.review.catalogue import ROWS
from verification.models import Document
from verification.pictures.checks import BY_KEY, WHOLE
from verification.pictures.likeness import DIGITS

pytestmark = pytest.mark.django_db
CLOTHES, FACE = "verdict.photo.clothes", "verdict.photo.face"


def read_after(client, order, move, **typed):
    """The page that a press shows or redirects to."""
    answer = press(client, order, move, **typed)
    return (client.get(answer.url) if answer.status_code == 302 else answer).content.decode()


def make_taken(way, **columns):
    """An order whose photo is in review, taken in this way."""
    order = make_order(state=states.PHOTO_REVIEW)
    order.answers = {**order.answers, "photo": {"way": way}}
    order.save()
    document = make_ready_document(order, "photo")
    Document.objects.filter(pk=document.pk).update(**columns)
    return order


@pytest.fixture
def reasons():
    for rule in RULES:
        make_reason(rule.reason, "photo")


def test_every_rule_has_its_reason_in_the_catalogue_and_existing_checks():
    assert {rule.reason for rule in RULES} <= {row[0] for row in ROWS}
    assert {check for rule in RULES for check in rule.checks} <= set(BY_KEY)


@pytest.mark.parametrize(
    ("way", "asked"),
    [
        ("backdrop", "person backdrop words clothes face light retouched"),
        ("plain", "person ground clothes face light retouched"),
        ("place", "person face light retouched"),
        ("shanghai_app", "person face light retouched"),
    ],
)
def test_only_the_rules_of_the_way_it_was_taken_are_judged(way, asked):
    assert " ".join(rule.key for rule in rules_for(make_taken(way))) == asked


@pytest.mark.usefixtures("reasons")
def test_the_automatic_findings_are_shown_at_their_rules(client):
    order = make_taken("backdrop", likeness="0" * DIGITS, advice=[{"key": "photo_clothes", "box": WHOLE}])

    html = open_unmasked(english(client, make_reviewer()), order).content.decode()

    assert "Automatic check: A red or blue top" in html
    assert html.count("Automatic check: nothing found") == 4
    assert "7 of 7" not in html
    assert "7 rules without a verdict" in html


@pytest.mark.usefixtures("reasons")
@pytest.mark.parametrize("columns", [{"advice": [{"key": "unjudged", "box": WHOLE}], "likeness": "0" * DIGITS}, {}])
def test_an_unchecked_picture_shows_no_findings(client, columns):
    order = make_taken("backdrop", **columns)

    assert "Automatic check" not in open_unmasked(english(client, make_reviewer()), order).content.decode()


@pytest.mark.usefixtures("reasons")
def test_a_photo_is_accepted_when_every_rule_is_met_and_not_before(client):
    order = make_taken("backdrop")
    desk = english(client, make_reviewer())
    met = all_ok(order)

    html = read_after(desk, order, "accept_photo", **{**met, CLOTHES: ""})
    assert "Not accepted: 1 rule without a verdict" in html
    assert html.count('value="ok" checked') == len(met) - 1
    html = read_after(desk, order, "accept_photo", **{**met, CLOTHES: "return"})
    assert "Not accepted: 1 rule not met" in html
    assert moves(order) == []

    press(desk, order, "accept_photo", **met)

    assert moves(order)[0] == "accept_photo"
    assert FieldVerdict.objects.filter(verdict=FieldVerdict.OK).count() == len(met) == 7


@pytest.mark.usefixtures("reasons")
def test_a_photo_is_accepted_on_a_separate_page_that_says_what_follows_and_what_was_overruled(client):
    order = make_taken("backdrop", likeness="0" * DIGITS, advice=[{"key": "photo_clothes", "box": WHOLE}])
    desk = english(client, make_reviewer())
    case = open_unmasked(desk, order).content.decode()
    assert ['value="accept_photo"' in case, 'value="to_accept"' in case, 'data-key="a"' in case] == [False, True, True]

    html = read_after(desk, order, "to_accept", **all_ok(order))

    assert moves(order) == []
    assert ["7 of 7 rules are met" in html, "A red or blue top" in html] == [True, True]
    assert "The order goes to the authority; the applicant is told" in html
    assert "We request the photo from the applicant" not in html
    press(desk, order, "accept_photo", kept=re.search(r'name="kept" value="([^"]*)"', html)[1])
    assert moves(order)[0] == "accept_photo"


@pytest.mark.usefixtures("reasons")
def test_the_page_of_accepting_a_photo_opens_only_when_every_rule_is_met(client):
    order = make_taken("backdrop")
    desk = english(client, make_reviewer())
    open_unmasked(desk, order)

    html = read_after(desk, order, "to_accept", **{**all_ok(order), CLOTHES: "return"})

    assert "Accepting is not open yet: 1 rule not met" in html
    assert 'value="accept_photo"' not in desk.get(case_of(order, "accept"), follow=True).content.decode()
    assert moves(order) == []


@pytest.mark.usefixtures("reasons")
@pytest.mark.parametrize(("words", "besides"), [("请走近一些", ["photo"]), ("", [])])
def test_the_applicant_reads_the_rules_that_are_not_met(client, words, besides):
    order = make_taken("backdrop")
    desk = english(client, make_reviewer())

    unmet = {CLOTHES: "return", FACE: "return"}
    press(desk, order, "refuse_photo", **{**all_ok(order), **unmet, "photo-words": words})

    assert moves(order) == ["refuse_photo"]
    returned = FieldVerdict.objects.filter(verdict=FieldVerdict.RETURN).order_by("field")
    assert [row.field for row in returned] == [*besides, "photo.clothes", "photo.face"]
    page = english(Client(), order.owner).get(reverse("photo", args=[order.reference])).content.decode()
    told = [row.told["en"]["text"] for row in returned if row.told]
    assert all(words in page for words in [*told, words])
    assert Message.objects.filter(template="photo_returned").exists()


@pytest.mark.usefixtures("reasons")
def test_without_a_rule_or_a_reason_no_new_photo_is_requested(client):
    order = make_taken("plain")
    desk = english(client, make_reviewer())

    html = read_after(desk, order, "refuse_photo", **{"photo-words": "太远"})

    assert "Mark the rule that is not met, or choose a reason" in html
    assert "太远" in html
    assert moves(order) == []


def test_a_rule_whose_reason_was_deleted_by_staff_is_not_dropped_silently(client):
    ReturnReason.objects.filter(key="photo_face").delete()
    order = make_taken("backdrop")

    html = read_after(english(client, make_reviewer()), order, "refuse_photo", **{FACE: "return"})

    assert "These reasons are not in the catalogue any more: Upper body, no hat or mask" in html
    assert moves(order) == []


@pytest.mark.usefixtures("reasons")
def test_a_new_photo_without_a_reason_is_asked_again_with_the_catalogue_read_once_for_it(client):
    order, desk = make_taken("plain"), english(client, make_reviewer())

    with CaptureQueriesContext(connection) as asked:
        html = press(desk, order, "refuse_photo", **{"photo-words": "太远"}).content.decode()

    assert "Mark the rule that is not met, or choose a reason" in html
    assert sum('FROM "transfers_reasonversion"' in query["sql"] for query in asked.captured_queries) == 1


def test_the_parts_of_a_photo_order_that_waits_for_a_second_look_are_not_counted_as_rules(client):
    """Who accepted it read "43 met": 7 rules of the photo, and 36 parts of the order."""
    order, first = make_taken("plain"), make_reviewer()
    first_desk = english(client, first)
    alone = open_unmasked(first_desk, order).content.decode()
    second_look.ask(order, first, "accept_photo", ["drawn"], timezone.now())

    html = open_unmasked(first_desk, order).content.decode()

    assert ["without a verdict</span>" in page for page in (alone, html)] == [True, False]
    assert ['class="n-ask"' in page for page in (alone, html)] == [False, True]
