"""Documents: does the type fit, is the number right, is it valid long enough, is its holder old enough."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from filings.certificate_numbers import fault, id_province
from filings.certificates import Shape, certificate, fits, nature_label
from filings.checks.catalogue import Check, PageOf, Severity, alone, of_person, short_name
from filings.checks.facts import Facts, PersonFacts
from filings.provinces.terms import OutsiderRule
from icpportal.entry.marks import has_han

VALID_MONTHS = 3
# every way in which a number can be wrong, see certificate_numbers.py
NUMBER_FAULTS = (
    "idcard_len",
    "idcard_area",
    "idcard_date",
    "idcard_check",
    "uscc_len",
    "uscc_letter",
    "uscc_check",
    "orgcode_len",
    "orgcode_check",
    "passport_bad",
    "permit_hk_bad",
    "permit_tw_bad",
    "unit_code_bad",
    "number_length",
)
PEOPLES_FAULTS = (
    "idcard_len",
    "idcard_area",
    "idcard_date",
    "idcard_check",
    "passport_bad",
    "permit_hk_bad",
    "permit_tw_bad",
)
NAMED_IN_LATIN = (
    Shape.PASSPORT,
    Shape.PERMANENT_RESIDENT,
    Shape.PERMIT_HK_MACAO,
    Shape.RESIDENCE_HK_MACAO,
    Shape.OTHER,
)
FOREIGN = (Shape.PASSPORT, Shape.PERMANENT_RESIDENT)


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _shape(id_type: str) -> Shape | None:
    found = certificate(id_type) if id_type else None
    return found.shape if found else None


def _number_fault(id_type: str, number: str, day: date) -> tuple[str, str]:
    found = fault(id_type, number, today=day) if id_type and number else None
    return (found.key, found.text) if found else ("", "")


def type_fits_nature(facts: Facts) -> str | None:
    if not facts.nature or not facts.id_type or fits(facts.nature, facts.id_type):
        return None
    return _("This document does not fit “%(nature)s”: choose again") % {"nature": nature_label(facts.nature)}


def type_fits_person(person: PersonFacts) -> str | None:
    if not person.id_type or fits("individual", person.id_type):
        return None
    return _("This document does not fit “%(nature)s”: choose again") % {"nature": nature_label("individual")}


def subject_number(key: str) -> Callable[[Facts], str | None]:
    def judge(facts: Facts) -> str | None:
        found, text = _number_fault(facts.id_type, facts.id_number, facts.today)
        return text if found == key else None

    return judge


def person_number(key: str) -> Callable[[Facts, PersonFacts], str | None]:
    def judge(facts: Facts, person: PersonFacts) -> str | None:
        found, text = _number_fault(*person.document, facts.today)
        return text if found == key else None

    return judge


def _needs_chinese(name: str, id_type: str) -> bool:
    shape = _shape(id_type)
    return bool(name) and shape is not None and shape not in NAMED_IN_LATIN and not has_han(name)


def subject_name_chinese(facts: Facts) -> str | None:
    if not _needs_chinese(facts.name, facts.id_type):
        return None
    return _("Enter the %(label)s in Chinese, as on the document") % {"label": pgettext("label", "name of the subject")}


def person_name_chinese(person: PersonFacts) -> str | None:
    if not _needs_chinese(person.name, person.id_type):
        return None
    return _("Enter the %(label)s in Chinese, as on the document") % {"label": pgettext("label", "name")}


def expiring(facts: Facts, person: PersonFacts) -> str | None:
    if person.id_until is None or person.id_until >= months_later(facts.today, VALID_MONTHS):
        return None
    return _("The document ends within 3 months: renew it first")


def too_young(facts: Facts, person: PersonFacts) -> str | None:
    age, least = person.age(facts.today), facts.province.youngest(facts.nature, person.role)
    if age is None or least is None or age >= least:
        return None
    return _("%(province)s asks for a person aged %(n)s or more: name another") % {
        "province": short_name(facts.province),
        "n": least,
    }


def young_needs_paper(facts: Facts, person: PersonFacts) -> str | None:
    age = person.age(facts.today)
    rules = [rule for rule in facts.province.age_rules(facts.nature, person.role) if rule.paper]
    if age is None or not any(age < rule.years for rule in rules):
        return None
    return _("A person under %(n)s needs a further paper here: it is asked for with the documents") % {
        "n": max(rule.years for rule in rules)
    }


def foreigner(facts: Facts, id_type: str) -> str | None:
    if facts.province.foreigners or _shape(id_type) not in FOREIGN:
        return None
    return _("%(province)s does not take foreigners here: name somebody else") % {
        "province": short_name(facts.province)
    }


def foreign_subject(facts: Facts) -> str | None:
    return foreigner(facts, facts.id_type) if facts.is_individual else None


def foreign_lead(facts: Facts) -> str | None:
    return None if facts.is_individual else foreigner(facts, facts.lead.id_type)


def _from_elsewhere(facts: Facts) -> bool:
    """The number tells where the first card was issued; who moved since has a card of this province all the same."""
    home = id_province(facts.id_type, facts.id_number) if facts.is_individual and facts.id_type else ""
    return bool(home) and home != facts.province.code


def outsider_refused(facts: Facts) -> str | None:
    if facts.province.outsider_rule != OutsiderRule.NOT_ALLOWED or not _from_elsewhere(facts):
        return None
    return _("%(province)s takes individuals only with a card of the province: check the address on it") % {
        "province": short_name(facts.province)
    }


def outsider_needs_permit(facts: Facts) -> str | None:
    asks = facts.province.outsider_rule in (OutsiderRule.RESIDENCE_PERMIT, OutsiderRule.PROOF)
    if not asks or not _from_elsewhere(facts):
        return None
    return _("A card of another province needs a residence permit of %(province)s: have it ready") % {
        "province": short_name(facts.province)
    }


CHECKS: tuple[Check, ...] = (
    Check("number_nature", PageOf.TYPE, "id_type", type_fits_nature),
    Check("foreigner_not_allowed", PageOf.TYPE, "id_type", foreign_subject),
    *(Check(key, PageOf.TYPE, "id_number", subject_number(key)) for key in NUMBER_FAULTS),
    Check("outsider_refused", PageOf.TYPE, "id_number", outsider_refused, Severity.WARNING),
    Check("outsider_permit", PageOf.TYPE, "id_number", outsider_needs_permit, Severity.WARNING),
    Check("chinese_needed", PageOf.TYPE, "name", subject_name_chinese),
    *of_person("chinese_needed", "name", alone(person_name_chinese)),
    *of_person("number_nature", "id_type", alone(type_fits_person)),
    Check("foreigner_not_allowed", PageOf.SUBJECT, "lead_id_type", foreign_lead),
    *(check for key in PEOPLES_FAULTS for check in of_person(key, "id_number", person_number(key))),
    *of_person("too_young", "id_number", too_young),
    *of_person("young_paper", "id_number", young_needs_paper, Severity.WARNING),
    *of_person("id_expiring", "id_until", expiring),
)
