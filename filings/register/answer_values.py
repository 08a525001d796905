"""Reads values from an order's answers, the mappings from field to value that the steps store."""

from collections.abc import Sequence
from datetime import date

from filings.register.certificates import INDIVIDUAL
from icpportal.fields.types import Answer, Answers


def text(answers: Answers, name: str) -> str:
    """An answer as text; "" when there is none."""
    return str(answers.get(name) or "")


def several(answers: Answers, name: str) -> list[str]:
    """An answer with several values; empty when there is none."""
    found = answers.get(name)
    return [str(one) for one in found] if isinstance(found, Sequence) else []


def lead_answers(type_answers: Answers, subject_answers: Answers) -> dict[str, Answer]:
    """The answers about the subject lead; for an individual, those about the person (个人)."""
    if type_answers.get("nature") != INDIVIDUAL:
        return dict(subject_answers)
    own = {
        "lead_name": type_answers.get("name"),
        "lead_id_type": type_answers.get("id_type"),
        "lead_id_number": type_answers.get("id_number"),
    }
    return {**subject_answers, **own}


def day(value: Answer) -> date | None:
    """A date as answers hold it, a date or its ISO text; None when empty, as for a document without expiry."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
