"""The reviewer's forms: what may be chosen, by the rules of the order."""

import pytest

from tests.transfers import states
from tests.transfers.builders import make_order
from transfers.review.cases.forms import PhotoForm
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
