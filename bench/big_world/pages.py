"""The lists and searches of the world of DATABASE_URL: requested as a person does, their statements explained."""

import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.big_world import APPLICANT, SMALL_NAME, STAFF
from bench.big_world.costs import LARGE, PARTS, TIMES, Page
from bench.big_world.shown import SAMPLES
from bench.harness.rounds import percentile
from icpportal.accounts.models import User
from transfers.models import Order
from transfers.review.baskets.rows import baskets

QUEUE = "admin:transfers_order_changelist"
NARROWED = ("", "&province=64", "&nature=individual", "&look=findings")
LONGEST = 0.5  # seconds for all runs of one statement


@dataclass(frozen=True)
class PageRequest:
    """One request of a person."""

    name: str
    client: Client
    url: str
    typed: str | None = None  # in the desk's search

    def answer(self) -> Any:
        return self.client.get(self.url) if self.typed is None else self.client.post(self.url, {"find": self.typed})


def measure() -> list[Page]:
    """Measures every page with empty caches; what a request writes is rolled back."""
    _plan_as_for_large_tables()
    large, only = _large_tables(), os.environ.get("ONLY", "")
    every = [*_of_applicant(), *_of_desk(), *_of_search()]
    return [_measure(asked, large) for asked in every if asked.name.startswith(tuple(only.split(",")))]


def _plan_as_for_large_tables() -> None:
    """Small tables are read whole, and two of them joined by hash. In the small world this forces index reads: plans
    that large tables never get must not be compared.
    """
    if connection.settings_dict["NAME"] == SMALL_NAME:
        with connection.cursor() as cursor:
            for way in ("seqscan", "hashjoin", "mergejoin", "bitmapscan"):
                cursor.execute(f"SET enable_{way} = off")


def _large_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= %s", [LARGE])
        return {name for (name,) in cursor.fetchall()}


def _measure(asked: PageRequest, large: set[str]) -> Page:
    """Times and plans of a first visit; buffers read on the next one, which gets cached counts."""
    page = Page(asked.name)
    _statements_of(asked)  # reads what a process reads once
    cache.clear()
    for sql in _statements_of(asked):
        page.queries += 1
        if sql.startswith("SELECT"):
            read = _read(sql, TIMES)
            page.first += read.buffers
            page.slowest = max(page.slowest, read.took)
            page.whole += sorted(read.whole & large)
            page.plans.append((read.buffers, read.took, f"{sql[:1500]}\n{_words(sql)}"))
    page.buffers = sum(_read(sql, 1).buffers for sql in _statements_of(asked) if sql.startswith("SELECT"))
    print(f"{page.name}: {page.buffers}, {page.slowest:.1f} ms {page.whole or ''}", file=sys.stderr, flush=True)
    return page


def _statements_of(asked: PageRequest) -> list[str]:
    with transaction.atomic(), CaptureQueriesContext(connection) as found:
        answer = asked.answer()
        assert answer.status_code == 200, (asked.name, answer.status_code)
        transaction.set_rollback(True)
    return [each["sql"] for each in found if "SAVEPOINT" not in each["sql"]]


@dataclass(frozen=True)
class StatementCost:
    """The cost of one statement: buffers read, 95th percentile of the time, and the tables read in full."""

    buffers: int
    took: float
    whole: set[str]


def _read(sql: str, times: int) -> StatementCost:
    took: list[float] = []
    until = time.monotonic() + LONGEST
    with connection.cursor() as cursor:
        while not took or (len(took) < times and time.monotonic() < until):
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {sql}")
            (answer_json,) = cursor.fetchone()
            (plan,) = answer_json if isinstance(answer_json, list) else json.loads(answer_json)
            took.append(plan["Execution Time"] + plan["Planning Time"])
    top = plan["Plan"]
    buffers = top["Shared Hit Blocks"] + top["Shared Read Blocks"]
    return StatementCost(buffers, percentile(took, 95), set(_read_whole(top)))


def _read_whole(node: dict[str, Any]) -> Iterator[str]:
    """A scan that a limit ends early does not read a whole table."""
    passed = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    if node["Node Type"] == "Seq Scan" and passed >= LARGE:
        yield node["Relation Name"]
    for part in node.get("Plans", ()):
        yield from _read_whole(part)


def _words(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())


def _client(email: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(email=email))
    return client


def _of_applicant() -> Iterator[PageRequest]:
    client, mine = _client(APPLICANT), reverse("dashboard")
    for tab in ("turn", "ours", "authority", "sites", "closed"):
        yield PageRequest(f"my filings {tab}", client, f"{mine}?tab={tab}")
    yield PageRequest("my filings, a part typed", client, f"{mine}?q=shop")
    yield PageRequest("my messages", client, reverse("notifications"))
    order = Order.objects.filter(owner__email=APPLICANT).order_by("created_at").last()
    yield PageRequest("my order", client, order.get_absolute_url())


def _of_desk() -> Iterator[PageRequest]:
    clients = {role: _client(email) for role, email in STAFF.items()}
    for basket in baskets():
        for narrowed in NARROWED:
            yield PageRequest(
                f"basket {basket.key}{narrowed}", clients["lead"], f"{reverse(QUEUE)}?queue={basket.key}{narrowed}"
            )
    for role, client in clients.items():
        yield PageRequest(f"{role} home", client, reverse("admin:index"))
        yield from _registers(role, client)
    case = Order.objects.filter(state="submitted", submitted_at__isnull=False).order_by("-entered_at")[0]
    for page in ("case", "more"):
        yield PageRequest(
            f"reviewer {page}", clients["reviewer"], reverse(f"admin:transfers_order_{page}", args=[case.pk])
        )
    for name in ("calls", "objections", "reasons", "figures"):
        yield PageRequest(f"lead {name}", clients["lead"], reverse(f"admin:desk_{name}"))


def _registers(role: str, client: Client) -> Iterator[PageRequest]:
    """The lists of Django admin, unfiltered and, where they have a search, with something typed."""
    request = RequestFactory().get("/admin/")
    request.user = User.objects.get(email=STAFF[role])
    for model, shown in admin.site._registry.items():
        name = model._meta.model_name
        if model is Order or not shown.has_view_permission(request):
            continue
        url = reverse(f"admin:{model._meta.app_label}_{name}_changelist")
        if client.get(url).status_code != 200:
            continue
        yield PageRequest(f"{role} {name}", client, url)
        yield PageRequest(f"{role} {name} page 2", client, f"{url}?p=2")
        if shown.search_fields:
            for typed in ("GGGG-GGG7", "paper-shop16.com", "13900000001"):
                yield PageRequest(f"{role} {name} q={typed}", client, f"{url}?q={typed}")


def _of_search() -> Iterator[PageRequest]:
    client, url = _client(STAFF["reviewer"]), reverse("admin:transfers_order_search")
    last = Order.objects.count()
    n = max(1, round(last * 50 / SAMPLES))
    order = Order.objects.get(pk=f"{n:032x}")
    typed = {
        "domain": order.domain,
        "number": order.subject_number,
        "document": f"{n:018d}",
        "phone": f"139{n:08d}",
        "company": f"宁夏示例{n}号有限公司",
        "name": f"林示{chr(0x4E00 + n % 9000)}",
        "account": "13800000001",
    }
    for name, words in typed.items():
        yield PageRequest(f"search {name}", client, url, words)
    for part in PARTS:
        yield PageRequest(f"part {part}", client, url, part)
