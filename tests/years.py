"""An archive of years, made by the database itself: ended orders, with all that each left behind.

With orders in hand: some in each open state, with nothing due.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Model, Value
from django.db.models.expressions import DatabaseDefault
from django.utils import timezone

from filings.models import Access, Subject, Website
from icpportal.alarms.models import Alarm, SetAside
from icpportal.codes.models import Allowance, Code
from icpportal.gateways.miit.models import InboxFile, Outcome, Report, UploadFile
from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import make_user
from transfers.models import (
    Duty,
    Order,
    OrderDocument,
    OrderEvent,
    ParkedAnswer,
    PhoneCheck,
    PhoneWindow,
    ReviewRound,
    TypeCheck,
)
from verification.models import Backdrop, Consent, Document, PhoneUpload, ServiceCode, WrongPassword

DAYS = 3 * 365
PAPERS = 4
FIRST = 10_000_000  # of the numeric keys
RULES = {"rule_profile": "seed-2018", "province": "12"}
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
    """Adds so many ended orders of three years after the existing `begin` ones; updates the statistics."""
    owner, now = make_user(), timezone.now()
    long_ago = now - timedelta(days=100)
    for row, each, varying in rows_of_one_order(owner, now, long_ago):
        multiply(row, begin * each + 1, (begin + number) * each, **varying)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def hold(number: int, *, begin: int = 0) -> None:
    """Adds so many orders in each open state, none of them due, and as many other rows that jobs check and leave."""
    owner, now = make_user(), timezone.now()
    for row, varying in [*_orders_in_hand(owner, now), *_rows_in_hand(owner, now)]:
        multiply(row, begin + 1, begin + number, **varying)


def _orders_in_hand(owner: Any, now: datetime) -> list[tuple[Model, dict[str, str]]]:
    begun = {"created_at": now, "entered_at": now, "reminded": 1, "password_kept": True, "report": 1}
    found: list[tuple[Model, dict[str, str]]] = []
    for place, state in enumerate(sorted(set(states.ALL) - set(states.ENDED)), 1):
        timed = state in (*states.TURN, states.COOLING_OFF)
        kind = states.CANCELLATION if state == states.COOLING_OFF else states.TRANSFER
        order = Order(owner=owner, kind=kind, state=state, subject_key="x", domain="x", **begun, **RULES)
        order.due_at = now + timedelta(hours=20) if timed else None
        first = f"{place} * {FIRST} + n"
        names = {"domain": f"'hand{place}-' || n || '.com'", "subject_key": f"'h{place}-' || n"}
        found.append((order, {"id": key(first), "reference": f"'H{place}-' || n", **names}))
        if state == states.PHONE_DUE:
            found.append((PhoneCheck(report=1, role="administrator"), {"order_id": key(first)}))
            found.append((PhoneWindow(tried_at=now, told_at=now), {"order_id": key(first)}))
    return found


def _rows_in_hand(owner: Any, now: datetime) -> list[tuple[Model, dict[str, str]]]:
    soon, n = now + timedelta(hours=3), "n + 500000"
    reported = {"id": f"{2 * FIRST} + n", "key": "'R-' || n || '.1'", "reference": "'R-' || n", "own_id": n}
    mail = {"channel": "email", "template": "order_received", "state": "waiting", "next_at": soon}
    server = {"slot": 1, "product": "ecs", "account": "a@example.com", "state": "free", "ask_at": soon}
    aside = {"cause": "x", "trouble": "x", "since": now, "next_at": soon}
    paper = {"kind": "statement", "state": "checking", "size": 1, "width": 1, "height": 1, "created_at": soon}
    wanted = {"region": "640106", "state": "requested"}
    taken = {"isp_id": 100001, "digest": "x", "key": "x", "stored_name": "x"}
    last_day = date(2099, 1, 1)
    return [
        (Message(**mail), {"id": key(n), "key": "'w' || n", "reference": "'R-' || n"}),
        (Report(kind="access", payload="x", state="accepted", queued_at=now, next_at=now), reported),
        (
            UploadFile(**taken, accepted_at=now, made_at=now),
            {"report_id": f"{2 * FIRST} + n", "sequence": n, "name": "'v' || n"},
        ),
        (
            InboxFile(**taken, state="processed", kind="BAJG", acknowledged_at=now),
            {"name": "'v' || n", "digest": "'v' || n"},
        ),
        (Duty(due_on=last_day, remind_on=last_day), {"order_id": key(f"{FIRST} + n"), "key": "'k' || n"}),
        (Document(**paper, holder="x"), {"id": key(n), "reference": "'e' || n", "quarantine_name": "'e' || n"}),
        (
            ServiceCode(**server),
            {"code": key(f"{3 * FIRST} + n"), "reference": "'g' || n", "instance_id": "'k-' || n"},
        ),
        (SetAside(job="deadlines.due", **aside), {"key": "'x' || n", "reference": "'x' || n"}),
        (TypeCheck(owner=owner, outcome="transfer"), {"id": key(n), "reference": "'y' || n"}),
        (Session(session_data="", expire_date=soon), {"session_key": "'s' || n"}),
        (Code(purpose="sign_up", digest="d", destination="d", channel="sms", expires_at=soon), {"holder": "'h' || n"}),
        (Allowance(name="verify_type", used=1, began_at=now), {"key": "'a' || n"}),
        (WrongPassword(at=now), {"digest": "'d' || n"}),
        (PhoneUpload(purpose="papers", expires_at=soon), {"holder": "'h' || n", "digest": "'d' || n"}),
        (Backdrop(owner=owner, **wanted), {"id": key(n), "reference": "'c' || n", "holder": "'h' || n"}),
    ]


def rows_of_one_order(owner: Any, now: datetime, long_ago: datetime) -> list[tuple[Model, int, dict[str, str]]]:
    """The rows of one order: a row, how many of it, and its varying columns as SQL of the number `n`."""
    over = {**RULES, "state": states.APPROVED}
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
            Subject(owner=owner, nature="enterprise", id_type=1, subject_key="x", region="120101"),
            1,
            {"id": key(), "subject_key": "'s' || n", "subject_number": "'津ICP备' || n || '号'"},
        ),
        (
            Website(owner=owner, domain="x"),
            1,
            {
                "id": key(),
                "subject_id": key(),
                "domain": "'archive' || n || '.com'",
                "site_number": "'津ICP备' || n || '号-1'",
            },
        ),
        (
            Access(own=True, method=1),
            1,
            {"website_id": key(), "report_key": "'A-' || n || '.1'", "ministry_id": "n", "since": ago()},
        ),
        (
            PhoneCheck(report=1, role="administrator", confirmed_at=long_ago),
            1,
            {"order_id": key()},
        ),
        (
            TypeCheck(owner=owner, outcome="transfer"),
            1,
            {"id": key(), "reference": "'t' || n", "order_id": key(), "created_at": ago()},
        ),
        (
            ReviewRound(number=1, reviewer=owner, decided_at=long_ago, decision="accept"),
            1,
            {"order_id": key(), "opened_at": ago()},
        ),
        (
            ParkedAnswer(kind="granted", reason="example", closed_at=long_ago),
            1,
            {"answer_id": "'p' || n", "report_key": "'A-' || n || '.1'", "at": ago()},
        ),
        (
            Alarm(cause="x", cleared_at=long_ago),
            1,
            {"cause": "'files.row_failed:' || n", "opened_at": ago(), "seen_at": ago()},
        ),
        (
            Backdrop(owner=owner, holder="x", state="delivered"),
            1,
            {"id": key(), "reference": "'b' || n", "holder": "'A-' || n", "created_at": ago(), "entered_at": ago()},
        ),
        (
            Consent(holder="x", person_key="x", version="1", language="zh"),
            1,
            {"holder": "'A-' || n", "given_at": ago()},
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


def _value(row: Model, column: Any) -> Any:
    """The row's value; defaults that the database would fill in are filled in here."""
    value = column.pre_save(row, add=False)
    if not isinstance(value, DatabaseDefault):
        return value
    return column.db_default.value if isinstance(column.db_default, Value) else column.db_default


def multiply(row: Model, first: int, last: int, **varying: str) -> None:
    """Inserts one row for each number from first to last: copies of `row` except for the varying columns."""
    fields = [each for each in row._meta.concrete_fields if not each.primary_key or each.attname in varying]
    constant = [each for each in fields if each.attname not in varying]
    columns = ", ".join(connection.ops.quote_name(each.column) for each in fields)
    values = ", ".join(varying.get(each.attname, "%s") for each in fields)
    numbers = NUMBERS[connection.vendor].format(first=first, last=last)
    given = [each.get_db_prep_save(_value(row, each), connection) for each in constant]
    table = connection.ops.quote_name(row._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {values} FROM {numbers}", given)
