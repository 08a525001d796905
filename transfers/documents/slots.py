"""The document slots of an order: which there are, what each needs, and which are not filled yet."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from filings.provinces import Province, answers, rule_texts
from filings.provinces.choices import INDIVIDUAL, kind_of
from filings.provinces.papers import other_papers, paper_slots
from filings.provinces.types import PaperFacts
from filings.queries import websites_of
from filings.register.certificate_numbers import age_on, birth_date, id_province
from filings.register.certificates import Shape, certificate
from icpportal.database.row_reads import read_once
from transfers.documents import validity
from transfers.documents.samples import UNSEALED
from transfers.models import Order, OrderDocument
from transfers.orders import queries
from transfers.orders.kinds import is_in
from transfers.orders.people import Person, administrator, is_same_person, lead
from transfers.orders.rows import Group
from transfers.steps import consent
from transfers.steps.website import HOLDER_PERSON

BY_PHONE = "phone"  # the applicant sends the documents with the authority's or our app
STATEMENT, COMMITMENT, OTHER, PHOTO = "statement", "commitment", "other", "photo"
IDENTITY = ("lead_id", "admin_id")
ONLY_BY_PHONE = _("Only if you send the documents by phone: sign the form and photograph it")
FRONT, BACK = _("front"), _("back")
SIGNED_ALONE = _("Signed by you with a black pen, in regular script")


@dataclass(frozen=True)
class Slot:
    """A slot's name, its number of sides or pages, and what a good picture shows."""

    key: str
    title: str | Promise
    hint: str | Promise
    sides: tuple[str | Promise, ...] = ("",)
    drawing: str = "papers"
    needed: int = 1  # how many of its sides are required


SLOTS: dict[str, Slot] = {
    slot.key: slot
    for slot in (
        Slot(
            "lead_id",
            _("Subject lead's document"),
            _("Photograph the original lying flat, with all four corners visible and no glare"),
            (FRONT, BACK),
            "id-front",
            2,
        ),
        Slot(
            "admin_id",
            _("Website administrator's document"),
            _("Photograph the original lying flat, with all four corners visible and no glare"),
            (FRONT, BACK),
            "id-front",
            2,
        ),
        Slot("subject_id", _("Subject's document"), _("Licence, original or duplicate, readable"), drawing="licence"),
        Slot(
            "statement",
            _("Authenticity statement"),
            _("Signed by the website administrator, with the organisation's seal"),
            (_("page 1"), _("page 2"), _("page 3")),
            "statement",
        ),
        Slot("letter", _("Letter of authorisation"), _("Signed by the legal representative, sealed")),
        Slot(
            consent.LETTER,
            _("Consent of the website administrator"),
            _("A sheet with the domain, signed by the person, with the words “I agree to be its administrator”"),
        ),
        Slot("domain_cert", _("Domain certificate"), _("Get it from your domain's registrar")),
        Slot("holding_photo", _("Photo holding the document"), _("Face and document both clear"), drawing="photo"),
        Slot("approval_paper", _("Prior approval"), _("The approval document with the number you entered")),
        Slot(
            "residence",
            _("Residence permit or other proof"),
            _("Of the province where you file"),
            (FRONT, BACK),
            needed=1,
        ),
        Slot(
            COMMITMENT,
            _("Letter of commitment"),
            _("Download the form, sign it and upload it"),
        ),
        Slot(
            "registrant_proof",
            _("Proof of the domain's registrant"),
            _("A document that names both the registrant and the subject"),
        ),
        Slot(
            OTHER,
            _("Other documents"),
            _("What this province or our reviewer requires"),
            tuple(format_lazy(_("document {n}"), n=n) for n in range(1, 6)),
        ),
    )
}


PASSPORT_PAGES = (_("page with the photo"), _("another page"))
PASSPORT_HINT = _("Photograph the page with the photo, lying flat, with all four corners visible and no glare")


def slot_of(order: Order, key: str) -> Slot | None:
    """A slot with the pages of this order's document, and what this province wants of it.

    A passport has a page with the photo, and no back.
    """
    slot, person = SLOTS.get(key), validity.person_of(order, key)
    if slot is not None and key in LOCAL_HINTS:
        return replace(slot, hint=LOCAL_HINTS[key](order, slot))
    kind = certificate(person.id_type) if person is not None and key in IDENTITY else None
    if slot is None or kind is None or kind.shape != Shape.PASSPORT:
        return slot
    return replace(slot, hint=PASSPORT_HINT, sides=PASSPORT_PAGES, drawing="papers", needed=1)


def _residence_hint(order: Order, slot: Slot) -> str:
    person = validity.person_of(order, slot.key)
    return rule_texts.residence(queries.rules_of(order), has_card=person is not None and bool(_region(person)))


def _holding_hint(order: Order, slot: Slot) -> str:
    held = rule_texts.holding_photo(queries.rules_of(order), order.answer("type").get("nature", ""))
    return rule_texts.sentences([held, slot.hint])


LOCAL_HINTS: dict[str, Callable[[Order, Slot], str]] = {"residence": _residence_hint, "holding_photo": _holding_hint}


def paper_facts(order: Order) -> PaperFacts:
    """The facts on which the list of documents depends."""
    kind, website = order.answer("type"), order.answer("website")
    leader, admin = lead(order), administrator(order)
    on_file = _sites_with_this(order)
    return PaperFacts(
        by_app=order.answer("documents").get("way") == BY_PHONE,
        holder_is_person=website.get("domain_holder") == HOLDER_PERSON,
        # one domain for each website: those filed here for the subject, and this one
        domains_of_subject=on_file,
        sites_of_subject=on_file,
        nature=kind.get("nature", ""),
        same_person=is_same_person(order),
        is_legal_rep=order.answer("subject").get("is_legal_rep") != "no",
        approvals=tuple(website.get("approval_types") or ()) if website.get("needs_approval") == "yes" else (),
        lead_id_region=_region(leader),
        admin_id_region=_region(admin),
        lead_age=_age(order, leader),
        admin_age=_age(order, admin),
    )


def _sites_with_this(order: Order) -> int:
    """The subject's number of websites with us, this one included; queried only where a document depends on it."""
    rules = queries.rules_of(order)
    certificate = rules.domain_certificate
    asked = {*rules.commitment, *(paper.when for paper in rules.extra_papers)}
    if "individual_many_sites" not in asked and not (certificate and certificate.from_of_subject > 1):
        return 1
    others = websites_of(order.owner).filter(subject__subject_key=order.subject_key).exclude(domain=order.domain)
    return read_once(order, "other websites of the subject", others.count) + 1


def _region(person: Person) -> str | None:
    return id_province(person.id_type, person.id_number) if person.id_number else None


def _age(order: Order, person: Person) -> int | None:
    born = birth_date(person.id_type, person.id_number) if person.id_number else None
    return age_on(born, timezone.localdate(order.created_at)) if born else None


def needed_slots(order: Order) -> list[Slot]:
    """The slots that this order must fill, in the order of the page; `other` also when our reviewer asked for it."""
    on_paper = (consent.LETTER,) if consent.is_on_paper(order) else ()
    keys = (*paper_slots(queries.rules_of(order), paper_facts(order)), *on_paper)
    asked = is_in(order, Group.RETURNED) and f"paper.{OTHER}" in queries.open_verdicts(order)
    wanted = [key for key in SLOTS if key in keys or (asked and key == OTHER)]
    return [slot for slot in (slot_of(order, key) for key in wanted) if slot is not None]


def slot_for_subject(slot: Slot, *, is_individual: bool) -> Slot:
    """The slot with the words and drawings for its subject: an individual has no seal."""
    return replace(slot, hint=SIGNED_ALONE, drawing=UNSEALED) if is_individual and slot.key == STATEMENT else slot


def required_items(order: Order, slot: Slot) -> list[str | Promise]:
    """What this province wants in a slot, item by item; empty where the slot's own hint is enough."""
    rules = queries.rules_of(order)
    if slot.key == OTHER:
        return [answers.PAPERS[key] for key in other_papers(rules, paper_facts(order))]
    if slot.key == STATEMENT:
        return [answers.EXTRA[extra] for extra in rules.statement_extras(order.answer("type").get("nature", ""))]
    return []


def papers_to_have(rules: Province, nature: str, *, same_person: bool) -> list[Slot]:
    """The list on the start page, before anything is known; items for one way of sending name it."""
    alone = kind_of(nature) == INDIVIDUAL
    keys = paper_slots(rules, PaperFacts(nature=nature, same_person=same_person))
    listed = [slot_for_subject(SLOTS[key], is_individual=alone) for key in keys]
    by_phone = [replace(SLOTS[COMMITMENT], hint=ONLY_BY_PHONE)] if commits_by_phone(rules) else []
    return [*listed, *(each for each in by_phone if SLOTS[COMMITMENT] not in listed)]


def commits_by_phone(rules: Province) -> bool:
    """Whether a letter of commitment is needed here when documents are sent by phone."""
    return rules.papers_by_app and "by_app" in rules.commitment


def missing(slots: list[Slot], papers: Iterable[OrderDocument]) -> list[Slot]:
    """The slots without a ready picture, or with one that is not ready; pass the documents that are still valid."""
    ready, unread = dict[str, int](), set[str]()
    for paper in papers:
        ready[paper.slot] = ready.get(paper.slot, 0) + paper.document.is_ready
        if not paper.document.is_ready:
            unread.add(paper.slot)
    return [slot for slot in slots if ready.get(slot.key, 0) < slot.needed or slot.key in unread]


def waiting(papers: list[OrderDocument]) -> bool:
    """Whether a picture is still being examined."""
    return any(paper.document.is_checking for paper in papers)
