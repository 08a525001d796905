"""The panels of an import's page: what can be chosen, the progress, the outcome."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.forms import BoundField
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from filings.legacy_import import comparison, runner
from filings.legacy_import.account_proof import STALE
from filings.legacy_import.comparison import FoundSite, FoundSubject
from filings.legacy_import.state_labels import BROUGHT, FOUND, mark
from filings.legacy_import.views.forms import PickForm, keep_site, keep_subject
from filings.models import LegacyImport, LegacyImportItem
from filings.models import legacy_states as states
from icpportal.fields.components import Link, Notice, Panel, StateMark
from icpportal.fields.domains import display_domain
from icpportal.fields.marked_text import zh
from icpportal.fields.types import Words

CLAIM_IT = _("Claim it")


@dataclass(frozen=True, slots=True)
class Differences(Panel):
    """Where the two platforms differ, and which value to keep."""

    template: ClassVar[str] = "filings/import_differences.html"
    found: FoundSite | FoundSubject
    keep: BoundField


@dataclass(frozen=True, slots=True)
class ShownSite:
    """One website of the old account, with its choice."""

    site: FoundSite
    state: StateMark
    why: Words
    links: list[Link]
    panels: list[Panel]
    checked: bool

    @property
    def about(self) -> SafeString:
        """Its name and number."""
        number = zh(self.site.number)
        return format_html("{} · {}", zh(self.site.name), number) if self.site.name else number


@dataclass(frozen=True, slots=True)
class ShownSubject:
    """One subject of the old account."""

    subject: FoundSubject
    state: StateMark
    why: Words
    panels: list[Panel]
    sites: list[ShownSite]


@dataclass(frozen=True, slots=True)
class Look(Panel):
    """The button that shows what can be imported."""

    template: ClassVar[str] = "filings/import_look.html"
    url: str


@dataclass(frozen=True, slots=True)
class Choice(Panel):
    """What was found, and what of it will be imported."""

    template: ClassVar[str] = "filings/import_choice.html"
    url: str
    form: PickForm
    subjects: list[ShownSubject]

    @property
    def can_run(self) -> bool:
        """Whether anything can be chosen."""
        return any(row.site.can_pick for each in self.subjects for row in each.sites)


def choice(mine: LegacyImport, form: PickForm) -> Choice:
    """Builds the panel of what was found, with the choices made so far."""
    picked = form["site"].value() or []
    return Choice(
        url=reverse("import-run", args=[mine.reference]),
        form=form,
        subjects=[_subject(each, form, picked) for each in form.found],
    )


def _subject(subject: FoundSubject, form: PickForm, picked: list[str]) -> ShownSubject:
    return ShownSubject(
        subject=subject,
        state=mark(FOUND, subject.how),
        why=FOUND[subject.how].words,
        panels=_differences(subject, form, keep_subject(subject)),
        sites=[_site(site, form, picked) for site in subject.sites],
    )


def _site(site: FoundSite, form: PickForm, picked: list[str]) -> ShownSite:
    return ShownSite(
        site=site,
        state=mark(FOUND, site.how),
        why=FOUND[site.how].words,
        links=_claim_links(site.how),
        panels=_differences(site, form, keep_site(site)),
        checked=site.domain in picked,
    )


def _differences(found: FoundSite | FoundSubject, form: PickForm, field: str) -> list[Panel]:
    return [Differences(found, form[field])] if found.how == states.KEPT_HERE else []


def _claim_links(state: str) -> list[Link]:
    return [Link(CLAIM_IT, reverse("claim"))] if state == states.TO_CLAIM else []


def preview_notices(*, is_fresh: bool) -> list[Notice]:
    """Why nothing can be chosen when the proof is too old."""
    return [] if is_fresh else [Notice("turn", STALE, link=Link(_("Verify it again"), reverse("import")))]


@dataclass(frozen=True, slots=True)
class ReportRow:
    """The outcome for one website."""

    domain: str
    number: str
    state: StateMark
    why: Words
    links: list[Link]


def report_rows(items: list[LegacyImportItem]) -> list[ReportRow]:
    """The outcome for each website, in the order of import."""
    return [
        ReportRow(
            domain=display_domain(item.record.domain),
            number=item.record.site_number,
            state=mark(BROUGHT, item.outcome),
            why=BROUGHT[item.outcome].words,
            links=_claim_links(item.outcome),
        )
        for item in items
    ]


@dataclass(frozen=True, slots=True)
class Running(Panel):
    """The progress of an import."""

    template: ClassVar[str] = "filings/import_running.html"
    done: int
    all: int
    url: str


@dataclass(frozen=True, slots=True)
class AllHere(Panel):
    """Nothing is left on the old platform."""

    template: ClassVar[str] = "filings/import_all_here.html"
    at: datetime
    n: int


@dataclass(frozen=True, slots=True)
class Counts(Panel):
    """How many were imported, and how many were not."""

    template: ClassVar[str] = "filings/import_counts.html"
    n: int
    m: int


@dataclass(frozen=True, slots=True)
class WaysOn(Panel):
    """Links after an import."""

    template: ClassVar[str] = "filings/import_ways_on.html"
    reference: str


@dataclass(frozen=True, slots=True)
class Left(Panel):
    """What is still on the old platform and can be tried again."""

    template: ClassVar[str] = "filings/import_left.html"
    reference: str
    left: int


def report_panels(mine: LegacyImport, items: list[LegacyImportItem]) -> dict[str, list[Panel]]:
    """The panels above and below the table of an import."""
    if mine.state == states.RUNNING:
        done = sum(bool(item.outcome) for item in items)
        return {"above": [Running(done, len(items), mine.get_absolute_url())], "below": []}
    left = comparison.waiting(mine.account_id).count()
    is_all_here = mine.state == states.IMPORTED and not left
    counted = runner.counts(mine)
    return {
        "above": [AllHere(mine.entered_at, counted["n"]) if is_all_here else Counts(**counted)],
        "below": [WaysOn(mine.reference), *([Left(mine.reference, left)] if left else [])],
    }
