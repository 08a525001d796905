"""Orders that the simulated ministry has on record too: a filing each, with a matching number and password."""

import hashlib
import itertools
from collections.abc import Iterable
from typing import Any

from demo.ministry.api.client import SimulatorClient
from tests.transfers.builders import TYPE, make_order, make_ready_document
from transfers.models import Order, OrderDocument
from verification.models import Document

FILING_PASSWORD = "SamplePw1"
DIGEST = hashlib.md5(FILING_PASSWORD.encode(), usedforsecurity=False).hexdigest()
PAPERS = ("statement", "subject_id", "lead_id", "admin_id", "photo")
SOMEONE = {"name": "林示范", "mobile": "13900000001", "id_number": "649999198502140009"}
_counter = itertools.count(1)


def wired_order(*, province: str = "64", **columns: Any) -> Order:
    """An order with its own filing number."""
    number = f"{TYPE[province]['number'][0]}ICP备{next(_counter):08d}号"
    return make_order(province=province, subject_number=number, **{"password_digest": DIGEST, **columns})


def with_papers(order: Order, documents: dict[str, Document] | None = None) -> Order:
    """The papers of a report; several orders may share the pictures."""
    for slot in PAPERS:
        if documents is None:
            make_ready_document(order, slot)
        else:
            OrderDocument.objects.create(order=order, slot=slot, side=1, document=documents[slot])
    return order


def put_on_record(ministry: SimulatorClient, orders: Iterable[Order], *, phones: Iterable[str] = ("12",)) -> None:
    """Puts a subject with one site for each order on the ministry's record; it asks phones in these provinces."""
    ministry.set_provinces([{"code": code, "asks_phones": code in phones} for code in TYPE])
    ministry.add_filings(_filing(order) for order in orders)


def _filing(order: Order) -> dict[str, Any]:
    return {
        "number": order.subject_number,
        "province": order.province,
        "id_type_code": 1,
        "id_number": f"91{order.province}9999{next(_counter):09d}L",
        "name": "宁夏示例纸业有限公司",
        "password": FILING_PASSWORD,
        "lead": SOMEONE,
        "administrator": SOMEONE,
        "sites": [{"domain": order.domain, "name": "示例", "number": order.site_number}],
    }
