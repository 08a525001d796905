"""Frequent queries read the work in hand, not the archive: checked with the plans of both databases."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from icpportal.operations.monitoring import readings
from tests.transfers import states
from tests.transfers.archive import fill
from tests.transfers.builders import make_user
from transfers.dashboard import queries as dashboard
from transfers.deadlines import reminders
from transfers.deadlines import sweep as deadlines
from transfers.durations import counting
from transfers.duties import reminders as duty_reminders
from transfers.models import Order, OrderEvent, SearchKey, TypeCheck
from transfers.orders import queries
from transfers.phones import windows as phone_windows
from transfers.review.baskets import queries as baskets
from transfers.review.baskets.due import calendar_around
from transfers.review.baskets.rows import Reader
from transfers.review.baskets.rows import baskets as all_baskets
from transfers.review.figures import daily_count as desk
from transfers.review.search import parts
from transfers.review.search import queries as search

NUMBER = 10_000
NOW = timezone.now()
EVENING = timezone.localtime(NOW).replace(hour=21, minute=45)
MINE = {"subject_key": f"a{7:063d}", "domain": "archive7.com"}
# how each database reports a full scan; a partial index has the work in hand and may be read in full, and
# PostgreSQL is right to scan a table of a few rows
PARTIAL = (
    "duty_provisional|order_held|order_password_kept|order_due|order_of_reviewer|order_judged|order_cancelling"
    "|objection_open|order_entered"  # the last: a list of all orders, of which the first page is read
)
WHOLE_TABLE = {
    "sqlite": re.compile(rf"\bSCAN \w+(?! USING INDEX ({PARTIAL})\b)\b"),
    "postgresql": re.compile(r"Seq Scan on transfers_(order(event)?|searchkey)\b"),
}

Query = Callable[[Order], QuerySet]
SWEEP: dict[str, Query] = {
    "due": lambda order: queries.due(NOW),
    "due, for metrics": lambda order: queries.due(NOW + timedelta(days=1)).order_by()[: readings.MOST],
    "in review, for metrics": lambda order: readings.review_backlog(),
    "to remind": lambda order: reminders.to_remind(NOW)[:200],
    "to remind in the evening": lambda order: reminders.to_remind(EVENING)[:200],
    "duties to remind of": lambda order: duty_reminders.to_remind(timezone.localdate(NOW))[:200],
    "duties to count anew": lambda order: duty_reminders.to_recount()[:200],
    "passwords to erase": lambda order: queries.digests_to_erase(NOW),
    "phones somebody waits for": lambda order: phone_windows.due_every_round(NOW)[:100],
    "phones to ask for": lambda order: phone_windows.due(NOW).exclude(pk__in=[order.pk])[:100],
    "phones known of windows that are over": lambda order: Order.objects.filter(
        state=states.PHONE_DUE, due_at__lte=NOW, phone_window__told_at__gte=F("due_at")
    ),
    "the order of an answer": lambda order: Order.objects.filter(reference=order.reference),
    "questions that led nowhere": lambda order: TypeCheck.objects.filter(
        order=None, created_at__lte=NOW - deadlines.TYPE_CHECKS_KEPT
    ),
    "approved on a day": lambda order: counting.approved_on(timezone.localdate(NOW)),
    "what happened on a day": lambda order: desk.events_on(timezone.localdate(NOW) - timedelta(days=1)),
    "overdue, for reconcile": lambda order: Order.objects.filter(due_at__lt=NOW - timedelta(minutes=10)),
}
PAGES: dict[str, Query] = {
    "my orders": lambda order: queries.orders_of(order.owner)[:20],
    "my orders that are closed": lambda order: queries.orders_of(order.owner).filter(state__in=states.ENDED)[:20],
    "what is my turn": lambda order: dashboard.turn_of(order.owner, NOW).order_by("runs_out", "entered_at", "pk")[:20],
    "what others do for me": lambda order: dashboard.others_turn(order.owner, NOW).order_by("-created_at", "-pk")[:20],
    "orders of my websites": lambda order: queries.of_websites(order.owner, [order.website_id or order.pk]),
    "my open order for the domain": lambda order: queries.in_progress().filter(
        owner=order.owner, domain=MINE["domain"]
    ),
    "my open order for the subject": lambda order: queries.in_progress().filter(
        owner=order.owner, subject_key=MINE["subject_key"]
    ),
    "somebody else's open order": lambda order: queries.in_progress().filter(claimed=True, **MINE),
    "timeline": lambda order: order.events.all(),
    "papers": lambda order: queries.papers_of(order),
    "phones": lambda order: queries.phone_checks(order),
    "rounds": lambda order: order.rounds.order_by("-number"),
}


def reader(order: Order) -> Reader:
    """The owner of an order, as if they worked here."""
    return Reader(order.owner, NOW, calendar_around(NOW))


DESK: dict[str, Query] = {
    **{
        f"basket {basket.key}": lambda order, basket=basket: baskets.rows_of_basket(basket, reader(order), Q())[:26]
        for basket in all_baskets()
    },
    "what may be taken": lambda order: baskets.next_orders(all_baskets()[0], reader(order), Q())[:20],
    "an order by its number, typed into the queue's address": lambda order: Order.objects.filter(reference="T7Q4-M2KX"),
    "an order by a phone or a name": lambda order: search.by_value([f"{7:032d}", f"{8:032d}"], []),
    "an order by its filing number": lambda order: search.by_value([f"{7:032d}"], ["00000007"]),
    "an order by the beginning of its domain": lambda order: search.by_domain("archive77"),
    "an order by a part of its domain": lambda order: parts.by_part("ve77.c"),
    "orders of the account that phones": lambda order: Order.objects.filter(owner=order.owner).order_by("-created_at")[
        :51
    ],
}


@pytest.fixture
def order(db) -> Order:
    """One order among ten thousand, with statistics."""
    owners = [make_user() for _ in range(50)]
    orders = fill(NUMBER, owners, now=NOW)
    SearchKey.objects.bulk_create(
        (
            SearchKey(order=each, kind=kind, key=key)
            for place, each in enumerate(orders)
            for kind, key in (("domain", each.domain), ("number", f"{place:08d}"), ("lead_mobile", f"{place:032d}"))
        ),
        batch_size=2000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return orders[7]


def whole_tables_read(asked: dict[str, Query], order: Order) -> dict[str, str]:
    plans = {name: query(order).explain() for name, query in asked.items()}
    return {name: text for name, text in plans.items() if WHOLE_TABLE[connection.vendor].search(text)}


def test_no_frequent_query_reads_a_whole_table(order):
    unindexed = {
        "by profile": lambda order: Order.objects.filter(rule_profile="seed-2018", photo_way="place"),
        "events by move": lambda order: OrderEvent.objects.filter(move="grant"),
    }

    read = whole_tables_read({**SWEEP, **PAGES, **DESK}, order)

    assert read == {}
    for name in [
        each for each in DESK if each.startswith("an order by a phone") or "filing" in each or "domain" in each
    ]:
        assert re.search(r"\bsearch_key(_part)?\b", DESK[name](order).explain()), name
    assert set(whole_tables_read(unindexed, order)) == set(unindexed)  # proves that it can detect one


@pytest.mark.services
def test_part_of_a_domain_is_looked_up_in_the_trigram_index(order):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_indexscan = off")  # a few thousand keys are read as fast in their order

        assert "Bitmap Index Scan on search_key_part" in parts.by_part("ve77.c").explain()
    assert (parts.finds("ve77.c"), parts.finds("77.")) == (True, False)  # without three letters all would be read
