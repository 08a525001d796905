"""People, orders and papers for tests; all names and numbers are invented."""

import io
import itertools
from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client
from django.utils import timezone
from PIL import Image

from filings.register.blind_keys import subject_key
from icpportal.accounts.actions import open_account
from icpportal.accounts.models import User
from icpportal.accounts.roles import APPLICANT, LEAD_REVIEWER, REVIEWER
from tests.transfers import states
from transfers.models import Order, OrderDocument, ReasonVersion, ReturnReason
from transfers.orders.machine import ORDER
from transfers.review.catalogue import first_version
from verification.models import Document, PhotoPlace

PASSWORD = "correct horse battery"
_counter = itertools.count(1)

TYPE = {
    "12": {"region": "120101", "number": "津ICP备00000000号"},
    "44": {"region": "440304", "number": "粤ICP备00000000号"},
    "64": {"region": "640106", "number": "宁ICP备00000000号"},
    "31": {"region": "310101", "number": "沪ICP备00000000号"},
    "61": {"region": "610102", "number": "陕ICP备00000000号"},
    "33": {"region": "330106", "number": "浙ICP备00000000号"},
}


def make_user(
    email: str = "", *, mobile: str = "", language: str = "en", held_roles: tuple[str, ...] = (APPLICANT,)
) -> User:
    """A confirmed account."""
    n = next(_counter)
    return open_account(
        email=email or f"user{n}@example.com",
        mobile=mobile or f"138{n:08d}",
        password=PASSWORD,
        language=language,
        held_roles=held_roles,
    )


def make_reviewer(**columns: Any) -> User:
    return make_user(held_roles=(REVIEWER,), **columns)


def make_lead_reviewer(**columns: Any) -> User:
    return make_user(held_roles=(LEAD_REVIEWER,), **columns)


def make_return(order: Order, reviewer: User | None = None) -> None:
    """One more round that returned the order, without naming anything."""
    number = order.rounds.count() + 1
    order.rounds.create(number=number, reviewer=reviewer or make_reviewer(), decision="send_back")
    order.returns = number
    Order.objects.filter(pk=order.pk).update(returns=number)


def sign_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def type_answers(province: str = "64", *, domain: str = "example.com", **changes: Any) -> dict[str, Any]:
    """The answers of step 1 of the sample organisation."""
    answers = {
        "region": TYPE[province]["region"],
        "nature": "enterprise",
        "id_type": "1",
        "id_number": "91649999000000019L",
        "name": "宁夏示例纸业有限公司",
        "domain": domain,
    }
    answers.update(changes)
    answers["subject_key"] = subject_key(answers["id_type"], answers["id_number"])
    return answers


def subject_answers(**changes: Any) -> dict[str, Any]:
    return {
        "id_address": "宁夏回族自治区银川市金凤区示例路1号",
        "post_region": "640106",
        "post_address": "示例路1号2号楼301室",
        "no_door_number": False,
        "investor": "林示范",
        "remark": "",
        "is_legal_rep": "yes",
        "lead_name": "林示范",
        "lead_id_type": "2",
        "lead_id_number": "649999198502140009",
        "lead_id_until": "2035-02-14",
        "lead_phone1": "13900000001",
        "lead_phone2": "086-0951-5550100",
        "lead_emergency": "13900000003",
        "lead_email": "lin@example.com",
        **changes,
    }


def website_answers(domain: str = "example.com", **changes: Any) -> dict[str, Any]:
    return {
        "site_name": "示例纸业官网",
        "home_url": f"https://www.{domain}/",
        "content": ["8"],
        "service_kind": "1",
        "languages": ["1"],
        "needs_approval": "no",
        "approval_types": [],
        "site_remark": "",
        **changes,
    }


def administrator_answers(**changes: Any) -> dict[str, Any]:
    return {
        "same_person": "no",
        "admin_name": "陈样例",
        "admin_id_type": "2",
        "admin_id_number": "649999198806060008",
        "admin_id_until": "2038-06-06",
        "admin_phone1": "13900000002",
        "admin_phone2": "086-0951-5550100",
        "admin_emergency": "13900000003",
        "admin_email": "chen@example.com",
        "admin_told": True,
        **changes,
    }


def make_order(
    owner: User | None = None,
    *,
    state: str = states.DRAFT,
    province: str = "64",
    domain: str = "",
    steps: tuple[str, ...] = ("service_code", "filing_password", "subject", "website", "administrator"),
    answers: dict[str, Any] | None = None,
    **columns: Any,
) -> Order:
    """An order with the sample answers, put directly into `state`; `steps=()` is a new draft after step 1."""
    domain = domain or f"example{next(_counter)}.com"
    number = columns.pop("subject_number", TYPE[province]["number"])
    ready = {
        "service_code": {"product_type": "ecs", "how": "instance", "instance": "i-example0001", "service_code": ""},
        "filing_password": {"filing_number": f"{number}-1"},
        "subject": subject_answers(),
        "website": website_answers(domain),
        "administrator": administrator_answers(),
    }
    subject = type_answers(province, domain=domain)
    subject["subject_key"] = columns.pop("subject_key", f"{next(_counter):064d}")  # a different subject each time
    stored = {"type": subject, **{step: ready[step] for step in steps}, **(answers or {})}
    now = timezone.now()
    if "service_code" in steps:
        columns.setdefault("service_code", "00000000-0000-4000-8000-000000000001")
        columns.setdefault("instance", "i-example0001")
        stored.setdefault("server", {"ip": "192.0.2.10", "name": "示例服务器", "product": "ecs", "place": "64"})
    if "filing_password" in steps:
        columns.setdefault("password_digest", "0" * 32)
        columns.setdefault("password_kept", True)
        columns.setdefault("claimed", state not in states.ENDED)
    if state in states.KEPT:
        columns.setdefault("due_at", now + getattr(settings, states.KEPT[state]))
    if state == states.PHONE_DUE:
        columns.setdefault("due_at", now + timedelta(hours=48))
    if state in (
        states.HANDING_OVER,
        states.PHONE_DUE,
        states.AUTHORITY_REVIEW,
        states.AUTHORITY_RETURNED,
        states.LAPSED,
    ):
        columns.setdefault("report", 1)
    columns.setdefault("rule_profile", "seed-2018")
    return Order.objects.create(
        owner=owner or make_user(),
        state=state,
        province=province,
        subject_key=stored["type"]["subject_key"],
        domain=domain,
        subject_number=number,
        site_number=columns.pop("site_number", f"{number}-1"),
        answers=stored,
        **columns,
    )


@cache
def picture(width: int = 900, height: int = 700, kind: str = "JPEG", colour: str = "white") -> bytes:
    """The bytes of a plain picture."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, kind)
    return out.getvalue()


def make_ready_document(order: Order, slot: str, *, side: int = 1, colour: str = "white") -> Document:
    """A checked document in its slot."""
    name = storages["documents"].save(f"{slot}-{next(_counter)}.jpg", ContentFile(picture(colour=colour)))
    document = Document.objects.create(
        kind=slot, holder=order.reference, state="ready", size=1000, width=900, height=700, stored_name=name
    )
    OrderDocument.objects.create(order=order, slot=slot, side=side, document=document)
    return document


def make_place(**columns: Any) -> PhotoPlace:
    """An open photo place, in Yinchuan."""
    n = next(_counter)
    usual = {
        "region": "640100",
        "name_zh": f"银川市示例拍照点{n}",
        "name_en": f"Yinchuan sample place {n}",
        "address_zh": f"宁夏银川市金凤区示例路{n}号",
        "address_en": f"{n} Sample Road, Yinchuan",
        "hours_zh": "周一至周五 9:00–17:00",
        "hours_en": "Mon–Fri 9:00–17:00",
        "phone": "0951-0000-001",
    }
    return PhotoPlace.objects.create(**{**usual, **columns})


def make_reason(key: str = "subject_name", fields: str = "", **columns: Any) -> ReturnReason:
    defaults = {
        "text_zh": "与证件逐字核对后改填",
        "text_en": "Compare with the document character by character",
        "short_zh": "与证件不符",
        "short_en": "differs from the document",
        "fields": fields,
    }
    reason = ReturnReason.objects.update_or_create(key=key, defaults={**defaults, **columns})[0]
    reason.versions.all().delete()
    first_version(ReasonVersion, reason)
    return reason


def moves(order: Order) -> list[str]:
    """The moves of an order, oldest first."""
    return list(order.events.order_by("at", "pk").values_list("move", flat=True))


def fire(order: Order, move: str, by: str, **kwargs: Any) -> Order:
    ORDER.apply(order, move, by=by, **kwargs)
    return order
