"""The footer panel on pages: the line to paste, the last result, the button to check."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.urls import reverse

from filings.models import Website
from icpportal.fields.components import Panel
from transfers.footer.actions import may_ask
from transfers.footer.code import footer_code
from transfers.footer.outcomes import BY_KEY, Outcome
from transfers.models import FooterCheck


@dataclass(frozen=True, slots=True)
class Footer(Panel):
    """The line for the footer of the home page, and the last reading."""

    template: ClassVar[str] = "transfers/footer/footer.html"
    snippet: str
    number: str
    check_url: str = ""  # where to ask for a reading; "" where that is not possible
    outcome: Outcome | None = None
    read_at: datetime | None = None
    is_waiting: bool = False
    may_ask: bool = True
    points_to: str = ""  # the addresses of the domain at the last reading


def footer_of(website: Website | None, number: str) -> Footer:
    """The footer panel for a filing number; for a website on file, with its last reading."""
    if website is None:
        return Footer(footer_code(number), number)
    check: FooterCheck | None = getattr(website, "footer_check", None)
    return Footer(
        snippet=footer_code(number),
        number=number,
        check_url=reverse("footer-check", args=[website.pk]),
        outcome=BY_KEY.get(check.outcome) if check else None,
        read_at=check.checked_at if check else None,
        is_waiting=check is not None and check.checked_at is None,
        may_ask=may_ask(check),
        points_to=(check.points_to if check else "") or "",
    )
