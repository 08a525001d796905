"""The timeline speaks of every move in words, and of every actor."""

import pytest
from django.utils.translation import override

from icpportal.lifecycle import ACTORS, REVIEWER
from tests.transfers.builders import fire, make_order
from transfers import queries, states
from transfers.firing import note
from transfers.lifecycle import ROWS
from transfers.timeline import WHAT, WHO, timeline


def test_every_move_and_every_actor_has_words() -> None:
    assert {row.name for row in ROWS} - set(WHAT) == set()
    assert set(ACTORS) - set(WHO) == set()


@pytest.mark.django_db
def test_a_timeline_shows_newest_first_with_the_messages_that_went_out() -> None:
    order = make_order(state=states.SUBMITTED)
    fire(order, "accept", REVIEWER, facts=queries.facts_of(order))
    note(order, "call", by=REVIEWER, words="answered at once")

    with override("en"):
        shown = timeline(order, chinese=False)
        words = [(str(row["what"]), row["note"]) for row in shown]
        channels = sorted((str(message["label"]), message["number"]) for message in shown[1]["messages"])

    assert words == [("We called you", "answered at once"), ("The entries and papers were accepted", "")]
    assert (shown[0]["messages"], channels) == ([], [("E-mail", 3), ("On the site", 1), ("Text message", 3)])


@pytest.mark.django_db
@pytest.mark.parametrize("events", [1, 3])
def test_a_timeline_costs_two_queries_however_long_it_is(events: int, django_assert_num_queries: object) -> None:
    order = make_order(state=states.SUBMITTED)
    for _ in range(events):
        note(order, "call", by=REVIEWER, words="again")

    with django_assert_num_queries(2):
        timeline(order, chinese=True)
