"""An archive of years, made by the database itself: orders that are over, with all that each left behind."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from icpportal.gateways.miit.models import InboxFile, Outcome, Report, UploadFile
from icpportal.outbox.models import Message
from tests.transfers.builders import make_user
from transfers import states
from transfers.models import Duty, Order, OrderDocument, OrderEvent
from verification.models import Document, ServiceCode

DAYS = 3 * 365
PAPERS = 4
FIRST = 10_000_000  # of the keys that are counted
# SQL by database: a key made of `n`, a moment so many days ago, the numbers of a range
KEY = {"postgresql": "lpad(to_hex({n}), 32, '0')::uuid", "sqlite": "printf('%%032x', {n})"}
AGO = {
    "postgresql": "now() - (100 + {n} %% {days}) * interval '1 day'",
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%S', 'now', '-' || (100 + {n} %% {days}) || ' days')",
}
NUMBERS = {
    "postgresql": "generate_series({first}, {last}) AS numbers(n)",
    "sqlite": "(WITH RECURSIVE s(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM s WHERE n < {last})"
    " SELECT n FROM s)",
}
DAY_FOLDER = {
    "postgresql": "to_char(now() - (100 + {n} %% {days}) * interval '1 day', 'YYYYMMDD')",
    "sqlite": "strftime('%%Y%%m%%d', 'now', '-' || (100 + {n} %% {days}) || ' days')",
}


def key(n: str = "n") -> str:
    return KEY[connection.vendor].format(n=n)


def ago(n: str = "n") -> str:
    return AGO[connection.vendor].format(n=n, days=DAYS)


def fill(number: int, *, begin: int = 0) -> None:
    """So many orders of three years, all over, behind the `begin` that there are already; statistics know of them."""
    owner, now = make_user(), timezone.now()
    long_ago = now - timedelta(days=100)
    for row, each, varying in rows_of_one_order(owner, now, long_ago):
        multiply(row, begin * each + 1, (begin + number) * each, **varying)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def rows_of_one_order(owner: Any, now: datetime, long_ago: datetime) -> list[tuple[Model, int, dict[str, str]]]:
    """What one order leaves behind: a row, how many of it, and what differs, as SQL of the number `n`."""
    over = {"rule_profile": "seed-2018", "province": "12", "state": states.APPROVED}
    name = f"{DAY_FOLDER[connection.vendor].format(n='n', days=DAYS)} || '/' || n || '.jpg'"
    document = {"kind": "statement", "state": "ready", "size": 1000, "width": 900, "height": 700, "stored_name": "x"}
    counted = f"{FIRST} + n"
    order_of_paper = key(f"(n + {PAPERS - 1}) / {PAPERS}")
    return [
        (
            Order(owner=owner, subject_key="x", domain="x", **over),
            1,
            {
                "id": key(),
                "reference": "'A-' || n",
                "domain": "'archive' || n || '.com'",
                "subject_key": "'s' || n",
                "site_number": "'津ICP备' || n || '号-1'",
                "created_at": ago(),
                "entered_at": ago(),
            },
        ),
        (
            OrderEvent(move="grant", from_state="authority_review", to_state="approved", by="authority"),
            3,
            {"order_id": key("(n + 2) / 3"), "at": ago()},
        ),
        (
            Document(holder="x", **document),
            PAPERS,
            {
                "id": key(),
                "reference": "'d' || n",
                "holder": "'A-' || (n + 3) / 4",
                "stored_name": name,
                "preview_name": f"{name} || '.preview'",
                "created_at": ago(),
                "decided_at": ago(),
            },
        ),
        (
            OrderDocument(slot="x"),
            PAPERS,
            {"order_id": order_of_paper, "document_id": key(), "slot": "'slot' || n", "added_at": ago()},
        ),
        (
            Message(channel="email", template="order_received", state="delivered", next_at=None, attempts=1),
            6,
            {"id": key(), "key": "'m' || n", "reference": "'A-' || (n + 5) / 6", "created_at": ago(),
             "delivered_at": ago()},
        ),
        (
            Report(kind="access", payload="", state="answered"),
            1,
            {"id": counted, "key": "'A-' || n || '.1'", "reference": "'A-' || n", "own_id": "n", "queued_at": ago(),
             "next_at": ago(), "answered_at": ago()},
        ),
        (
            UploadFile(isp_id=100001, digest="x", key="", body=None),
            1,
            {"id": counted, "report_id": counted, "sequence": "n", "name": "'u' || n", "accepted_at": ago(),
             "made_at": ago()},
        ),
        (
            InboxFile(isp_id=100001, state="processed", kind="BAJG", acknowledged_at=long_ago),
            1,
            {"id": counted, "name": "'i' || n", "digest": "'i' || n", "received_at": ago(), "processed_at": ago()},
        ),
        (
            Outcome(kind="granted", payload=""),
            1,
            {"id": counted, "once": "'o' || n", "report_id": counted, "file_id": counted, "at": ago(),
             "acknowledged_at": ago()},
        ),
        (
            Duty(key="x", due_on=date(2025, 1, 1), remind_on=date(2025, 1, 1), reminded_at=long_ago, done_at=long_ago),
            1,
            {"order_id": key()},
        ),
        (
            ServiceCode(slot=1, product="ecs", account="a@example.com", state="used"),
            1,
            {"code": key(), "reference": "'c' || n", "instance_id": "'i-' || n", "holder": "'A-' || n",
             "used_at": ago()},
        ),
        (
            ServiceCode(slot=1, product="ecs", account="a@example.com", state="free", ask_at=now + timedelta(days=5)),
            1,
            {"code": key("n + 1000000000"), "reference": "'f' || n", "instance_id": "'j-' || n"},
        ),
    ]  # fmt: skip


def multiply(row: Model, first: int, last: int, **varying: str) -> None:
    """Insert one row for each number from first to last: as `row` is, but for the columns that vary."""
    fields = [each for each in row._meta.concrete_fields if not each.primary_key or each.attname in varying]
    constant = [each for each in fields if each.attname not in varying]
    columns = ", ".join(connection.ops.quote_name(each.column) for each in fields)
    values = ", ".join(varying.get(each.attname, "%s") for each in fields)
    numbers = NUMBERS[connection.vendor].format(first=first, last=last)
    given = [each.get_db_prep_save(each.pre_save(row, add=False), connection) for each in constant]
    table = connection.ops.quote_name(row._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {values} FROM {numbers}", given)
