"""What an approval does: the order ends, none of its reports is sent any more, and the register has the access."""

from datetime import datetime
from typing import Any

from django.db import transaction

from filings.actions import record_access
from icpportal.gateways.miit.types import Answer
from icpportal.lifecycle import AUTHORITY
from transfers import queries
from transfers.firing import ORDER
from transfers.models import Order


def approve(order: Order, answer: Answer, now: datetime, *, actor: Any = None) -> None:
    """Grant the order by this answer, about whichever of its reports. Raises `Forbidden`.

    With `actor` two people apply the grant to an order that was given up.
    """
    facts = {**queries.facts_of(order), "applied": actor is not None}
    move = "grant_late" if ORDER.can(order, "grant_late", AUTHORITY, facts) else "grant"
    columns = {
        "site_number": answer.site_number or order.site_number,
        "subject_number": answer.subject_number or order.subject_number,
        "held": False,
    }
    with transaction.atomic():
        ORDER.fire(order, move, by=AUTHORITY, actor=actor, facts=facts, columns=columns, now=now)
        order.subject, order.website = record_access(**access_facts(order, answer.report_key), since=now)
        Order.objects.filter(pk=order.pk).update(subject=order.subject, website=order.website)


def access_facts(order: Order, report_key: str) -> dict[str, Any]:
    """What the register learns from an approved order; the authority's record names the report that was granted."""
    return {
        "report_key": report_key,
        "owner": order.owner,
        "type_answers": order.answer("type"),
        "subject_answers": order.answer("subject"),
        "website_answers": order.answer("website"),
        "administrator_answers": order.answer("administrator"),
        "subject_key": order.subject_key,
        "subject_number": order.subject_number,
        "site_number": order.site_number,
        "domain": order.domain,
        "instance": order.instance,
        "ip": order.answer("server").get("ip") or None,
        "service_code": order.service_code,
    }
