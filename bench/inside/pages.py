"""Pages and posts through the test client: their cost in this process and in PostgreSQL, and their queries."""

import cProfile
import io
import itertools
import pstats
import re
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.harness.processes import Backends
from bench.harness.services import Missing
from bench.walks.papers import paper
from demo.seed import free_filings
from demo.seed.consents import answer_on_the_phone
from icpportal.wizard.storage import as_form_data
from tests.transfers import states
from tests.transfers.archive import fill
from tests.transfers.builders import (
    administrator_answers,
    make_order,
    make_ready_document,
    make_reviewer,
    make_user,
    subject_answers,
)
from transfers.documents import slots
from transfers.models import Order
from transfers.orders.people import by_role
from transfers.review import leases
from verification import consents

TIMES = 15
PROVINCE = "44"  # asks for no phones before the photo
ARCHIVE = 400
CONTROL = re.compile(r"^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|ROLLBACK TO)\b")


@dataclass(frozen=True)
class Act:
    """Something a person does, repeatable; `kind` names its target."""

    name: str
    kind: str
    do: Callable[[], Any]
    expect: int = 200
    leads_to: str = ""  # the end of the address that a redirect must lead to


@dataclass(frozen=True)
class Cost:
    """The cost of one run: seconds of this process and of PostgreSQL, statements without transaction control, bytes."""

    cpu: float
    database: float
    queries: int
    size: int


def cost(act: Act, backends: Backends) -> Cost:
    """The median of many runs, after two that do not count because they fill caches."""
    queries, answer = queries_of(act)
    took, before = [], backends.cpu()
    for _ in range(TIMES):
        began = time.thread_time()
        act.do()
        took.append(time.thread_time() - began)
    return Cost(statistics.median(took), (backends.cpu() - before) / TIMES, queries, len(answer.content))


def queries_of(act: Act) -> tuple[int, Any]:
    """The number of statements of the third run, and the answer of the first; raises `Missing` for a wrong answer."""
    answer = act.do()
    if answer.status_code != act.expect or not answer.get("Location", "").endswith(act.leads_to):
        raise Missing(f"HTTP {answer.status_code} {answer.get('Location', '')}{_problems(answer)}")
    act.do()
    with CaptureQueriesContext(connection) as asked:
        act.do()
    return sum(not CONTROL.match(each["sql"]) for each in asked), answer


def profile(act: Act, lines: int = 25) -> str:
    """Where an act spends its time: the functions that take most themselves."""
    act.do()
    act.do()
    profiler, output = cProfile.Profile(time.thread_time), io.StringIO()
    profiler.enable()
    for _ in range(TIMES):
        act.do()
    profiler.disable()
    pstats.Stats(profiler, stream=output).strip_dirs().sort_stats("tottime").print_stats(lines)
    return f"=== {act.name}, {TIMES} times{output.getvalue()}"


def acts() -> Iterator[Act]:
    """Everything that is measured, cheap things first."""
    owner = make_user("bench@example.com", mobile="13700000001")
    fill(ARCHIVE, [make_user(mobile=f"137{place:08d}") for place in range(2, 22)])
    me = signed_in(owner)
    yield from page_acts(me, owner)
    yield from post_acts(me, owner)
    yield from _desk()


def page_acts(me: Client, owner: Any) -> Iterator[Act]:
    """The pages of an applicant."""
    draft, fresh = draft_of(owner), make_order(owner, province=PROVINCE, steps=())
    photo = make_order(owner, state=states.PHOTO_DUE, province=PROVINCE)
    phones = make_order(owner, state=states.PHONE_DUE, province="12")
    pages = {
        "start": ("public", "/"),
        "rules of a province": ("public", "/rules/12/"),
        "my filings": ("hub", "/filings/"),
        "verify type": ("form", "/transfers/new/"),
        "order": ("order", f"/transfers/{draft.reference}/"),
        "service code": ("form", _step(fresh, "service_code")),
        "filing password": ("form", _step(draft, "filing_password")),
        "people": ("hub", reverse("people", args=[draft.reference])),
        "subject": ("form", _step(draft, "subject")),
        "website": ("form", _step(draft, "website")),
        "administrator": ("form", _step(draft, "administrator")),
        "documents": ("hub", reverse("documents", args=[draft.reference])),
        "one document": ("form", reverse("slot", args=[draft.reference, "lead_id"])),
        "check and send": ("hub", reverse("check", args=[draft.reference])),
        "photo": ("hub", reverse("photo", args=[photo.reference])),
        "phones": ("hub", reverse("phones", args=[phones.reference])),
    }
    for name, (kind, path) in pages.items():
        yield Act(f"show {name}", kind, lambda path=path: me.get(path))
    yield Act("statement.pdf", "file", lambda: me.get(reverse("statement", args=[draft.reference])))


def post_acts(me: Client, owner: Any) -> Iterator[Act]:
    """The posts of an applicant."""
    draft, fresh = draft_of(owner), make_order(owner, province=PROVINCE, steps=())
    place = {"region_province": "64", "region_city": "640100", "region_county": "640106"}
    free = free_filings.FREE[0]
    typed = {"nature": "enterprise", "id_type": "1", "name": "示例", "domain": free.domain, "id_number": free.id_number}
    yield Act("send verify type", "post", lambda: me.post("/transfers/new/", typed | place), 302)
    wrong = {"product_type": "ecs", "how": "code", "service_code": "00000000-0000-4000-8000-000000000077"}
    yield Act(
        "send service code, unknown", "post", lambda: me.post(_step(fresh, "service_code"), wrong, follow=False), 302
    )
    for key in ("subject", "website", "administrator"):
        data = as_form_data(draft.answer(key))
        yield Act(f"send {key}", "post", lambda key=key, data=data: me.post(_step(draft, key), data), 302)
    yield Act("send a document", "post", lambda: _upload(me, draft), 302)
    ready = (ready_order() for _ in itertools.count())
    people = ((order, signed_in(order.owner)) for order in ready)
    waiting = list(itertools.islice(people, TIMES + 4))
    yield Act("send the order", "submit", lambda: _send(*waiting.pop()), 302, "/sent/")


def _desk() -> Iterator[Act]:
    """On a small archive; the part `lists` measures a large one. The case has papers and is claimed by the reviewer."""
    person, order = make_reviewer(), ready_order()
    _send(order, signed_in(order.owner))
    order.refresh_from_db()
    leases.take_over(order, person)
    reviewer, queue = signed_in(person), reverse("admin:transfers_order_changelist")
    yield Act("desk: queue", "desk", lambda: reviewer.get(queue))
    yield Act("desk: queue, all", "desk", lambda: reviewer.get(f"{queue}?queue=all"))
    yield Act("desk: search by domain", "desk", lambda: reviewer.get(f"{queue}?q=archive7.com"))
    yield Act("desk: case", "case", lambda: reviewer.get(reverse("admin:transfers_order_case", args=[order.pk])))


def signed_in(user: Any) -> Client:
    """A client signed in by the sign-in page, which lists the session."""
    client = Client(HTTP_ACCEPT_ENCODING="gzip, deflate, br")
    client.force_login(user)
    client.handler.load_middleware()  # its first request would do it, three times as dear as sending an order
    UserSession.objects.create(user=user, session_key=client.session.session_key, ip="127.0.0.1", user_agent="bench")
    return client


def _step(order: Order, key: str) -> str:
    return reverse("step", args=[order.reference, key])


def _upload(me: Client, order: Order) -> Any:
    file = io.BytesIO(paper("lead_id"))
    file.name = "card.jpg"
    return me.post(reverse("slot", args=[order.reference, "lead_id"]), {"file": file})


def _send(order: Order, me: Client) -> Any:
    return me.post(reverse("check", args=[order.reference]), {"declared": "on"})


def draft_of(owner: Any = None) -> Order:
    """A draft of Guangdong with all consents given."""
    answers = {
        "subject": subject_answers(post_region="440304", lead_phone2="086-0755-55501000"),
        "administrator": administrator_answers(admin_phone2="086-0755-55501000"),
    }
    order = make_order(owner, province=PROVINCE, answers=answers)
    for person in by_role(order).values():
        consents.give(holder=order.reference, person_key=person.key, language="en")
    answer_on_the_phone(order)
    return order


def ready_order() -> Order:
    """The same draft with all its papers."""
    order = draft_of()
    for slot in slots.needed_slots(order):
        for side in range(1, slot.needed + 1):
            make_ready_document(order, slot.key, side=side)
    return order


def _problems(answer: Any) -> str:
    form = (answer.context or {}).get("form") if hasattr(answer, "context") else None
    return f" {dict(form.errors)}" if form is not None and form.errors else ""
