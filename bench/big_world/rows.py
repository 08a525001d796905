"""The rows of the world: one row per table, with what varies between orders as SQL of the number `n`."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from bench.big_world.loading import Table
from filings.models import Access, Person, Subject, Website
from filings.provinces import PROVINCES
from icpportal.accounts.models import User
from icpportal.accounts.roles import APPLICANT
from icpportal.alarms.models import Alarm
from icpportal.audit.models import AuditEntry
from icpportal.gateways.miit.models import InboxFile, UploadFile
from icpportal.outbox.models import Message
from icpportal.privacy.models import AccessNote
from tests import years
from tests.transfers import states
from tests.years import key
from transfers.models import Order, OrderDocument, ParkedAnswer, ReviewRound, SearchKey, TypeCheck
from verification.models import Backdrop, Document, ServiceCode

ANSWERS = "x" * 200
CHANNELS, CHANNEL_IDS = ("email", "sms", "site"), 100_000_000_000  # of the keys that are numbers
FIRST_OPEN, MINE, OFTEN = 800, 30, 32  # open orders at least; the applicant's ended orders; of each rare thing
YEARS = "interval '1095 days'"
ACCOUNTS = 3_000_000_000  # of the keys that are numbers
# of 100 open orders, up to which number they are in which state; the same for ended ones
OPEN_STATES = (
    (15, states.DRAFT), (31, states.SUBMITTED), (39, states.RETURNED), (45, states.PHOTO_DUE),
    (49, states.PHOTO_REVIEW), (53, states.HANDING_OVER), (59, states.PHONE_DUE), (84, states.AUTHORITY_REVIEW),
    (89, states.AUTHORITY_RETURNED), (96, states.LAPSED), (100, states.COOLING_OFF),
)  # fmt: skip
OVER_STATES = (
    (82, states.APPROVED), (84, states.REFUSED), (88, states.WITHDRAWN), (90, states.ABANDONED),
    (96, states.EXPIRED), (100, states.CANCELLED),
)  # fmt: skip
WORDS = "paper tea silk bamboo river lotus jade cloud stone orchid pearl amber cedar maple harbour garden"
TRADES = "shop store studio works press travel foods books music sports design farm school clinic motors tools"
KEPT = {Document: 0.2, OrderDocument: 0.2, Message: 0, Order: 0, Subject: 0, Website: 0, Access: 0, ReviewRound: 0,
        TypeCheck: 0.2, ServiceCode: 0.1, Alarm: 0.2, Backdrop: 0.15, ParkedAnswer: 0.1, UploadFile: 0.1,
        InboxFile: 0.1}  # fmt: skip


@dataclass(frozen=True)
class World:
    """The number of orders, the owner of the measured pages, and the people who work on them."""

    orders: int
    applicant: User
    reviewer: User
    lead: User

    @property
    def open(self) -> int:
        """The newest: two in a hundred, and enough that each list fills a page."""
        return max(min(self.orders * 4 // 5, FIRST_OPEN), self.orders // 50)

    @property
    def over(self) -> int:
        return self.orders - self.open

    @property
    def accounts(self) -> int:
        return max(self.orders // 5, 100)

    def is_applicants(self, n: int) -> bool:
        """The same as `mine`, in Python."""
        place = n - self.over
        return place % (self.over // MINE) == 0 if place <= 0 else place <= FIRST_OPEN and place % 26 == 0

    @property
    def mine(self) -> str:
        """Spread over all years; of the open orders, those at the same places in both worlds."""
        place = f"(n - {self.over})"
        newest = f"{place} BETWEEN 1 AND {FIRST_OPEN} AND {place} %% 26 = 0"
        return f"({newest} OR {place} <= 0 AND {place} %% {self.over // MINE} = 0)"


def order_id(n: int) -> uuid.UUID:
    return uuid.UUID(int=n)


def reference_function() -> str:
    """`reference_of(7)` is `GGGG-GGG7`."""
    return (
        "CREATE FUNCTION reference_of(bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT substr(it, 1, 4) || '-'"
        " || substr(it, 5) FROM (SELECT translate(upper(lpad(to_hex($1), 8, '0')), '01', 'GH') AS it) AS digits $$"
    )


def _case(rows: tuple[tuple[int, str], ...]) -> str:
    return "CASE " + " ".join(f"WHEN n %% 100 < {limit} THEN '{value}'" for limit, value in rows) + " END"


def _of(words: str, n: str) -> str:
    """One word after another."""
    values = words.split()
    listed = ", ".join(f"'{each}'" for each in values)
    return f"(ARRAY[{listed}])[1 + ({n}) %% {len(values)}]"


def _sealed_value(kind: str) -> str:
    found = "SELECT value FROM sealed WHERE kind = '{}' AND sealed.n = {}"
    return f"COALESCE(({found.format(kind, 'numbers.n')}), ({found.format(kind, 0)}))"


def _moment(last: int) -> str:
    """Spreads the rows over three years, in order."""
    return f"now() - ({last} - n) * ({YEARS} / {last})"


def tables(world: World) -> Iterator[Table]:
    yield from _accounts(world)
    yield _orders(world)
    yield from _register_rows(world)
    yield from _history_rows(world)
    yield from _search_keys(world)
    now = timezone.now()
    for row, each, varying in years.rows_of_one_order(world.applicant, now, now - timedelta(days=100)):
        last = round(world.orders * each * KEPT.get(type(row), 1))
        yield Table(row, last, {name: _as_here(words, last) for name, words in varying.items()})


def _as_here(words: str, last: int) -> str:
    """Makes moments differ, and references those of our orders."""
    if words == years.ago():
        return _moment(last)
    return re.sub(r"'A-' \|\| (n|\(n \+ \d\) / \d)", r"reference_of(\1)", words)


def _accounts(world: World) -> Iterator[Table]:
    account = key(f"{ACCOUNTS} + n")
    email = "'user' || n || '@example.com'"
    user = User(password="!", mobile="", mobile_confirmed_at=timezone.now(), language="zh-hans", terms_version="1")
    joined = _moment(world.accounts)
    digest = "md5('m' || n) || md5('n' || n)"
    yield Table(
        user,
        world.accounts,
        {"id": account, "email": email, "customer_name": email, "mobile_index": digest, "date_joined": joined},
    )
    yield Table(EmailAddress(verified=True, primary=True), world.accounts, {"user_id": account, "email": email})
    role = Group.objects.get(name=APPLICANT)
    yield Table(User.groups.through(group_id=role.pk), world.accounts, {"user_id": account})


NUMBER = "'宁ICP备' || lpad(n::text, 8, '0') || '号'"
SITE_NUMBER = f"{NUMBER} || '-1'"


def _domain() -> str:
    return f"{_of(WORDS, 'n')} || '-' || {_of(TRADES, 'n / 16')} || n || '.com'"


def _owner(world: World) -> str:
    others = key(f"{ACCOUNTS} + 1 + n %% {world.accounts}")
    return f"CASE WHEN {world.mine} THEN '{world.applicant.pk}'::uuid ELSE {others} END"


def _orders(world: World) -> Table:
    is_open = f"n > {world.over}"
    state = f"CASE WHEN {is_open} THEN {_case(OPEN_STATES)} ELSE {_case(OVER_STATES)} END"
    timed = "n %% 100 < 15 OR n %% 100 BETWEEN 31 AND 44 OR n %% 100 BETWEEN 53 AND 58 OR n %% 100 > 83"
    to_judge = f"({is_open} AND (n %% 100 BETWEEN 15 AND 30 OR n %% 100 BETWEEN 45 AND 48))"
    held_by = f"({to_judge} AND (n / 100) %% (1 + {world.open} / 1000) = 0 AND n %% 100 BETWEEN 19 AND 23)"
    far = "now() + interval '300 days'"
    started = _of("transfer transfer transfer_another", "n")
    cancels = f"(n %% 100 > 95 OR ({is_open} AND n %% 100 = 50))"
    row = Order(owner=world.applicant, subject_key="x", domain="x", rule_profile="seed-2018", province="64")
    return Table(
        row,
        world.orders,
        {
            "id": key(),
            "reference": "reference_of(n)",
            "owner_id": _owner(world),
            "kind": f"CASE WHEN {cancels} THEN 'cancellation' ELSE {started} END",
            "state": state,
            "province": _of(" ".join(sorted(PROVINCES)), "n"),
            "subject_key": "md5('s' || n) || md5('t' || n)",
            "domain": _domain(),
            "subject_number": NUMBER,
            "site_number": SITE_NUMBER,
            "answers": _sealed_value("answers"),
            "claimed": is_open,
            "instance": "'i-' || n",
            "due_at": f"CASE WHEN {is_open} AND ({timed}) THEN {far} + n %% 1000 * interval '1 hour' END",
            "submitted_at": f"CASE WHEN {is_open} AND n %% 100 < 15 THEN NULL ELSE {_moment(world.orders)} END",
            "created_at": _moment(world.orders),
            "entered_at": f"CASE WHEN {to_judge} THEN now() - n %% 50 * interval '1 hour' - n * interval '1 ms'"
            f" ELSE {_moment(world.orders)} END",
            "nature": _of("enterprise enterprise individual", "n"),
            "findings": "n %% 4",
            "returns": "CASE WHEN n %% 3 = 0 THEN 1 ELSE 0 END",
            "reviewer_id": f"CASE WHEN {held_by} THEN '{world.reviewer.pk}'::uuid END",
            "claimed_since": f"CASE WHEN {held_by} THEN now() END",
            "claimed_until": f"CASE WHEN {held_by} THEN {far} END",
            "held": f"{is_open} AND n %% ({world.open // OFTEN}) = 7",
        },
    )


def _register_rows(world: World) -> Iterator[Table]:
    """The register's rows of each order."""
    moment, last = _moment(world.orders), world.orders
    owned = {"owner_id": _owner(world)}
    subject = Subject(nature="enterprise", id_type=1, subject_key="x", region="640106", details={"x": ANSWERS})
    names = {"name": _sealed_value("name"), "id_number": _sealed_value("id_number"), "name_index": "md5('n' || n)"}
    yield Table(
        subject,
        last,
        {"id": key(), "subject_key": "md5('s' || n)", "subject_number": NUMBER, "created_at": moment, "lead_id": key()}
        | owned
        | names,
    )
    person = {
        "name": _sealed_value("person"),
        "id_number": _sealed_value("person_number"),
        "mobile": _sealed_value("mobile"),
    }
    indexed = {"person_key": "md5('p' || n)", "mobile_index": "md5('m' || n)"}
    yield Table(Person(id_type=2), last, {"id": key(), "subject_id": key()} | person | indexed)
    where = {"domain": _domain(), "site_number": SITE_NUMBER, "since": moment}
    linked = {"id": key(), "subject_id": key(), "administrator_id": key()}
    yield Table(Website(name="示例网站"), last, linked | where | owned)
    report = {"report_key": "reference_of(n) || '.1'", "instance": "'i-' || n"}
    yield Table(Access(own=True, method=1), last, {"website_id": key(), "ministry_id": "n", "since": moment} | report)


def _history_rows(world: World) -> Iterator[Table]:
    """Messages, looks, actions, rounds: what is recorded about every order."""
    moment, last = _moment(world.orders), world.orders
    about = {"reference": "reference_of(n)", "created_at": moment, "event": "'e' || n"}
    sent = {"state": "delivered", "next_at": None, "attempts": 1, "template": "order_received"}
    for place, channel in enumerate(CHANNELS):
        own = {"id": key(f"n + {place * CHANNEL_IDS}"), "key": f"'{channel}' || n", "user_id": _owner(world)}
        payload = {"payload": _sealed_value("note")} if channel == "site" else {}
        yield Table(Message(channel=channel, **sent), last, {**own, **about, **payload, "delivered_at": moment})
    note = AccessNote(actor=world.reviewer, what="case", reason="search")
    yield Table(note, last, {"reference": "reference_of(n)", "at": moment, "last_at": moment})
    entry = AuditEntry(actor=world.reviewer, act="look", what="case", said={})
    linked = {"place": "n", "digest": "md5('d' || n)", "previous": "md5('d' || n - 1)"}
    yield Table(entry, last, {"reference": "reference_of(n)", "at": moment} | linked)
    kind = ContentType.objects.get_for_model(Order)
    log = LogEntry(user=world.reviewer, content_type=kind, action_flag=2, change_message="x", object_repr="x")
    yield Table(log, last // 10, {"object_id": "n::text", "object_repr": "reference_of(n)", "action_time": moment})
    round_ = ReviewRound(number=1, reviewer=world.reviewer)
    decided = "CASE WHEN n %% 3 = 0 THEN 'send_back' ELSE 'accept' END"
    yield Table(round_, last, {"order_id": key(), "opened_at": moment, "decided_at": moment, "decision": decided})


def _search_keys(world: World) -> Iterator[Table]:
    """Search keys of orders: names shared by many, and numbers of their own."""
    common = {"own2": "n %% 100", "own4": "n %% 9000", "own8": "n %% 50000", "whole4": "n %% 4000", "whole10": "n"}
    personal = "subject_document lead_document lead_mobile lead_phone admin_document admin_mobile admin_phone"
    found = [
        ("domain", _domain()),
        ("domain", f"{_of(TRADES, 'n / 16')} || n || '.com'"),
        ("number", NUMBER),
        ("number", "lpad(n::text, 8, '0')"),
        ("number", SITE_NUMBER),
        ("number", "lpad(n::text, 8, '0') || '-1'"),
        *(("subject_name", f"md5('{kind}' || {words})") for kind, words in common.items()),
        *((kind, f"md5('{kind}' || n)") for kind in personal.split()),
        *((kind, f"md5('name' || n %% 20000 + {place})") for place, kind in enumerate(("lead_name", "admin_name"))),
    ]
    for kind, words in found:
        yield Table(SearchKey(kind=kind), world.orders, {"order_id": key(), "key": words})
