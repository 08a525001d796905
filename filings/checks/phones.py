"""Checks of phone numbers and email addresses: reachable, one's own, of the right place, distinct where required."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from filings.checks.catalogue import Check, Gaps, PageOf, Severity, alone, of_person, short_name
from filings.checks.facts import Facts, PersonFacts
from filings.provinces.choices import ADMINISTRATOR, SUBJECT_LEAD
from filings.register.area_codes import cities_of, home_province
from filings.register.regions import region
from icpportal.fields import phones

# Fujian: the two people's mobile and emergency numbers must not be swapped
# (docs/sources.md#phones-of-the-two-people)
NO_SWAP_IN = ("35",)
DIRECT_COUNTIES = "9000"  # not a city: its counties use their neighbours' area codes


def is_taken(facts: Facts, person: PersonFacts) -> bool:
    return bool(person.phone1) and facts.mobile_taken(person.phone1)


def virtual(facts: Facts, person: PersonFacts) -> bool:
    """One person in two roles counts for both: they are texted if either is."""
    roles = (SUBJECT_LEAD, ADMINISTRATOR) if facts.one_person else (person.role,)
    is_texted = any(facts.province.texts(facts.nature, role) for role in roles)
    return is_texted and phones.is_virtual(person.phone1)


def from_elsewhere(facts: Facts, person: PersonFacts) -> Gaps | None:
    """Advice only: the home of a mobile is known for older number ranges, not for all."""
    return None if facts.province.may_explain_mobile(facts.nature) else _another_home(facts, person)


def unexplained(facts: Facts, person: PersonFacts) -> Gaps | None:
    """The same where the province accepts a reason, until one is given."""
    may_explain = facts.province.may_explain_mobile(facts.nature) and not facts.subject.get("remark")
    return _another_home(facts, person) if may_explain else None


def _another_home(facts: Facts, person: PersonFacts) -> Gaps | None:
    if not facts.province.asks_local_mobile(facts.nature) or not phones.is_mobile(person.phone1):
        return None
    home = home_province(person.phone1)
    return {"province": short_name(facts.province)} if home and home != facts.province.code else None


def second_is_first(person: PersonFacts) -> bool:
    return bool(person.phone2) and person.phone2 == person.phone1


def emergency_is_first(person: PersonFacts) -> bool:
    return bool(person.emergency) and person.emergency == person.phone1


def _mailing_city(facts: Facts) -> str:
    place = region(str(facts.subject.get("post_region") or facts.region))
    return place.city if place else ""


def area_of_another_province(facts: Facts, person: PersonFacts) -> bool:
    cities, city = cities_of(phones.area_code(person.phone2)), _mailing_city(facts)
    return bool(cities) and bool(city) and city[:2] not in {each[:2] for each in cities}


def area_of_another_city(facts: Facts, person: PersonFacts) -> bool:
    cities, city = cities_of(phones.area_code(person.phone2)), _mailing_city(facts)
    known = bool(cities) and bool(city) and not city.endswith(DIRECT_COUNTIES)
    return known and city not in cities and city[:2] in {each[:2] for each in cities}


def judge_shared(name: str) -> Callable[[Facts], bool]:
    def judge(facts: Facts) -> bool:
        theirs = getattr(facts.administrator, name)
        return bool(theirs) and theirs == getattr(facts.lead, name) and facts.two_people

    return judge


def are_swapped(facts: Facts) -> bool:
    lead, admin = facts.lead, facts.administrator
    exchanged = lead.phone1 == admin.emergency and admin.phone1 == lead.emergency
    return facts.province.code in NO_SWAP_IN and facts.two_people and bool(admin.phone1) and exchanged


CHECKS: tuple[Check, ...] = (
    *of_person(
        "phone_taken",
        "phone1",
        _("This mobile number is used by another subject: enter a different one"),
        is_taken,
    ),
    *of_person(
        "phone_local",
        "phone1",
        _("%(province)s requires a mobile number from the province: use one"),
        from_elsewhere,
        Severity.WARNING,
    ),
    *of_person(
        "phone_local_reason",
        "phone1",
        _("%(province)s requires a mobile number from the province: use one, or give a reason in the remarks"),
        unexplained,
        Severity.WARNING,
        needs=("remark",),
    ),
    *of_person(
        "phone_virtual",
        "phone1",
        _("This number range may not receive the ministry's texts: use another number if you can"),
        virtual,
        Severity.WARNING,
    ),
    *of_person(
        "phone2_same",
        "phone2",
        _("Contact 2 is the same as contact 1: enter another number"),
        alone(second_is_first),
    ),
    *of_person(
        "area_code",
        "phone2",
        _("The area code does not match the mailing address: check it"),
        area_of_another_province,
        needs=("post_region",),
    ),
    *of_person(
        "area_code_city",
        "phone2",
        _("The area code is that of another city: check it"),
        area_of_another_city,
        Severity.WARNING,
        needs=("post_region",),
    ),
    *of_person(
        "emergency_same",
        "emergency",
        _("The emergency number is the same as contact 1: enter another"),
        alone(emergency_is_first),
    ),
    Check(
        "admin_phone_shared",
        PageOf.ADMINISTRATOR,
        "admin_phone1",
        _("Two people need two different mobile numbers: change one of them"),
        judge_shared("phone1"),
    ),
    Check(
        "admin_phones_swapped",
        PageOf.ADMINISTRATOR,
        "admin_emergency",
        _("One person's mobile number is the other's emergency number: use a third number"),
        are_swapped,
    ),
    Check(
        "admin_emergency_shared",
        PageOf.ADMINISTRATOR,
        "admin_emergency",
        _("Both people have the same emergency number: use two if you can"),
        judge_shared("emergency"),
        Severity.WARNING,
    ),
    Check(
        "admin_email_shared",
        PageOf.ADMINISTRATOR,
        "admin_email",
        _("Both people have the same email address: use two if you can"),
        judge_shared("email"),
        Severity.WARNING,
    ),
)
