"""The reviewer's forms: what may be chosen, by the rules of the order."""

import pytest
from django.utils.translation import override

from tests.transfers import states
from tests.transfers.builders import make_order
from transfers.photo.place_admin import PlaceForm
from transfers.review.calls.forms import AttemptForm
from transfers.review.cases.forms import AskForm, HandOnForm, PhotoForm
from transfers.review.cases.moves import ask_call_form, part_choices
from verification.photos.methods import BACKDROP, PLACE, PLAIN

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("ways", "of_backdrop", "of_ground"), [((BACKDROP, PLACE), True, False), ((PLAIN, PLACE), False, True)]
)
def test_a_reason_for_another_way_is_neither_offered_nor_accepted(ways, of_backdrop, of_ground):
    order = make_order(state=states.PHOTO_REVIEW)
    offered = [key for key, _words in PhotoForm(order=order, ways=ways).fields["reason"].choices]

    assert ("photo_backdrop" in offered, "photo_words" in offered) == (of_backdrop, of_backdrop)
    assert ("photo_ground" in offered, "photo_clothes" in offered) == (of_ground, True)
    assert PhotoForm({"reason": "photo_backdrop"}, order=order, ways=ways).is_valid() is of_backdrop


def test_each_form_beside_a_case_says_what_to_choose_and_not_that_a_field_is_required():
    order = make_order(state=states.SUBMITTED)
    forms = [
        HandOnForm({}, colleagues=[]),
        AskForm({}, colleagues=[], parts=part_choices(order)),
        AskForm({"ask-part": "no.such"}, colleagues=[], parts=part_choices(order)),
        ask_call_form(order, part_choices(order), {}),
        AttemptForm({}, slots=[]),
        PlaceForm({}),
    ]

    with override("en"):
        said = [list(form.errors.values())[0][0] for form in forms]

    part = "Choose the part you ask about"
    assert said == [
        "Choose the colleague",
        part,
        part,
        "Choose the person to call",
        "Choose the outcome",
        "Choose the city",
    ]
