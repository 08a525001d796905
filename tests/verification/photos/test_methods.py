"""The ways of the photo: each way in a rule profile has its texts, and the message describes the way of the order."""

import pytest
from django.utils.translation import override

from filings.provinces import PROFILES, provinces
from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import fire, make_order
from transfers.orders import queries
from verification.photos.methods import WAYS, first_method_label, rules


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_every_way_of_every_province_has_its_texts(profile):
    for each in provinces(profile):
        for way in each.photo_ways:
            assert str(WAYS[way].title)
            assert str(WAYS[way].hint)
            assert all(WAYS[way].told)
        assert str(first_method_label(each.photo_ways))


def test_the_rule_about_the_background_is_that_of_the_way():
    with override("en"):
        of_2018 = [str(rule) for rule in rules(("backdrop", "place"))]
        of_2020 = [str(rule) for rule in rules(("plain", "place"))]

    assert set(of_2018) ^ set(of_2020) == {
        "The backdrop fills the picture and its lettering is readable",
        "A plain white background fills the picture, with no shadows or objects",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("profile", "said", "unsaid"),
    [("seed-2018", "our backdrop behind", "white"), ("current-2020", "a plain white ground behind", "our backdrop")],
)
def test_the_message_says_what_must_be_behind_the_person(profile, said, unsaid):
    order = make_order(state=states.SUBMITTED, rule_profile=profile)

    fire(order, "accept", "reviewer", facts=queries.facts_of(order))

    told_by_mail = Message.objects.filter(channel="email", reference=order.reference)
    assert told_by_mail
    for message in told_by_mail:
        text = str(message.payload)
        assert said in text
        assert unsaid not in text
