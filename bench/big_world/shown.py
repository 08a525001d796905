"""Values that pages show: really sealed where they are shown, and found by real search keys."""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from bench.big_world.rows import ANSWERS, CHANNEL_IDS, CHANNELS, OFTEN, World, order_id
from filings.models import Person, Subject
from icpportal.approvals.models import SUBMIT, ApprovalRequest
from icpportal.outbox.models import Message
from icpportal.privacy.fields import EncryptedTextField
from tests.transfers.builders import administrator_answers, subject_answers, type_answers, website_answers
from transfers.models import Call, Objection, Order
from transfers.review.search.keys import keep

NEWEST, OLDEST, SAMPLES = 1_000, 1_000, 100


def seal_shown(world: World) -> None:
    """Fills a table `sealed` with values by kind and number; number 0 is shared by all other rows."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE sealed (kind text, n bigint, value text, PRIMARY KEY (kind, n))")
        with cursor.copy("COPY sealed (kind, n, value) FROM STDIN") as copy:
            for row in _values(world):
                copy.write_row(row)


def _values(world: World) -> Iterator[tuple[str, int, str]]:
    for number in [0, *sorted(_visible_orders(world))]:
        yield "answers", number, _seal(Order(pk=order_id(number), answers=_answers(number)), "answers")
        subject = Subject(pk=order_id(number), name=f"宁夏示例{number}号有限公司", id_number="91649999000000019L")
        person = Person(pk=order_id(number), name="林示范", id_number="649999198502140009", mobile="13900000001")
        for row, kind, name in [
            (subject, "name", "name"), (subject, "id_number", "id_number"), (person, "person", "name"),
            (person, "person_number", "id_number"), (person, "mobile", "mobile"),
        ]:  # fmt: skip
            yield kind, number, _seal(row, name)
        note = Message(pk=uuid.UUID(int=number + CHANNELS.index("site") * CHANNEL_IDS), payload={"context": {}})
        yield "note", number, _seal(note, "payload")


def _visible_orders(world: World) -> set[int]:
    last = world.orders
    ends = {*range(1, min(OLDEST, last)), *range(max(1, last - max(NEWEST, world.open)), last + 1)}
    return ends | samples(world) | {n for n in range(1, last + 1) if world.is_applicants(n)}


def samples(world: World) -> set[int]:
    """The numbers of some orders of every age, which every kind of search finds."""
    return {max(1, round(world.orders * place / SAMPLES)) for place in range(1, SAMPLES + 1)}


def _seal(row: Model, name: str) -> str:
    field = row._meta.get_field(name)
    assert isinstance(field, EncryptedTextField)
    return str(field.seal(row))


@cache
def _people() -> dict[str, dict[str, object]]:
    return {"subject": subject_answers(), "administrator": administrator_answers()}


def _answers(number: int) -> dict[str, object]:
    """Shared ones are short: nobody reads them, and they are stored a million times."""
    if not number:
        return {"filled": ANSWERS}
    phone = f"139{number:08d}"
    people = _people()
    return {
        "type": type_answers(
            "64", domain=f"a{number}.com", name=f"宁夏示例{number}号有限公司", id_number=f"{number:018d}"
        ),
        "subject": {**people["subject"], "lead_phone1": phone, "lead_name": f"林示{chr(0x4E00 + number % 9000)}"},
        "website": website_answers(f"a{number}.com"),
        "administrator": people["administrator"],
    }


def hold(world: World) -> None:
    """Objections, second looks and calls: as many open ones in both worlds, and ended ones on one in 1,000 orders."""
    _people_act(world, [world.over + place // 4 * 100 + 15 + place % 4 for place in range(OFTEN)], ended=None)
    _people_act(world, list(range(1, world.orders, 1_000)), ended=timezone.now())


def _people_act(world: World, numbers: list[int], *, ended: datetime | None) -> None:
    orders = Order.objects.filter(pk__in=map(order_id, numbers))
    soon, asked = timezone.now() + timedelta(days=300), {"kind": SUBMIT, "said": {"because": ["drawn"]}}
    Objection.objects.bulk_create(
        Objection(owner=world.lead, domain=each.domain, subject_key=each.subject_key, words="x", closed_at=ended)
        for each in orders
    )
    ApprovalRequest.objects.bulk_create(
        ApprovalRequest(
            owner=each.owner, asked_by=world.lead, key=str(each.pk), reference=each.reference, ended_at=ended,
            outcome="allowed" if ended else "", **asked,
        )
        for each in orders.select_related("owner")
    )  # fmt: skip
    Call.objects.bulk_create(
        Call(order=each, role="subject_lead", about="x", asked_by=world.lead, next_at=soon, ended_at=ended)
        for each in orders
    )


def find_shown(world: World) -> None:
    """Gives the samples the search keys of their values."""
    for order in Order.objects.filter(pk__in=[order_id(number) for number in samples(world)]):
        keep(order)
