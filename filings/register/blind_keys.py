"""Blind indexes of the register: equal inputs give equal keys; keyed, so the input cannot be recovered by guessing."""

from typing import TYPE_CHECKING

from filings.register.certificate_numbers import regular
from icpportal.privacy.blind_index import blind_index

if TYPE_CHECKING:
    from filings.models.register import LegacyRecord, Person, Subject


def subject_key(certificate_key: str | int, number: str) -> str:
    """Identifies a subject: its type of document and number."""
    return blind_index("subject", f"{certificate_key}:{regular(number)}")


def person_key(certificate_key: str | int, number: str) -> str:
    """Identifies a person in charge."""
    return blind_index("person", f"{certificate_key}:{number}") if number else ""


def mobile_key(mobile: str) -> str:
    """Identifies a mobile."""
    return blind_index("mobile", mobile) if mobile else ""


def name_key(name: str) -> str:
    """Identifies an exact name."""
    return blind_index("name", name) if name else ""


# --- of a stored row: rebuilds its index when the key changes --------------------------------------


def of_subject(row: "Subject") -> str:
    return subject_key(row.id_type, row.id_number)


def of_name(row: "Subject") -> str:
    return name_key(row.name)


def of_person(row: "Person") -> str:
    return person_key(row.id_type, row.id_number)


def of_mobile(row: "Person") -> str:
    return mobile_key(row.mobile)


def of_record(row: "LegacyRecord") -> str:
    typed = row.details.get("type", {})
    return subject_key(typed.get("id_type", ""), typed.get("id_number", ""))
