"""Phones and addresses for messages: reachable, one's own, of the right place, and different where that is asked."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from filings.checks.catalogue import Check, PageOf, Severity, alone, of_person, short_name
from filings.checks.facts import Facts, PersonFacts
from filings.phone_areas import cities_of, home_province
from filings.regions import region
from icpportal.entry import phones

# Fujian: mobile and emergency number of the two people may not be exchanged (dossier §4, page of 2025-08-12)
NO_SWAP_IN = ("35",)
DIRECT_COUNTIES = "9000"  # cities of this ending are no place: their counties use the codes of their neighbours


def taken(facts: Facts, person: PersonFacts) -> str | None:
    if not person.phone1 or not facts.mobile_taken(person.phone1):
        return None
    return _("Another subject uses this mobile: enter a different one")


def virtual(person: PersonFacts) -> str | None:
    if not phones.is_virtual(person.phone1):
        return None
    return _("This range may miss the ministry's texts: better use another")


def from_elsewhere(facts: Facts, person: PersonFacts) -> str | None:
    """Advice only: where a mobile is at home is known for the older ranges, not for all."""
    if not facts.province.asks_local_mobile(facts.nature) or not phones.is_mobile(person.phone1):
        return None
    explained = facts.province.may_explain_mobile(facts.nature) and facts.subject.get("remark")
    home = home_province(person.phone1)
    if not home or home == facts.province.code or explained:
        return None
    return _("%(province)s asks for a local mobile, or a reason in the remarks") % {
        "province": short_name(facts.province)
    }


def second_is_first(person: PersonFacts) -> str | None:
    if not person.phone2 or person.phone2 != person.phone1:
        return None
    return _("Contact 2 equals contact 1: enter another number")


def emergency_is_first(person: PersonFacts) -> str | None:
    if not person.emergency or person.emergency != person.phone1:
        return None
    return _("The emergency phone equals contact 1: enter another")


def _mailing_city(facts: Facts) -> str:
    place = region(str(facts.subject.get("post_region") or facts.region))
    return place.city if place else ""


def area_of_another_province(facts: Facts, person: PersonFacts) -> str | None:
    cities, city = cities_of(phones.area_code(person.phone2)), _mailing_city(facts)
    if not cities or not city or city[:2] in {each[:2] for each in cities}:
        return None
    return _("The area code does not fit the mailing address: check it")


def area_of_another_city(facts: Facts, person: PersonFacts) -> str | None:
    cities, city = cities_of(phones.area_code(person.phone2)), _mailing_city(facts)
    known = bool(cities) and bool(city) and not city.endswith(DIRECT_COUNTIES)
    if not known or city in cities or city[:2] not in {each[:2] for each in cities}:
        return None
    return _("The area code is that of another city: check it")


def shared(name: str, sentence: Callable[[], str]) -> Callable[[Facts], str | None]:
    def judge(facts: Facts) -> str | None:
        theirs = getattr(facts.administrator, name)
        same = bool(theirs) and theirs == getattr(facts.lead, name)
        return sentence() if same and facts.two_people else None

    return judge


def swapped(facts: Facts) -> str | None:
    lead, admin = facts.lead, facts.administrator
    exchanged = lead.phone1 == admin.emergency and admin.phone1 == lead.emergency
    if facts.province.code not in NO_SWAP_IN or not facts.two_people or not admin.phone1 or not exchanged:
        return None
    return _("The two people's mobile and emergency numbers are exchanged: use a third number")


CHECKS: tuple[Check, ...] = (
    *of_person("phone_taken", "phone1", taken),
    *of_person("phone_local", "phone1", from_elsewhere, Severity.WARNING),
    *of_person("phone_virtual", "phone1", alone(virtual), Severity.WARNING),
    *of_person("phone2_same", "phone2", alone(second_is_first)),
    *of_person("area_code", "phone2", area_of_another_province),
    *of_person("area_code_city", "phone2", area_of_another_city, Severity.WARNING),
    *of_person("emergency_same", "emergency", alone(emergency_is_first)),
    Check(
        "admin_phone_shared",
        PageOf.ADMINISTRATOR,
        "admin_phone1",
        shared("phone1", lambda: _("Two people, two mobiles: change one")),
    ),
    Check("admin_phones_swapped", PageOf.ADMINISTRATOR, "admin_emergency", swapped),
    Check(
        "admin_emergency_shared",
        PageOf.ADMINISTRATOR,
        "admin_emergency",
        shared("emergency", lambda: _("Both people name the same emergency phone: better use two")),
        Severity.WARNING,
    ),
    Check(
        "admin_email_shared",
        PageOf.ADMINISTRATOR,
        "admin_email",
        shared("email", lambda: _("Both people have the same e-mail address: better use two")),
        Severity.WARNING,
    ),
)
