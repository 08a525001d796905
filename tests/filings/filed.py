"""Rows of the register for tests: filings of the sample cast."""

from typing import Any

from django.contrib.auth import get_user_model

from filings.actions import AccessFacts, record_access
from filings.register.blind_keys import subject_key
from tests.filings.checks.cases import ADMINISTRATOR, SUBJECT, TYPE, WEBSITE

KEY = subject_key("1", TYPE["id_number"])


def account(email: str) -> Any:
    return get_user_model().objects.create_user(email, None)


def on_file(
    owner: Any, *, report: str = "T7Q4-M2KX.1", pages: dict[str, dict] | None = None, since: Any = None, **changes: Any
) -> Any:
    """An approved access of the sample organisation (or of other answers) in the register."""
    answers = {"type": TYPE, "subject": SUBJECT, "website": WEBSITE, "administrator": ADMINISTRATOR, **(pages or {})}
    values = {
        "report_key": report,
        "owner": owner,
        "pages": answers,
        "subject_key": subject_key(answers["type"]["id_type"], answers["type"]["id_number"]),
        "subject_number": "宁ICP备00000000号",
        "site_number": "宁ICP备00000000号-1",
        "domain": answers["type"]["domain"],
        "instance": "i-example0001",
        "service_code": "00000000-0000-4000-8000-000000000001",
    }
    return record_access(AccessFacts(**{**values, **changes}), since=since)
