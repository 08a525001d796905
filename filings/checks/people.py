"""Who may be in charge: the legal representative or not, one person or two, for one subject or more."""

from django.utils.translation import gettext as _

from filings.certificate_numbers import id_province
from filings.checks.catalogue import Check, PageOf, Severity, another, short_name
from filings.checks.facts import Facts
from filings.provinces.terms import AdminRule, LeadRule


def lead_must_be_legal(facts: Facts) -> str | None:
    if facts.lead_is_legal is not False or not facts.province.lead_must_be_legal(facts.nature, facts.name):
        return None
    return _("%(province)s asks for the legal representative: change the lead") % {
        "province": short_name(facts.province)
    }


def lead_needs_letter(facts: Facts) -> str | None:
    asked = facts.province.lead_rule == LeadRule.LEGAL_OR_LETTER and not facts.is_individual
    if not asked or facts.lead_is_legal is not False:
        return None
    return _("Not the legal representative: add the letter of authority")


def administrator_is_the_individual(facts: Facts) -> str | None:
    if not facts.is_individual or facts.one_person:
        return None
    if facts.same_person is None and not facts.administrator.id_number:
        return None
    return _("For an individual the administrator is that person")


def must_differ(facts: Facts) -> str | None:
    asked = facts.province.admin_rule == AdminRule.MUST_DIFFER and not facts.is_individual
    if not asked or not facts.one_person:
        return None
    return _("%(province)s asks for two different people: change one") % {"province": short_name(facts.province)}


def must_be_the_lead(facts: Facts) -> str | None:
    asked = facts.province.admin_rule == AdminRule.SAME_UNLESS_LEGAL and not facts.is_individual
    if not asked or facts.lead_is_legal is not False or not facts.two_people:
        return None
    return _("The lead is not the legal representative: in %(province)s the administrator is then the lead") % {
        "province": short_name(facts.province)
    }


def administrator_must_be_legal(facts: Facts) -> str | None:
    asked = facts.province.admin_must_be_legal(facts.nature, facts.name)
    if not asked or not facts.two_people:
        return None
    return _("%(province)s asks for the legal representative: name the subject lead here too") % {
        "province": short_name(facts.province)
    }


def administrator_needs_letter(facts: Facts) -> str | None:
    asked = facts.province.admin_rule == AdminRule.LEGAL_OR_LETTER and not facts.is_individual
    legal = facts.one_person and facts.lead_is_legal is not False
    if not asked or legal or not facts.administrator.id_number:
        return None
    return _("Not the legal representative: add the letter of authority")


def administrator_needs_permit(facts: Facts) -> str | None:
    asked = facts.province.admin_rule == AdminRule.RESIDENCE_PERMIT and not facts.is_individual
    person = facts.administrator
    home = id_province(person.id_type, person.id_number) if asked and person.id_type else ""
    if not home or home == facts.province.code:
        return None
    return _("A card of another province needs a residence permit of %(province)s: have it ready") % {
        "province": short_name(facts.province)
    }


def serves_two_subjects(facts: Facts) -> str | None:
    asked = facts.province.admin_rule == AdminRule.ONE_SUBJECT_ONLY
    if not asked or not facts.administrator.id_number or not facts.person_taken(*facts.administrator.document):
        return None
    return _("This person already serves another subject: name another")


def not_told(facts: Facts) -> str | None:
    if facts.told or facts.same_person is not False or not another(facts).name:
        return None
    return _("Ask this person first, then tick")


CHECKS: tuple[Check, ...] = (
    Check("lead_must_be_legal", PageOf.SUBJECT, "is_legal_rep", lead_must_be_legal),
    Check("lead_needs_letter", PageOf.SUBJECT, "is_legal_rep", lead_needs_letter, Severity.WARNING),
    Check("admin_same_required", PageOf.ADMINISTRATOR, "same_person", administrator_is_the_individual),
    Check("admin_differ", PageOf.ADMINISTRATOR, "same_person", must_differ),
    Check("admin_same_as_lead", PageOf.ADMINISTRATOR, "same_person", must_be_the_lead),
    Check("admin_must_be_legal", PageOf.ADMINISTRATOR, "same_person", administrator_must_be_legal),
    Check("admin_needs_letter", PageOf.ADMINISTRATOR, "same_person", administrator_needs_letter, Severity.WARNING),
    Check("admin_permit", PageOf.ADMINISTRATOR, "admin_id_number", administrator_needs_permit, Severity.WARNING),
    Check("admin_two_subjects", PageOf.ADMINISTRATOR, "admin_id_number", serves_two_subjects),
    Check("admin_told_missing", PageOf.ADMINISTRATOR, "admin_told", not_told),
)
