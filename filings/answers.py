"""Answers of an order, as the steps keep them: mappings from field to value."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from filings.certificates import INDIVIDUAL

Answers = Mapping[str, Any]


def lead_answers(type_answers: Answers, subject_answers: Answers) -> dict[str, Any]:
    """The answers about the subject lead; an individual's lead is that person (个人)."""
    if type_answers.get("nature") != INDIVIDUAL:
        return dict(subject_answers)
    own = {
        "lead_name": type_answers.get("name"),
        "lead_id_type": type_answers.get("id_type"),
        "lead_id_number": type_answers.get("id_number"),
    }
    return {**subject_answers, **own}


def day(value: Any) -> date | None:
    """A day as answers hold it: a date or its ISO text; None for nothing, as for a document without an end."""
    if isinstance(value, date) or not value:
        return value or None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
