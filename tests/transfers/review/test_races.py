"""Two people on one order at the same moment: one legal outcome, nothing typed is lost, the loser reads who and what.

Each race is run ten times, and a hundred times by .ci/long.
"""

import random
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html

from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, make_order, make_reviewer, moves
from tests.transfers.review.desk import all_ok, case_of, english, press, read
from tests.transfers.together import together
from transfers.models import Decision, Order
from transfers.orders import actions as orders
from transfers.review import actions as review
from transfers.review import decisions
from transfers.review.leases import assign_to_me

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("rounds", [10, pytest.param(100, marks=pytest.mark.long)]),
]
MINUTE = timedelta(seconds=60)
NAME = "website.site_name"
WORDS = "改名称"
RETURNED = {f"verdict.{NAME}": "return", f"words.{NAME}": WORDS}


@pytest.fixture(autouse=True)
def a_minute(settings):
    settings.DECISION_OPEN_FOR = MINUTE


@pytest.fixture
def people():
    """Two reviewers and a lead with their names, each in a browser of their own."""
    made = {"沈阳": make_reviewer(), "高扬": make_reviewer(), "林石": make_lead_reviewer()}
    found = {}
    for name, user in made.items():
        user.name = name
        user.save(update_fields=["name"])
        found[name] = user, english(Client(), user)
    return found


def page(client, order):
    """The text of the case, with single spaces."""
    return " ".join(html.fromstring(client.get(case_of(order)).content).text_content().split())


def own_words_on(client, order):
    """The own words about the name that are on the page."""
    fields = html.fromstring(client.get(case_of(order)).content).xpath(f"//*[@name='words.{NAME}']")
    return [field.get("value") or field.text for field in fields]


def test_two_reviewers_decide_at_once_and_the_other_one_reads_who_did(rounds, people):
    (first, one), (_second, two) = people["沈阳"], people["高扬"]
    for _round in range(rounds):
        order = make_order(state=states.SUBMITTED)

        together(
            lambda order=order: press(one, order, "accept", **all_ok(order)),
            lambda order=order: press(
                two,
                order,
                "send_back",
                **{**all_ok(order), f"verdict.{NAME}": "return", f"reason.{NAME}": "own", f"words.{NAME}": WORDS},
            ),
        )

        made = Decision.objects.get(order=order)
        loser = two if made.reviewer == first else one
        assert f"{made.reviewer.name} has decided this order" in page(loser, order)
        assert made.reviewer != first or WORDS in page(two, order)
        decisions.finish_due(now=timezone.now() + 2 * MINUTE)
        assert moves(order) == ["accept" if made.reviewer == first else "send_back"]


def test_two_reviewers_begin_at_once_and_one_has_the_order(rounds, people):
    (first, one), (second, two) = people["沈阳"], people["高扬"]
    for _round in range(rounds):
        order = make_order(state=states.SUBMITTED)

        together(
            lambda order=order: press(one, order, "keep", **{f"verdict.{NAME}": "ok"}),
            lambda order=order: press(two, order, "keep", **RETURNED),
        )

        holder = read(order).reviewer
        assert holder in (first, second)
        loser = two if holder == first else one
        assert f"{holder.name} has had this order since" in page(loser, order)
        assert WORDS in own_words_on(two, order)  # whoever has the order


def test_a_lead_takes_over_while_the_reviewer_types_and_nothing_typed_is_lost(rounds, people):
    (holder, typing), (lead, taking) = people["沈阳"], people["林石"]
    for _round in range(rounds):
        order = make_order(state=states.SUBMITTED)
        assign_to_me(order, holder)

        together(
            lambda order=order: press(typing, order, "keep", **{f"verdict.{NAME}": "return", f"words.{NAME}": WORDS}),
            lambda order=order: press(taking, order, "take_over"),
        )

        assert read(order).reviewer == lead
        assert "林石 has had this order since" in page(typing, order)
        assert WORDS in own_words_on(typing, order)


def test_a_lease_that_expires_while_its_reviewer_decides_leaves_one_outcome(rounds, people):
    (holder, late), (colleague, next_one) = people["沈阳"], people["高扬"]
    for _round in range(rounds):
        order = make_order(state=states.SUBMITTED)
        assign_to_me(order, holder)
        Order.objects.filter(pk=order.pk).update(claimed_until=timezone.now())

        together(
            lambda order=order: press(late, order, "accept", **all_ok(order)),
            lambda order=order: press(next_one, order, "keep", **{f"verdict.{NAME}": "return"}),
        )

        decided = Decision.objects.filter(order=order, ended_at=None).first()
        if decided:
            assert decided.reviewer == holder
            assert "沈阳 has decided this order" in page(next_one, order)
        else:
            assert read(order).reviewer == colleague
            assert "高扬 has had this order since" in page(late, order)


def test_a_withdrawal_during_a_decision_has_one_legal_outcome(rounds):
    reviewer = make_reviewer()
    for number in range(rounds):
        order = make_order(state=states.SUBMITTED)

        acts = [
            lambda order=order: orders.withdraw(read(order), actor=order.owner, reason="not_wanted"),
            lambda order=order: decisions.decide(read(order), reviewer, review.accept, {}),
        ]
        random.Random(number).shuffle(acts)
        together(*acts)
        decisions.finish_due(now=timezone.now() + 2 * MINUTE)

        assert (read(order).state, moves(order)) in [
            (states.WITHDRAWN, ["withdraw"]),
            (states.PHOTO_DUE, ["accept"]),
        ]
