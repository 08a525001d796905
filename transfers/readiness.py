"""What still stands between a draft and its review, and what is likely to come back."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from filings import checks
from transfers import proving, queries, slots, stages
from transfers.labels import label_of
from transfers.steps import STEPS
from transfers.steps.checked import facts_of

PAGES = ("subject", "website", "administrator")


@dataclass(frozen=True)
class Gap:
    """One thing that is missing or wrong, in words, and where it is mended."""

    words: str | Promise
    url: str
    part: str = ""


def gaps(order: Any, papers: list[Any] | None = None) -> list[Gap]:
    """Everything that must be done before submit; empty when the order can be sent."""
    return [*_gates(order), *_pages(order), *_findings(order), *_papers(order, papers), *_phones(order)]


def _gates(order: Any) -> list[Gap]:
    open_gates = [s for s in stages.applying(order) if s.key in stages.GATES and not s.done(order)]
    return [Gap(_("%(page)s is not done yet") % {"page": gate.title}, gate.url(order)) for gate in open_gates]


def _pages(order: Any) -> list[Gap]:
    return [
        Gap(_("%(page)s is not done yet") % {"page": step.title}, reverse("step", args=[order.reference, step.key]))
        for step in STEPS
        if step.key in PAGES and not step.answered(order)
    ]


def _findings(order: Any) -> list[Gap]:
    return [_as_gap(order, finding) for finding in all_findings(order) if finding.stops]


def _as_gap(order: Any, finding: checks.Finding) -> Gap:
    part = f"{finding.step}.{finding.field}"
    url = reverse("step", args=[order.reference, finding.step]) + f"#id_{finding.field}"
    return Gap(f"{label_of(part)}: {finding.message}", url, part)


def all_findings(order: Any) -> list[checks.Finding]:
    """Every check of the pages that are answered."""
    if not set(PAGES) <= set(order.answers):
        return []
    facts = facts_of(order)
    return [finding for page in PAGES for finding in checks.run(page, facts)]


def advice(order: Any) -> list[Gap]:
    """What stops nothing but is likely to come back (可能被退回的地方)."""
    return [_as_gap(order, finding) for finding in all_findings(order) if not finding.stops]


def _papers(order: Any, papers: list[Any] | None) -> list[Gap]:
    found = list(queries.papers_of(order)) if papers is None else papers
    if not set(PAGES) <= set(order.answers):
        return []
    return [
        Gap(
            _("%(slot)s is missing: upload it, then send") % {"slot": slot.title},
            reverse("slot", args=[order.reference, slot.key]),
            f"paper.{slot.key}",
        )
        for slot in slots.missing(slots.needed(order), found)
    ]


def _phones(order: Any) -> list[Gap]:
    return [
        Gap(_("%(role)s: the phone has not answered yet") % {"role": proof.label}, proof.url)
        for proof in proving.missing(order)
    ]
