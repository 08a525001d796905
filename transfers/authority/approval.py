"""Approves an order: it ends, none of its reports is sent any more, and the access goes into the register."""

from datetime import datetime

from django.db import transaction

from filings.actions import AccessFacts, record_access
from icpportal.accounts.models import User
from icpportal.fields.types import Column
from icpportal.gateways.miit.types import Answer
from icpportal.lifecycle import AUTHORITY
from transfers.models import Order
from transfers.orders import queries
from transfers.orders.machine import ORDER, open_move


def approve(order: Order, answer: Answer, now: datetime, *, actor: User | None = None) -> None:
    """Grants the order by this answer, which may be about any of its reports. Raises `MoveNotAllowed`.

    With `actor`, two people apply the grant to an order that was abandoned.
    """
    facts = {**queries.facts_of(order), "applied": actor is not None}
    move = open_move(order, "grants", by=AUTHORITY, facts=facts)
    columns: dict[str, Column] = {
        "site_number": answer.site_number or order.site_number,
        "subject_number": answer.subject_number or order.subject_number,
        "held": False,
    }
    with transaction.atomic():
        ORDER.apply(order, move, by=AUTHORITY, actor=actor, facts=facts, columns=columns, now=now)
        order.subject, order.website = record_access(access_facts(order, answer.report_key), since=now)
        Order.objects.filter(pk=order.pk).update(subject=order.subject, website=order.website)
        order.keep_derived()  # the authority may have sent other numbers


def access_facts(order: Order, report_key: str) -> AccessFacts:
    """The register's facts about an approved order; the authority's record names the report that was granted."""
    return AccessFacts(
        report_key=report_key,
        owner=order.owner,
        pages={page: order.answer(page) for page in ("type", *queries.DETAILS)},
        subject_key=order.subject_key,
        domain=order.domain,
        subject_number=order.subject_number,
        site_number=order.site_number,
        instance=order.instance,
        service_code=order.service_code,
        ip=order.answer("server").get("ip") or None,
    )
