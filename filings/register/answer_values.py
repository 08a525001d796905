"""Answers of an order, as the steps keep them: mappings from field to value."""

from collections.abc import Sequence
from datetime import date

from filings.register.certificates import INDIVIDUAL
from icpportal.fields.types import Answer, Answers


def text(answers: Answers, name: str) -> str:
    """An answer as text; "" when there is none."""
    return str(answers.get(name) or "")


def several(answers: Answers, name: str) -> list[str]:
    """An answer of several values; none when there is none."""
    found = answers.get(name)
    return [str(one) for one in found] if isinstance(found, Sequence) else []


def lead_answers(type_answers: Answers, subject_answers: Answers) -> dict[str, Answer]:
    """The answers about the subject lead; an individual's lead is that person (个人)."""
    if type_answers.get("nature") != INDIVIDUAL:
        return dict(subject_answers)
    own = {
        "lead_name": type_answers.get("name"),
        "lead_id_type": type_answers.get("id_type"),
        "lead_id_number": type_answers.get("id_number"),
    }
    return {**subject_answers, **own}


def day(value: Answer) -> date | None:
    """A day as answers hold it: a date or its ISO text; None for nothing, as for a document without an end."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
