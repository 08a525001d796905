"""Checks of who may be in charge: legal representative or not, one person or two, of one subject or several."""

from django.utils.translation import gettext_lazy as _

from filings.checks.catalogue import (
    LETTER_NEEDED,
    PERMIT_NEEDED,
    Check,
    Gaps,
    PageOf,
    Severity,
    another,
    short_name,
)
from filings.checks.facts import Facts
from filings.provinces.choices import AdminRule, LeadRule
from filings.register.certificate_numbers import id_province


def lead_must_be_legal(facts: Facts) -> Gaps | None:
    if facts.lead_is_legal is not False or not facts.province.lead_must_be_legal(facts.nature, facts.name):
        return None
    return {"province": short_name(facts.province)}


def lead_needs_letter(facts: Facts) -> bool:
    asked = facts.province.lead_rule == LeadRule.LEGAL_OR_LETTER and not facts.is_individual
    return asked and facts.lead_is_legal is False


def administrator_is_not_the_individual(facts: Facts) -> bool:
    answered = facts.same_person is not None or bool(facts.administrator.id_number)
    return facts.is_individual and answered and not facts.one_person


def must_differ(facts: Facts) -> Gaps | None:
    asked = facts.province.admin_rule == AdminRule.MUST_DIFFER and not facts.is_individual
    if not asked or not facts.one_person:
        return None
    return {"province": short_name(facts.province)}


def must_be_the_lead(facts: Facts) -> Gaps | None:
    asked = facts.province.admin_rule == AdminRule.SAME_UNLESS_LEGAL and not facts.is_individual
    if not asked or facts.lead_is_legal is not False or not facts.two_people:
        return None
    return {"province": short_name(facts.province)}


def administrator_must_be_legal(facts: Facts) -> Gaps | None:
    asked = facts.province.admin_must_be_legal(facts.nature, facts.name)
    if not asked or not facts.two_people:
        return None
    return {"province": short_name(facts.province)}


def administrator_needs_letter(facts: Facts) -> bool:
    asked = facts.province.admin_rule == AdminRule.LEGAL_OR_LETTER and not facts.is_individual
    legal = facts.one_person and facts.lead_is_legal is not False
    return asked and not legal and bool(facts.administrator.id_number)


def administrator_needs_permit(facts: Facts) -> Gaps | None:
    asked = facts.province.admin_rule == AdminRule.RESIDENCE_PERMIT and not facts.is_individual
    person = facts.administrator
    home = id_province(person.id_type, person.id_number) if asked and person.id_type else ""
    if not home or home == facts.province.code:
        return None
    return {"province": short_name(facts.province)}


def serves_two_subjects(facts: Facts) -> bool:
    asked = facts.province.admin_rule == AdminRule.ONE_SUBJECT_ONLY
    person = facts.administrator
    return asked and bool(person.id_number) and facts.person_taken(*person.document)


def not_told(facts: Facts) -> bool:
    return not facts.told and facts.same_person is False and bool(another(facts).name)


CHECKS: tuple[Check, ...] = (
    Check(
        "lead_must_be_legal",
        PageOf.SUBJECT,
        "is_legal_rep",
        _("%(province)s requires the legal representative: change the subject lead"),
        lead_must_be_legal,
    ),
    Check("lead_needs_letter", PageOf.SUBJECT, "is_legal_rep", LETTER_NEEDED, lead_needs_letter, Severity.WARNING),
    Check(
        "admin_same_required",
        PageOf.ADMINISTRATOR,
        "same_person",
        _("For an individual, the website administrator is that person"),
        administrator_is_not_the_individual,
    ),
    Check(
        "admin_differ",
        PageOf.ADMINISTRATOR,
        "same_person",
        _("%(province)s requires two different people: change one of them"),
        must_differ,
    ),
    Check(
        "admin_same_as_lead",
        PageOf.ADMINISTRATOR,
        "same_person",
        _("In %(province)s, a subject lead who is not the legal representative must also be the website administrator"),
        must_be_the_lead,
    ),
    Check(
        "admin_must_be_legal",
        PageOf.ADMINISTRATOR,
        "same_person",
        _("%(province)s requires the legal representative: enter the subject lead here too"),
        administrator_must_be_legal,
    ),
    Check(
        "admin_needs_letter",
        PageOf.ADMINISTRATOR,
        "same_person",
        LETTER_NEEDED,
        administrator_needs_letter,
        Severity.WARNING,
    ),
    Check(
        "admin_permit",
        PageOf.ADMINISTRATOR,
        "admin_id_number",
        PERMIT_NEEDED,
        administrator_needs_permit,
        Severity.WARNING,
    ),
    Check(
        "admin_two_subjects",
        PageOf.ADMINISTRATOR,
        "admin_id_number",
        _("This person is already in charge of another subject: enter someone else"),
        serves_two_subjects,
    ),
    Check(
        "admin_told_missing",
        PageOf.ADMINISTRATOR,
        "admin_told",
        _("Tick the box to confirm that this person agrees"),
        not_told,
    ),
)
