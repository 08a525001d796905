"""Blind indexes of the register: the same document, person or phone gives the same key, and nobody guesses back."""

from filings.register.certificate_numbers import regular
from icpportal.privacy.blind_index import blind_index


def subject_key(certificate_key: str | int, number: str) -> str:
    """What a subject is known by: its type of document and number."""
    return blind_index("subject", f"{certificate_key}:{regular(number)}")


def person_key(certificate_key: str | int, number: str) -> str:
    """What a person in charge is known by."""
    return blind_index("person", f"{certificate_key}:{number}") if number else ""


def mobile_key(mobile: str) -> str:
    """What a mobile is known by."""
    return blind_index("mobile", mobile) if mobile else ""


def name_key(name: str) -> str:
    """What an exact name is known by."""
    return blind_index("name", name) if name else ""
