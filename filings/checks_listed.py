"""The catalogue of checks as an operator reads it: each with its sentence, and the provinces and natures it holds for.

The sentence is the one the check says, with its gaps open. What a province or nature decides is asked of the rules.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from filings.certificates import CERTIFICATES, INDIVIDUAL, NATURES, Shape
from filings.checks.catalogue import Check
from filings.matching import fields_to_match
from filings.provinces import Province
from filings.provinces.terms import (
    ADMINISTRATOR,
    SUBJECT_LEAD,
    AdminRule,
    HolderRule,
    LeadRule,
    OutsiderRule,
    kind_of,
)

Reach = Callable[[Province, str], bool]

SENTENCES: Mapping[str, object] = {
    "region_county": _("Choose province, city and county"),
    "chinese_needed": _("Enter the %(label)s in Chinese, as on the document"),
    "address_province": _("The mailing address must be in %(province)s: choose again"),
    "address_door": _("Add the door number, or tick the box below"),
    "investor_self": _("Enter the legal representative or this unit's full name"),
    "number_nature": _("This document does not fit “%(nature)s”: choose again"),
    "foreigner_not_allowed": _("%(province)s does not take foreigners here: name somebody else"),
    "idcard_len": _("An ID card number has 18 characters: check and enter again"),
    "idcard_area": _("The number does not begin like that of such a document: compare it"),
    "idcard_date": _("The birth date inside the number is not a date: check it"),
    "idcard_check": _("The last digit does not fit: compare digit by digit"),
    "uscc_len": _("The credit code has 18 characters: check and enter again"),
    "uscc_letter": _("A credit code has no I, O, S, V or Z: compare with the licence"),
    "uscc_check": _("The code's check digit does not fit: compare with the licence"),
    "orgcode_len": _("An organisation code has 9 characters: check and enter again"),
    "orgcode_check": _("The last character does not fit: compare with the certificate"),
    "passport_bad": _("A passport number has 5 to 17 letters or digits"),
    "permit_hk_bad": _("The permit's number is H or M and 8 digits: enter it again"),
    "permit_tw_bad": _("The permit's number has 8 digits: enter it again"),
    "unit_code_bad": _("A unit code has 4 to 6 digits: enter it again"),
    "number_length": _("Copy the number from the document, 2 to 32 characters"),
    "outsider_refused": _("%(province)s takes individuals only with a card of the province: check the address on it"),
    "outsider_permit": _("A card of another province needs a residence permit of %(province)s: have it ready"),
    "too_young": _("%(province)s asks for a person aged %(n)s or more: name another"),
    "young_paper": _("A person under %(n)s needs a further paper here: it is asked for with the documents"),
    "id_expiring": _("The document ends within 3 months: renew it first"),
    "lead_must_be_legal": _("%(province)s asks for the legal representative: change the lead"),
    "lead_needs_letter": _("Not the legal representative: add the letter of authority"),
    "admin_same_required": _("For an individual the administrator is that person"),
    "admin_differ": _("%(province)s asks for two different people: change one"),
    "admin_same_as_lead": _(
        "The lead is not the legal representative: in %(province)s the administrator is then the lead"
    ),
    "admin_must_be_legal": _("%(province)s asks for the legal representative: name the subject lead here too"),
    "admin_needs_letter": _("Not the legal representative: add the letter of authority"),
    "admin_permit": _("A card of another province needs a residence permit of %(province)s: have it ready"),
    "admin_two_subjects": _("This person already serves another subject: name another"),
    "admin_told_missing": _("Ask this person first, then tick"),
    "phone_taken": _("Another subject uses this mobile: enter a different one"),
    "phone_local": _("%(province)s asks for a local mobile, or a reason in the remarks"),
    "phone_virtual": _("This range may miss the ministry's texts: better use another"),
    "phone2_same": _("Contact 2 equals contact 1: enter another number"),
    "area_code": _("The area code does not fit the mailing address: check it"),
    "area_code_city": _("The area code is that of another city: check it"),
    "emergency_same": _("The emergency phone equals contact 1: enter another"),
    "admin_phone_shared": _("Two people, two mobiles: change one"),
    "admin_phones_swapped": _("The two people's mobile and emergency numbers are exchanged: use a third number"),
    "admin_emergency_shared": _("Both people name the same emergency phone: better use two"),
    "admin_email_shared": _("Both people have the same e-mail address: better use two"),
    "name_domain": _("The name cannot be the domain: use a Chinese name"),
    "name_symbol": _("Remove the symbol “%(char)s” from the name"),
    "name_latin": _("Not only digits or letters: add Chinese characters"),
    "name_short": _("Use at least 3 Chinese characters"),
    "name_head": _("The name cannot start with “%(word)s”: choose another"),
    "name_word": _("No website may have “%(word)s” in its name: use another word"),
    "name_jiangsu": _("Name it %(forms)s"),
    "name_banned": _("%(province)s does not allow “%(word)s” for personal sites: use another word"),
    "name_personal": _("A personal site's name cannot have “%(word)s”: use another word"),
    "name_person": _("A personal site's name avoids people, places and idioms"),
    "url_bad": _("Enter the whole address, such as https://www.example.com/"),
    "url_domain": _("The address must contain %(domain)s"),
    "content_one": _("Choose at least one kind of content"),
    "content_approval": _("“%(content)s” needs an approval first: choose it below and enter its number"),
    "content_personal": _("For an individual's site %(province)s expects “%(content)s” here"),
    "approval_none": _("Choose the content that needs approval"),
    "approval_missing": _("Enter the approval number, or get the approval first"),
    "one_domain": _("One site, one domain: remove the others"),
    "domain_gov": _("For gov.cn domains call %(phone)s"),
    "domain_holder": _("The domain's holder is not the subject: transfer it first"),
    "domain_realname": _("Not real-name verified: verify, wait 3 working days"),
    "domain_expiry": _("The domain ends within %(n)s days: renew it first"),
    "match_record": _("This differs from the record: change it at your present provider first"),
}


def everywhere(_province: Province, _nature: str) -> bool:
    return True


def individuals(_province: Province, nature: str) -> bool:
    return kind_of(nature) == INDIVIDUAL


def organisations(_province: Province, nature: str) -> bool:
    return kind_of(nature) != INDIVIDUAL


def organisations_where(judge: Callable[[Province], bool]) -> Reach:
    return lambda province, nature: organisations(province, nature) and judge(province)


def individuals_where(judge: Callable[[Province], bool]) -> Reach:
    return lambda province, nature: individuals(province, nature) and judge(province)


def with_shape(*shapes: Shape) -> Reach:
    """The natures that have a document whose number is of one of these shapes."""
    natures = {each.nature for each in CERTIFICATES.values() if each.shape in shapes}
    return lambda _province, nature: nature in natures


def of_age(field: str, *, paper: bool) -> Reach:
    """Where the person of this field can be too young, or young enough to need a paper."""
    role = ADMINISTRATOR if field.startswith("admin_") else SUBJECT_LEAD
    return lambda province, nature: any(bool(rule.paper) == paper for rule in province.age_rules(nature, role))


def of_record(field: str) -> Reach:
    """Where this field must equal the present filing."""
    return lambda province, nature: field in {each.name for each in fields_to_match(province, nature) or ()}


ON_THE_TYPE_PAGE: Mapping[str, Reach] = {
    **dict.fromkeys(
        ("idcard_len", "idcard_area", "idcard_date", "idcard_check"),
        with_shape(Shape.ID_CARD, Shape.RESIDENCE_HK_MACAO, Shape.RESIDENCE_TAIWAN, Shape.PERMANENT_RESIDENT),
    ),
    **dict.fromkeys(("uscc_len", "uscc_letter", "uscc_check"), with_shape(Shape.CREDIT_CODE, Shape.ORGANISATION_CODE)),
    **dict.fromkeys(("orgcode_len", "orgcode_check"), with_shape(Shape.ORGANISATION_CODE)),
    "passport_bad": with_shape(Shape.PASSPORT),
    "permit_hk_bad": with_shape(Shape.PERMIT_HK_MACAO),
    "permit_tw_bad": with_shape(Shape.PERMIT_TAIWAN),
    "unit_code_bad": with_shape(Shape.UNIT_CODE),
    "number_length": with_shape(Shape.OTHER),
    "foreigner_not_allowed": individuals_where(lambda each: not each.foreigners),
    "outsider_refused": individuals_where(lambda each: each.outsider_rule == OutsiderRule.NOT_ALLOWED),
    "outsider_permit": individuals_where(
        lambda each: each.outsider_rule in (OutsiderRule.RESIDENCE_PERMIT, OutsiderRule.PROOF)
    ),
}
OF_A_RULE: Mapping[str, Reach] = {
    "foreigner_not_allowed": organisations_where(lambda each: not each.foreigners),
    "lead_must_be_legal": organisations_where(
        lambda each: each.lead_rule in (LeadRule.MUST_BE_LEGAL, LeadRule.CONDITIONAL)
    ),
    "lead_needs_letter": organisations_where(lambda each: each.lead_rule == LeadRule.LEGAL_OR_LETTER),
    "admin_same_required": individuals,
    "admin_differ": organisations_where(lambda each: each.admin_rule == AdminRule.MUST_DIFFER),
    "admin_same_as_lead": organisations_where(lambda each: each.admin_rule == AdminRule.SAME_UNLESS_LEGAL),
    "admin_must_be_legal": organisations_where(lambda each: each.admin_rule == AdminRule.CONDITIONAL),
    "admin_needs_letter": organisations_where(lambda each: each.admin_rule == AdminRule.LEGAL_OR_LETTER),
    "admin_permit": organisations_where(lambda each: each.admin_rule == AdminRule.RESIDENCE_PERMIT),
    "admin_two_subjects": lambda province, _nature: province.admin_rule == AdminRule.ONE_SUBJECT_ONLY,
    "phone_local": lambda province, nature: province.asks_local_mobile(nature),
    "admin_phone_shared": organisations,
    "admin_phones_swapped": organisations_where(lambda each: each.code == "35"),
    "admin_emergency_shared": organisations,
    "admin_email_shared": organisations,
    "admin_told_missing": organisations,
    "name_jiangsu": individuals_where(lambda each: bool(each.name_forms)),
    "name_banned": individuals_where(lambda each: bool(each.banned_words)),
    "name_personal": individuals,
    "name_person": individuals,
    "content_personal": individuals,
    "one_domain": lambda province, _nature: province.domains_per_site == 1,
    "domain_holder": lambda province, nature: (
        individuals(province, nature) or province.domain_holder != HolderRule.WIDE
    ),
}
OF_A_FIELD: Mapping[str, Callable[[str], Reach]] = {
    "match_record": of_record,
    "too_young": lambda field: of_age(field, paper=False),
    "young_paper": lambda field: of_age(field, paper=True),
}


@dataclass(frozen=True)
class Holding:
    """Some natures of subject, and the provinces in which a check holds for them."""

    natures: tuple[str, ...]
    provinces: tuple[str, ...]


def reach_of(check: Check) -> Reach:
    """What decides whether the check holds: a rule of the province, the nature, or nothing."""
    if check.id in OF_A_FIELD:
        return OF_A_FIELD[check.id](check.field)
    of_page = ON_THE_TYPE_PAGE.get(check.id) if check.step == "type" else None
    return of_page or OF_A_RULE.get(check.id, everywhere)


def holds_for(check: Check, provinces: Iterable[Province]) -> list[Holding]:
    """For whom and where a check holds, natures with the same provinces together; empty where it holds for nobody."""
    everyone, reach = tuple(provinces), reach_of(check)
    by_provinces: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for nature in NATURES:
        by_provinces[tuple(each.code for each in everyone if reach(each, nature))].append(nature)
    return [Holding(tuple(natures), codes) for codes, natures in by_provinces.items() if codes]
