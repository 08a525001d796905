"""What is missing before a draft can be submitted, and what is likely to be returned."""

from dataclasses import dataclass, replace
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from filings import checks
from icpportal.fields.types import Json, JsonObject, Words
from icpportal.paths import path
from transfers.documents import slots, validity
from transfers.models import Order, OrderDocument
from transfers.orders import queries
from transfers.orders.kinds import is_in
from transfers.orders.rows import Group
from transfers.pages import stages
from transfers.proofs.papers import agreed_people, living_papers
from transfers.returns.changes import PAPER
from transfers.returns.labels import full_name_of, in_sentence
from transfers.returns.returned_parts import ReturnedPart, returned_parts, unsettled_parts
from transfers.steps import STEPS, consent, phone_tests
from transfers.steps.checked_form import facts_of
from verification.documents.upload_messages import reason_of


@dataclass(frozen=True)
class Gap:
    """One thing that is missing or wrong, as a sentence, and where to correct it."""

    words: str | Promise
    url: str
    part: str = ""


def title_of(order: Order) -> Words:
    """The title of the page that checks and submits the order, and of the links to it."""
    return _("Check and resubmit") if is_in(order, Group.RETURNED) else _("Check and submit")


def gaps(order: Order, papers: list[OrderDocument] | None = None) -> list[Gap]:
    """Everything that must be done before submitting; empty when the order can be sent."""
    return gaps_and_advice(order, papers)[0]


def gaps_and_advice(
    order: Order, papers: list[OrderDocument] | None = None, facts: checks.Facts | None = None
) -> tuple[list[Gap], list[Gap]]:
    """The gaps and the advice, from one run of the checks."""
    papers = living_papers(order) if papers is None else papers
    found = all_findings(order, facts)
    stops = [_as_gap(order, finding) for finding in found if finding.stops]
    may_come_back = [_as_gap(order, finding) for finding in found if not finding.stops]
    parts = returned_parts(order, papers)
    of_papers = paper_gaps(order, papers, parts=parts)
    asked = consent.consent_status(order)
    found_gaps = [
        *_gates(order, parts),
        *_pages(order),
        *stops,
        *of_papers,
        *_gaps_of_return(parts),
        *_own_consent(asked),
        *_phones(order, agreed=asked is not None and asked.has_agreed),
    ]
    return found_gaps, may_come_back


def _gates(order: Order, parts: list[ReturnedPart]) -> list[Gap]:
    """The first pages that are not done, except those that the return names."""
    open_gates = [s for s in stages.stages_of(order) if s.key in stages.GATES and not s.done(order)]
    named = {part.url for part in unsettled_parts(parts)}
    return [
        Gap(_("“%(page)s” is not complete") % {"page": gate.title}, url)
        for gate in open_gates
        if (url := gate.url(order)) not in named
    ]


def _pages(order: Order) -> list[Gap]:
    return [
        Gap(_("“%(page)s” is not complete") % {"page": step.title}, path("step", order.reference, step.key))
        for step in STEPS
        if step.stage == stages.ADMINISTRATORS and not step.is_answered(order)
    ]


def _as_gap(order: Order, finding: checks.Finding) -> Gap:
    part = f"{finding.step}.{finding.field}"
    url = path("step", order.reference, finding.step) + f"#id_{finding.field}"
    return Gap(_("%(part)s: %(words)s") % {"part": full_name_of(part), "words": finding.message}, url, part)


def all_findings(order: Order, facts: checks.Facts | None = None) -> list[checks.Finding]:
    """The findings on all pages that are answered."""
    if not queries.has_details(order):
        return []
    facts = facts_of(order) if facts is None else facts
    return [finding for page in queries.DETAILS for finding in checks.run(page, facts)]


def advice(order: Order) -> list[Gap]:
    """What does not stop the order but is likely to be returned (可能被退回的地方)."""
    return [_as_gap(order, finding) for finding in all_findings(order) if not finding.stops]


LANGUAGES = ("zh-hans", "en")


def advice_kept(order: Order, facts: checks.Facts | None = None, *, has_some: bool = True) -> JsonObject:
    """The checks' advice by language and part, and what is on file: stored with the order for reviewers.

    The checks are not run again where there is known to be none (`has_some`).
    """
    facts = facts_of(order) if facts is None else facts
    record: JsonObject = {name: _plain(value) for name, value in facts.record.items()}
    found = {language: _advice_in(facts, language) if has_some else {} for language in LANGUAGES}
    return {"findings": found, "record": record}


def _plain(value: Json | date) -> Json:
    return value.isoformat() if isinstance(value, date) else value


def _advice_in(facts: checks.Facts, language: str) -> JsonObject:
    with override(language):
        found = [each for page in queries.DETAILS for each in checks.run(page, facts) if not each.stops]
    replies: dict[str, list[str]] = {}
    for each in found:
        replies.setdefault(f"{each.step}.{each.field}", []).append(each.message)
    return {**replies}


def paper_gaps(
    order: Order,
    papers: list[OrderDocument],
    needed: list[slots.Slot] | None = None,
    *,
    parts: list[ReturnedPart] | None = None,
    given: frozenset[str] | None = None,
) -> list[Gap]:
    """What the documents lack: a valid picture, a replacement for a returned one, or a person's consent.

    Known values need not be looked up again: which slots are `needed`, the `parts` that were returned, who has `given`
    consent.
    """
    if not queries.has_details(order):
        return []
    needed = slots.needed_slots(order) if needed is None else needed
    lacking = [
        Gap(
            _paper_words(order, slot, [paper for paper in papers if paper.slot == slot.key]),
            path("slot", order.reference, slot.key),
            f"paper.{slot.key}",
        )
        for slot in slots.missing(needed, validity.valid_papers(order, papers))
    ]
    parts = returned_parts(order, papers) if parts is None else parts
    known = {gap.part for gap in lacking}
    named = [
        replace(_untouched_gap(part), part=f"{PAPER}.{part.paper}") for part in unsettled_parts(parts) if part.paper
    ]
    return [*lacking, *(gap for gap in named if gap.part not in known), *_consents(order, papers, given)]


def _gaps_of_return(parts: list[ReturnedPart]) -> list[Gap]:
    """Returned parts, documents included, that were neither changed nor explained."""
    return [_untouched_gap(part) for part in unsettled_parts(parts) if not part.paper]


def _untouched_gap(part: ReturnedPart) -> Gap:
    words = AGAIN if part.must_change else ELSEWHERE if part.is_elsewhere else UNTOUCHED
    return Gap(words % {"part": in_sentence(part.label)}, part.url, part.key)


UNTOUCHED = gettext_lazy("%(part)s: not changed since the return. Change it, or say below why it stays")
AGAIN = gettext_lazy("%(part)s: enter the password again")
ELSEWHERE = gettext_lazy("%(part)s: nothing to change here. Have it resolved there, then say below what was done")


def _paper_words(order: Order, slot: slots.Slot, papers: list[OrderDocument]) -> str:
    stale = next((paper for paper in papers if validity.is_stale(order, paper)), None)
    if stale is not None:
        reason = validity.why_stale(slot.key, reused=validity.is_reused(order, stale))
        return _("%(part)s: %(words)s") % {"part": slot.title, "words": reason}
    if slots.waiting(papers):
        return _("%(slot)s is still being checked: wait a moment, then submit") % {"slot": slot.title}
    refused = next((paper for paper in papers if paper.document.state == "refused"), None)
    if refused is not None:
        part = f"{slot.title} · {side}" if (side := slot.sides[refused.side - 1]) else slot.title
        return _("%(part)s: %(words)s") % {"part": part, "words": reason_of(refused.document)}
    return _("%(slot)s is missing: upload it, then submit") % {"slot": slot.title}


def _consents(order: Order, papers: list[OrderDocument], given: frozenset[str] | None) -> list[Gap]:
    """People whose documents are here without their consent in force."""
    given = agreed_people(order) if given is None else given
    missing: dict[str, str] = {}
    for paper in papers:
        person = validity.person_of(order, paper.slot)
        if person is not None and person.key not in given and not validity.is_stale(order, paper):
            missing.setdefault(person.key, paper.slot)
    return [
        Gap(
            _("%(slot)s: this person has not agreed yet. Ask the person, then tick the box on that page")
            % {"slot": slots.SLOTS[slot].title},
            path("slot", order.reference, slot),
            f"paper.{slot}",
        )
        for slot in missing.values()
    ]


def _own_consent(found: consent.ConsentStatus | None) -> list[Gap]:
    """The website administrator has not agreed on their own phone."""
    return [Gap(found.words, found.url)] if found is not None and not found.is_settled else []


def _phones(order: Order, *, agreed: bool) -> list[Gap]:
    return [
        Gap(_("%(role)s: this phone has not been tested, test it first") % {"role": proof.label}, proof.url)
        for proof in phone_tests.missing(order, agreed=agreed)
    ]
