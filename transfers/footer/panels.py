"""The foot of a filed site as pages show it: the line to paste, what was found there, the button that asks."""

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
    """The line for the foot of the home page, and the last reading of it."""

    template: ClassVar[str] = "transfers/footer/footer.html"
    snippet: str
    number: str
    check_url: str = ""  # where a reading is asked for; "" where none can be
    outcome: Outcome | None = None
    read_at: datetime | None = None
    is_waiting: bool = False
    may_ask: bool = True


def footer_of(website: Website | None, number: str) -> Footer:
    """The foot that belongs to a number; of a website on file, with what was read there."""
    if website is None:
        return Footer(footer_code(number), number)
    check = FooterCheck.objects.filter(website=website).first()
    return Footer(
        snippet=footer_code(number),
        number=number,
        check_url=reverse("footer-check", args=[website.pk]),
        outcome=BY_KEY.get(check.outcome) if check else None,
        read_at=check.checked_at if check else None,
        is_waiting=check is not None and check.checked_at is None,
        may_ask=may_ask(check),
    )
