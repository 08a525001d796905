"""With 5,000 orders every page of the desk is answered from indexes, and no page counts all orders."""

import re
from collections.abc import Iterator

import psycopg
import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from filings.models import LegacyClaim, LegacyClaimEvent, LegacyRecord
from icpportal.accounts.models import User
from icpportal.accounts.roles import AUDITOR, OPERATIONS
from icpportal.lifecycle import APPLICANT
from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, make_order, make_reason, make_reviewer, make_user, sign_in
from tests.years import fill, hold
from transfers.calls import actions as calls
from transfers.models import Call, ColleagueNote, Decision, Objection, Order, ReturnReason
from transfers.orders import actions
from transfers.review.baskets.queries import PAGE
from transfers.review.baskets.rows import baskets
from transfers.review.decisions import DONE

pytestmark = [pytest.mark.django_db, pytest.mark.services]
QUEUE = reverse("admin:transfers_order_changelist")
ARCHIVED, IN_HAND = 5_000, 100
EXEMPT = 1_000  # rows: a smaller table may be read in full
NARROWED = ("", "&province=12", "&nature=enterprise", "&kind=transfer")
# the index of orders used by each basket; where two are equally good, the planner decides by its statistics
LISTED_BY = {
    "order_judged": "judge free overdue mine objections again review photo",
    "order_queue": "mine review again photo handing phones authority turned_down objections",
    "order_dated": "phones turned_down",
    "order_of_reviewer": "mine",
    "order_on_the_way": "again mine review photo handing phones authority turned_down objections cancellations",
    "order_cancelling": "cancellations",
    "order_held": "held",
    "order_entered": "all",
    "requests_open": "second",  # from the open requests
    "order_judged_reference": "second",
    "order_judged_key": "objections",
    "objection_open": "objections",  # and from objections
    "order_judged_domain": "objections",
    "order_judged_subject": "objections",
}
COUNTED_WHOLE = re.compile(r'SELECT COUNT\(\*\) AS "\w+" FROM "transfers_order"$')
INDEX = re.compile(r"(?:Scan using|Index Only Scan using|Index Scan on) (order_\w+|requests_open|objection_open)")
PARTIAL = {"one_order_per_own_domain", "requests_open"}  # no plan for all values has them if a state were a parameter
ONE_PAGE = f"LIMIT {PAGE + 1}"  # a basket reads one row more than it shows


def large_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= %s", [EXEMPT])
        return {name for (name,) in cursor.fetchall()}


def explain(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql)
        return "\n".join(line for (line,) in cursor.fetchall())


def asked_by(client: Client, url: str) -> list[str]:
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url, follow=True).status_code == 200, url
    return [each["sql"] for each in asked if each["sql"].startswith(("SELECT", "UPDATE", "DELETE"))]


def compact_orders() -> None:
    """Drops the pages of orders that earlier tests wrote and took back: the planner would count them."""
    own = connection.settings_dict
    address = {"host": own["HOST"], "port": own["PORT"], "user": own["USER"], "password": own["PASSWORD"]}
    with psycopg.connect(**address, dbname=own["NAME"], autocommit=True) as apart:
        apart.execute("VACUUM FULL transfers_order")


@pytest.fixture
def desk() -> dict[str, User]:
    """The people of the desk, three years of ended orders, and a hundred in each open state."""
    compact_orders()
    fill(ARCHIVED)
    hold(IN_HAND)
    reviewer, lead = make_reviewer(), make_lead_reviewer()
    Order.objects.filter(domain__startswith="hand", reference__endswith="7").update(reviewer=lead)
    others = {
        role: make_user(held_roles=(held,)) for role, held in {"auditor": AUDITOR, "operations": OPERATIONS}.items()
    }
    order = make_order(state=states.SUBMITTED)
    calls.ask(order, lead, role="subject_lead", about="x", part="website.site_name")
    actions.object_to(owner=make_user(), domain=order.domain, subject_key="", words="x")
    make_reason("plans")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    return {"reviewer": reviewer, "lead": lead, **others}


def work_of_the_desk() -> Iterator[str]:
    """The lists beside the baskets, and one example each: a case, a call, an objection, a reason."""
    call, objection = Call.objects.get(), Objection.objects.get()
    yield from (reverse(f"admin:desk_{name}") for name in ("calls", "objections", "reasons"))
    yield reverse("admin:desk_call", args=[call.pk])
    yield reverse("admin:desk_objection", args=[objection.pk])
    yield reverse("admin:desk_reason", args=[ReturnReason.objects.order_by("key")[0].key])
    yield from (reverse(f"admin:transfers_order_{page}", args=[call.order_id]) for page in ("case", "more"))


def pages(role: str, user: User) -> Iterator[tuple[str, str]]:
    """The desk pages that this person can open, a lead's baskets by key, unfiltered and filtered."""
    request = RequestFactory().get("/admin/")
    request.user = user
    yield "", reverse("admin:index")
    for model, shown in admin.site._registry.items():
        if model is not Order and shown.has_view_permission(request):
            yield "", reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    if role == "lead":
        for basket in baskets():
            yield from ((basket.key, f"{QUEUE}?queue={basket.key}{narrowed}") for narrowed in reversed(NARROWED))
        yield "", reverse("admin:desk_figures")
    if role in ("reviewer", "lead"):
        yield from (("", url) for url in work_of_the_desk())


def test_every_page_is_answered_from_indexes_and_each_basket_from_its_own(
    client: Client, desk: dict[str, User]
) -> None:
    whole = re.compile(rf"Seq Scan on ({'|'.join(large_tables())})\b")
    asked: set[str] = set()
    read_whole, counted = set(), set()
    listed: dict[str, str] = {}
    for role, user in desk.items():
        sign_in(client, user)
        for basket, url in pages(role, user):
            for sql in set(asked_by(client, url)) - asked:
                asked.add(sql)
                plan = explain(sql)
                counted |= {f"{role} {url}"} if COUNTED_WHOLE.match(sql) else set()
                read_whole |= {f"{role} {url}: {sql[:300]}"} if whole.search(plan) else set()
                listed |= {basket: (INDEX.findall(plan) or [plan])[0]} if basket and ONE_PAGE in sql else {}

    assert (read_whole, counted) == (set(), set())
    assert {basket for basket, index in listed.items() if basket not in LISTED_BY.get(index, "").split()} == set()
    assert set(listed) == {basket for keys in LISTED_BY.values() for basket in keys.split()}
    assert whole.search(explain("SELECT 1 FROM transfers_order WHERE rule_profile = 'x'"))  # it can detect one
    assert COUNTED_WHOLE.match('SELECT COUNT(*) AS "__count" FROM "transfers_order"')


def test_the_figures_count_what_waits_by_the_columns_of_an_index_alone(client: Client, desk: dict[str, User]) -> None:
    """With 4,600 orders in hand one more column read as many pages."""
    sign_in(client, desk["lead"])
    [counted] = [sql for sql in asked_by(client, reverse("admin:desk_figures")) if 'AS "basket"' in sql]
    [index] = [each for each in Order._meta.indexes if each.name == "order_on_the_way"]

    assert set(re.findall(r'"transfers_order"\."(\w+)"', counted)) <= set(index.fields)


def plans_for_all_values() -> dict[str, str]:
    """The plan of each prepared statement that PostgreSQL would use for any values."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(
            "SELECT name, statement, coalesce(array_length(parameter_types, 1), 0) FROM pg_prepared_statements"
        )
        prepared = cursor.fetchall()
    return {
        sql: explain(f"EXECUTE {name}" + (f"({', '.join(['NULL'] * count)})" * bool(count)))
        for name, sql, count in prepared
    }


def test_what_is_prepared_is_answered_from_indexes_for_all_values(client: Client, desk: dict[str, User]) -> None:
    owner = make_user("owner@example.com", mobile="13700000099")
    order = make_order(owner)
    sign_in(client, owner)
    for url in (reverse("dashboard"), *(reverse(name, args=[order.reference]) for name in ("order", "documents"))):
        client.get(url)
    sign_in(client, desk["reviewer"])
    for url in work_of_the_desk():
        client.get(url)
    whole = re.compile(rf"Seq Scan on ({'|'.join(large_tables())})\b")

    plans = plans_for_all_values()

    assert len(plans) > 10
    assert {name for name in PARTIAL if not any(f" {name}" in plan for plan in plans.values())} == set()
    assert {sql[:300] for sql, plan in plans.items() if whole.search(plan)} == set()


@pytest.mark.parametrize("sort", ["", "changes"])
@pytest.mark.parametrize("days", ["", "30"])
def test_the_auditors_log_reads_the_newest_changes_by_their_primary_key(client: Client, sort: str, days: str) -> None:
    lead, auditor = make_lead_reviewer(), make_user(held_roles=(AUDITOR,))
    changes = (LogEntry(user=lead, object_repr=f"2026-{number}", action_flag=CHANGE) for number in range(2 * EXEMPT))
    LogEntry.objects.bulk_create(changes)
    narrowed = urlencode({"sort": sort, "days": days, "before": timezone.now().isoformat()})
    assert "django_admin_log" in large_tables()

    sign_in(client, auditor)
    (newest,) = (
        sql for sql in asked_by(client, f"{reverse('admin:index')}?{narrowed}") if 'FROM "django_admin_log"' in sql
    )

    assert "Index Scan Backward using django_admin_log_pkey" in explain(newest)


@pytest.mark.parametrize("days", ["", "30"])
def test_the_auditors_log_reads_decisions_undone_or_about_claims_and_orders_handed_on_by_their_index(
    client: Client, days: str
) -> None:
    reviewer, auditor, order = make_reviewer(), make_user(held_roles=(AUDITOR,)), make_order(state=states.SUBMITTED)
    now = timezone.now()
    ended = {"final_at": now, "ended_at": now, "outcome": DONE}
    Decision.objects.bulk_create(
        Decision(order=order, move="accept", reviewer=reviewer, version=number, **ended) for number in range(2 * EXEMPT)
    )
    ColleagueNote.objects.bulk_create(
        ColleagueNote(order=order, kind=ColleagueNote.NOTE, author=reviewer) for _number in range(2 * EXEMPT)
    )
    record = LegacyRecord.objects.create(subject_key="k", region="640106", domain="old.cn", name="示例", details={})
    claim = LegacyClaim.objects.create(owner=make_user(), record=record)
    LegacyClaimEvent.objects.bulk_create(
        LegacyClaimEvent(claim=claim, move="send", by=APPLICANT) for _number in range(2 * EXEMPT)
    )
    narrowed = urlencode({"sort": "acts", "days": days, "before": now.isoformat()})
    assert {"transfers_decision", "transfers_colleaguenote", "filings_legacyclaimevent"} <= large_tables()

    sign_in(client, auditor)
    asked = asked_by(client, f"{reverse('admin:index')}?{narrowed}")

    for table, index in (
        ("transfers_decision", "decision_undone"),
        ("transfers_colleaguenote", "note_handed_on"),
        ("filings_legacyclaimevent", "claim_judged"),
    ):
        (newest,) = (sql for sql in asked if f'FROM "{table}"' in sql)
        assert f"using {index}" in explain(newest)
