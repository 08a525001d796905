"""Duties as pages list them: what, by when, how certain the date is, done or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from urllib.parse import urlsplit

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from icpportal.accounts.models import User
from icpportal.alarms import rows
from icpportal.fields.components import Panel
from icpportal.fields.types import Words
from icpportal.outbox.texts.formats import LANGUAGES
from icpportal.time_format import day_words
from transfers.duties.actions import RULES, SHOWN, open_duties
from transfers.models import Duty

BETWEEN = {"zh": "", "en": " "}

IN_WORDS = _("%(what)s: %(domain)s (%(number)s), by %(due)s.")
LEFT_TO_DO = _("What is left to do after the approval is still your duty:")
LATE = _("the deadline has passed: do it soon")
PROVISIONAL = _("provisional: next year's holidays are not known yet")


@dataclass(frozen=True, slots=True)
class DutyRow(Panel):
    """One duty that is due."""

    template: ClassVar[str] = "transfers/duties/duty_open.html"
    duty: Duty
    title: Words
    is_late: bool

    @property
    def site(self) -> str:
        """Where it is done; "" where no website is known."""
        return RULES[self.duty.key].site

    @property
    def site_name(self) -> str:
        """The website's name."""
        return urlsplit(self.site).hostname or ""

    @property
    def remarks(self) -> list[Words]:
        """Remarks about its date."""
        return [*([LATE] if self.is_late else []), *([PROVISIONAL] if self.duty.provisional else [])]


@dataclass(frozen=True, slots=True)
class DoneDuty(DutyRow):
    """One duty that is done; this can be taken back."""

    template: ClassVar[str] = "transfers/duties/duty_done.html"


@dataclass(frozen=True, slots=True)
class Duties(Panel):
    """The duties after an approval, each with its date and a button."""

    template: ClassVar[str] = "transfers/duties/duties.html"
    rows: list[DutyRow]


def duty_panels(found: Sequence[Duty] | QuerySet[Duty]) -> list[Duties]:
    """The panel of duties; empty where none is due."""
    due = duty_rows(found)
    return [Duties(due)] if due else []


def duty_rows(found: Sequence[Duty] | QuerySet[Duty]) -> list[DutyRow]:
    """The nearest duties; done ones can be taken back. One that cannot be shown is left out and reported."""
    today = timezone.localdate()
    made = (
        rows.build_safely("pages.duties", duty.pk, lambda: _row(duty, today), reference=duty.order.reference)  # noqa: B023
        for duty in found[:SHOWN]
    )
    return [row for row in made if row]


def duties_in_words(user: User) -> dict[str, str]:
    """The owner's open duties for a message, by the language of its reader; "" where there are none."""
    found = {}
    for folder, language in LANGUAGES.items():
        with override(language):
            told = [IN_WORDS % _words_of(duty) for duty in open_duties(user)[:SHOWN]]
            found[folder] = BETWEEN[folder].join([str(LEFT_TO_DO), *told]) if told else ""
    return found


def _words_of(duty: Duty) -> dict[str, str]:
    order = duty.order
    return {
        "what": str(RULES[duty.key].title),
        "domain": order.display_domain,
        "number": order.site_number,
        "due": day_words(duty.due_on),
    }


def _row(duty: Duty, today: date) -> DutyRow:
    look = DutyRow if duty.done_at is None else DoneDuty
    return look(duty, RULES[duty.key].title, is_late=duty.done_at is None and duty.due_on < today)
