"""Reports that the authority postponed until something else of the filing is decided; they are sent again later."""

from datetime import datetime

from django.db import transaction

from icpportal.fields.types import Column
from icpportal.gateways.miit.types import Answer
from icpportal.lifecycle import AUTHORITY
from transfers.models import Order
from transfers.notifications.messages import notify_recipients
from transfers.orders import queries
from transfers.orders.machine import ORDER
from transfers.pages.authority_words import advice, as_note, said_columns


def take(order: Order, answer: Answer, now: datetime) -> None:
    """Stops asking about phones, and tells the owner once what the order waits for."""
    words = as_note(answer.code, answer.words)
    is_known = any(event.said == words for event in order.events.filter(move="waits"))
    if is_known and queries.waits_for_other_decision(order):
        return
    facts = {**queries.facts_of(order), "reason": advice(order, answer.code)}
    columns: dict[str, Column] = {**said_columns(answer), "held": False}
    order.authority_code, order.authority_words = answer.code, answer.words  # the message quotes them
    with transaction.atomic():
        event = ORDER.apply(order, "waits", by=AUTHORITY, words=words, facts=facts, columns=columns, now=now)
        queries.phone_checks(order).delete()
        if not is_known:
            notify_recipients(order, "report_delayed", event_id=event.pk, facts=facts, now=now)
