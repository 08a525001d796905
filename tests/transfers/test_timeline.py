"""The timeline speaks of every move in words, and of every actor."""

import pytest
from django.utils import timezone
from django.utils.translation import override

from icpportal.lifecycle import ACTORS, APPLICANT, REVIEWER
from tests.transfers.builders import fire, make_order, make_ready_document
from transfers import queries, states
from transfers.firing import note
from transfers.lifecycle import ROWS
from transfers.models import OrderDocument
from transfers.timeline import STAGE_OF, WHAT, WHO, by_stage, timeline


def test_every_move_and_every_actor_has_words() -> None:
    assert {row.name for row in ROWS} - set(WHAT) == set()
    assert set(ACTORS) - set(WHO) == set()
    assert set(states.ALL) - set(STAGE_OF) == set()


@pytest.mark.django_db
def test_the_stages_behind_the_one_an_order_stands_in_are_folded() -> None:
    order = make_order(state=states.SUBMITTED)
    fire(order, "accept", REVIEWER, facts=queries.facts_of(order))
    fire(order, "send_photo", APPLICANT)
    fire(order, "refuse_photo", REVIEWER)
    note(order, "call", by=REVIEWER)

    here, behind = by_stage(order, timeline(order, chinese=False))
    order.state = states.SUBMITTED
    all_of_it = by_stage(order, [{"key": states.SUBMITTED}, {"key": ""}, {"key": states.DRAFT}])

    assert [row["key"] for row in here] == [states.PHOTO_DUE, states.PHOTO_DUE, states.PHOTO_REVIEW, states.PHOTO_DUE]
    assert behind == []
    assert all_of_it == ([{"key": states.SUBMITTED}, {"key": ""}, {"key": states.DRAFT}], [])


@pytest.mark.django_db
def test_a_paper_that_was_replaced_stands_in_the_timeline_with_its_version() -> None:
    order = make_order()
    for colour in ("white", "grey"):
        OrderDocument.objects.filter(order=order, slot="statement").update(retired_at=timezone.now())
        make_ready_document(order, "statement", colour=colour)
    make_ready_document(order, "subject_id")

    with override("en"):
        shown = [row["what"] for row in timeline(order, chinese=False)]

    assert shown == ["Authenticity statement: version 2"]


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
def test_a_timeline_costs_three_queries_however_long_it_is(events: int, django_assert_num_queries: object) -> None:
    order = make_order(state=states.SUBMITTED)
    for _ in range(events):
        note(order, "call", by=REVIEWER, words="again")

    with django_assert_num_queries(3):
        timeline(order, chinese=True)
