"""Duties after an approval as the pages list them: what, by when, how sure, and done or not."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from icpportal.alarms import rows
from transfers.duties import RULES
from transfers.models import Duty

SHOWN = 20


def duty_rows(found: QuerySet[Duty]) -> list[dict[str, Any]]:
    """The nearest ones; what is done says so and can be taken back. One that breaks is left out, and told."""
    today = timezone.localdate()
    made = (
        rows.shown("pages.duties", duty.pk, lambda: _row(duty, today), reference=duty.order.reference)  # noqa: B023
        for duty in found[:SHOWN]
    )
    return [row for row in made if row]


def _row(duty: Duty, today: date) -> dict[str, Any]:
    return {
        "duty": duty,
        "title": RULES[duty.key].title,
        "is_late": duty.done_at is None and duty.due_on < today,
    }
