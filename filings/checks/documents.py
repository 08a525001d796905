"""Checks of documents: type, number, expiry, and the age of the holder."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from filings.checks.catalogue import (
    CHINESE_NEEDED,
    NAME_PICTURE,
    PERMIT_NEEDED,
    Check,
    Gaps,
    PageOf,
    Severity,
    alone,
    of_person,
    short_name,
)
from filings.checks.facts import Facts, PersonFacts
from filings.provinces.choices import OutsiderRule
from filings.register import document_names
from filings.register.certificate_numbers import FAULTS, fault, id_province
from filings.register.certificates import Shape, certificate, fits, nature_label
from icpportal.fields.language_marks import has_han

VALID_MONTHS = 3
NATURE_UNFIT = _("This document type cannot be used for “%(nature)s”: choose another")
NO_FOREIGNERS = _("%(province)s does not accept foreign nationals here: enter someone else")
PEOPLES_FAULTS = (
    "idcard_len",
    "idcard_area",
    "idcard_date",
    "idcard_check",
    "passport_bad",
    "permit_hk_bad",
    "permit_tw_bad",
)
NAME_ON_ID_CARD = _("An ID card shows only Chinese characters and “·”: enter it so or choose another document")
NAME_LETTERS = _("Names have letters, spaces, hyphens and apostrophes only: remove “%(char)s”")
NAMED_IN_LATIN = (
    Shape.PASSPORT,
    Shape.PERMANENT_RESIDENT,
    Shape.PERMIT_HK_MACAO,
    Shape.RESIDENCE_HK_MACAO,
    Shape.OTHER,
)
FOREIGN = (Shape.PASSPORT, Shape.PERMANENT_RESIDENT)


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month when it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def ends_soon(until: date, today: date) -> bool:
    """Whether a document is not valid for more than three months: exactly three are too few."""
    return until <= months_later(today, VALID_MONTHS)


def _shape(id_type: str) -> Shape | None:
    found = certificate(id_type) if id_type else None
    return found.shape if found else None


def _number_fault(id_type: str, number: str, day: date) -> str:
    found = fault(id_type, number, today=day) if id_type and number else None
    return found.key if found else ""


def type_fits_nature(facts: Facts) -> Gaps | None:
    if not facts.nature or not facts.id_type or fits(facts.nature, facts.id_type):
        return None
    return {"nature": nature_label(facts.nature)}


def type_fits_person(person: PersonFacts) -> Gaps | None:
    if not person.id_type or fits("individual", person.id_type):
        return None
    return {"nature": nature_label("individual")}


def subject_number(key: str) -> Callable[[Facts], bool]:
    return lambda facts: _number_fault(facts.id_type, facts.id_number, facts.today) == key


def person_number(key: str) -> Callable[[Facts, PersonFacts], bool]:
    return lambda facts, person: _number_fault(*person.document, facts.today) == key


def _needs_chinese(name: str, id_type: str) -> bool:
    shape = _shape(id_type)
    judged_here = shape is not None and shape not in (*NAMED_IN_LATIN, Shape.ID_CARD)
    return bool(name) and judged_here and not has_han(name)


def unfit_on_id_card(name: str, id_type: str) -> bool:
    return _shape(id_type) == Shape.ID_CARD and bool(document_names.unfit_on_id_card(name))


def unfit_in_name(name: str, id_type: str) -> Gaps | None:
    char = document_names.unfit_in_name(name) if _shape(id_type) in document_names.OF_PEOPLE else ""
    return {"char": char} if char else None


def picture_in_name(facts: Facts) -> Gaps | None:
    of_a_person = _shape(facts.id_type) in (Shape.ID_CARD, *document_names.OF_PEOPLE)
    char = "" if of_a_person else document_names.picture_in(facts.name)
    return {"char": char} if char else None


def subject_name_chinese(facts: Facts) -> Gaps | None:
    return {"label": pgettext("label", "name of the subject")} if _needs_chinese(facts.name, facts.id_type) else None


def person_name_chinese(person: PersonFacts) -> Gaps | None:
    return {"label": pgettext("label", "name")} if _needs_chinese(person.name, person.id_type) else None


def expiring(facts: Facts, person: PersonFacts) -> bool:
    return person.id_until is not None and ends_soon(person.id_until, facts.today)


def too_young(facts: Facts, person: PersonFacts) -> Gaps | None:
    age, least = person.age(facts.today), facts.province.youngest(facts.nature, person.role)
    if age is None or least is None or age >= least:
        return None
    return {"province": short_name(facts.province), "n": least}


def young_needs_paper(facts: Facts, person: PersonFacts) -> Gaps | None:
    age, rules = person.age(facts.today), facts.province.age_papers(facts.nature, person.role)
    if age is None or not any(age < rule.years for rule in rules):
        return None
    return {"n": max(rule.years for rule in rules)}


def foreigner(facts: Facts, id_type: str) -> Gaps | None:
    if facts.province.foreigners or _shape(id_type) not in FOREIGN:
        return None
    return {"province": short_name(facts.province)}


def foreign_subject(facts: Facts) -> Gaps | None:
    return foreigner(facts, facts.id_type) if facts.is_individual else None


def foreign_lead(facts: Facts) -> Gaps | None:
    return None if facts.is_individual else foreigner(facts, facts.lead.id_type)


def _from_elsewhere(facts: Facts) -> bool:
    """The number tells where the first card was issued; people who moved have a card of this province all the same."""
    home = id_province(facts.id_type, facts.id_number) if facts.is_individual and facts.id_type else ""
    return bool(home) and home != facts.province.code


def outsider_refused(facts: Facts) -> Gaps | None:
    if facts.province.outsider_rule != OutsiderRule.NOT_ALLOWED or not _from_elsewhere(facts):
        return None
    return {"province": short_name(facts.province)}


def outsider_needs_permit(facts: Facts) -> Gaps | None:
    if facts.province.outsider_rule != OutsiderRule.RESIDENCE_PERMIT or not _from_elsewhere(facts):
        return None
    return {"province": short_name(facts.province)}


def outsider_needs_proof(facts: Facts) -> Gaps | None:
    """Also with a document other than the ID card, which names no province."""
    asked = facts.province.outsider_rule == OutsiderRule.PROOF and facts.is_individual and bool(facts.id_number)
    if not asked or id_province(facts.id_type, facts.id_number) == facts.province.code:
        return None
    return {"province": short_name(facts.province)}


CHECKS: tuple[Check, ...] = (
    Check("number_nature", PageOf.TYPE, "id_type", NATURE_UNFIT, type_fits_nature),
    Check("foreigner_not_allowed", PageOf.TYPE, "id_type", NO_FOREIGNERS, foreign_subject, needs=("region",)),
    *(Check(key, PageOf.TYPE, "id_number", sentence, subject_number(key)) for key, sentence in FAULTS.items()),
    Check(
        "outsider_refused",
        PageOf.TYPE,
        "id_number",
        _("%(province)s accepts individuals only with an ID card from the province: check the address on the card"),
        outsider_refused,
        Severity.WARNING,
        needs=("region",),
    ),
    Check(
        "outsider_permit",
        PageOf.TYPE,
        "id_number",
        PERMIT_NEEDED,
        outsider_needs_permit,
        Severity.WARNING,
        needs=("region",),
    ),
    Check(
        "outsider_proof",
        PageOf.TYPE,
        "id_number",
        _("%(province)s wants proof that you study, work or live there: have it ready"),
        outsider_needs_proof,
        Severity.WARNING,
        needs=("region", "id_type"),
    ),
    Check("chinese_needed", PageOf.TYPE, "name", CHINESE_NEEDED, subject_name_chinese),
    Check(
        "name_on_id_card",
        PageOf.TYPE,
        "name",
        NAME_ON_ID_CARD,
        lambda facts: unfit_on_id_card(facts.name, facts.id_type),
    ),
    Check("name_letters", PageOf.TYPE, "name", NAME_LETTERS, lambda facts: unfit_in_name(facts.name, facts.id_type)),
    Check("name_picture", PageOf.TYPE, "name", NAME_PICTURE, picture_in_name),
    *of_person("chinese_needed", "name", CHINESE_NEEDED, alone(person_name_chinese)),
    *of_person(
        "name_on_id_card",
        "name",
        NAME_ON_ID_CARD,
        alone(lambda person: unfit_on_id_card(person.name, person.id_type)),
    ),
    *of_person("name_letters", "name", NAME_LETTERS, alone(lambda person: unfit_in_name(person.name, person.id_type))),
    *of_person("number_nature", "id_type", NATURE_UNFIT, alone(type_fits_person)),
    Check("foreigner_not_allowed", PageOf.SUBJECT, "lead_id_type", NO_FOREIGNERS, foreign_lead),
    *(check for key in PEOPLES_FAULTS for check in of_person(key, "id_number", FAULTS[key], person_number(key))),
    *of_person(
        "too_young",
        "id_number",
        _("%(province)s requires a person aged %(n)s or over: enter someone else"),
        too_young,
    ),
    *of_person(
        "young_paper",
        "id_number",
        _("A person under %(n)s needs one more document here. You upload it with the other documents"),
        young_needs_paper,
        Severity.WARNING,
    ),
    *of_person(
        "id_expiring", "id_until", _("The document has expired or expires within 3 months: renew it first"), expiring
    ),
)
