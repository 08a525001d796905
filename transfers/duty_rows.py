"""Duties after an approval as the pages list them: what, by when, how sure, and done or not."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from transfers.duties import RULES
from transfers.models import Duty

SHOWN = 20


def duty_rows(found: QuerySet[Duty]) -> list[dict[str, Any]]:
    """The nearest ones; what is done says so and can be taken back."""
    today = timezone.localdate()
    return [
        {
            "duty": duty,
            "title": RULES[duty.key].title,
            "is_late": duty.done_at is None and duty.due_on < today,
        }
        for duty in found[:SHOWN]
    ]
