"""The provinces and natures of subject for which each check holds, found by asking the rules; for operators."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from filings.checks.catalogue import Check
from filings.provinces import Province
from filings.provinces.choices import (
    ADMINISTRATOR,
    SUBJECT_LEAD,
    AdminRule,
    HolderRule,
    LeadRule,
    OutsiderRule,
    kind_of,
)
from filings.provinces.match_rules import fields_to_match
from filings.register import document_names
from filings.register.certificates import CERTIFICATES, ENTERPRISE, INDIVIDUAL, NATURES, Shape

Reach = Callable[[Province, str], bool]


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
    """The natures that have a document whose number has one of these shapes."""
    natures = {each.nature for each in CERTIFICATES.values() if each.shape in shapes}
    return lambda _province, nature: nature in natures


def of_age(field: str, *, paper: bool) -> Reach:
    """Where the person of this field can be too young, or young enough to need a document."""
    role = ADMINISTRATOR if field.startswith("admin_") else SUBJECT_LEAD
    if paper:
        return lambda province, nature: bool(province.age_papers(nature, role))
    return lambda province, nature: province.youngest(nature, role) is not None


def of_record(field: str) -> Reach:
    """Where this field must equal the existing filing."""
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
    "name_on_id_card": with_shape(Shape.ID_CARD),
    "name_letters": with_shape(*document_names.OF_PEOPLE),
    "foreigner_not_allowed": individuals_where(lambda each: not each.foreigners),
    "outsider_refused": individuals_where(lambda each: each.outsider_rule == OutsiderRule.NOT_ALLOWED),
    "outsider_permit": individuals_where(lambda each: each.outsider_rule == OutsiderRule.RESIDENCE_PERMIT),
    "outsider_proof": individuals_where(lambda each: each.outsider_rule == OutsiderRule.PROOF),
}
OF_A_RULE: Mapping[str, Reach] = {
    "foreigner_not_allowed": organisations_where(lambda each: not each.foreigners),
    "address_elsewhere": organisations,
    "investor_government": lambda _province, nature: nature == ENTERPRISE,
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
    "phone_local": lambda province, nature: (
        province.asks_local_mobile(nature) and not province.may_explain_mobile(nature)
    ),
    "phone_local_reason": lambda province, nature: (
        province.asks_local_mobile(nature) and province.may_explain_mobile(nature)
    ),
    "phone_virtual": lambda province, nature: any(
        province.texts(nature, role) for role in (SUBJECT_LEAD, ADMINISTRATOR)
    ),
    "admin_phone_shared": organisations,
    "admin_phones_swapped": organisations_where(lambda each: each.code == "35"),
    "admin_emergency_shared": organisations,
    "admin_email_shared": organisations,
    "admin_told_missing": organisations,
    "name_jiangsu": individuals_where(lambda each: bool(each.name_forms)),
    "name_banned": individuals_where(lambda each: bool(each.banned_words)),
    "name_picture": organisations,
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
    """Some natures of subject and the provinces in which a check holds for them."""

    natures: tuple[str, ...]
    provinces: tuple[str, ...]


def reach_of(check: Check) -> Reach:
    """What decides whether the check holds: a rule of the province, the nature, or nothing."""
    if check.id in OF_A_FIELD:
        return OF_A_FIELD[check.id](check.field)
    of_page = ON_THE_TYPE_PAGE.get(check.id) if check.step == "type" else None
    return of_page or OF_A_RULE.get(check.id, everywhere)


def holds_for(check: Check, provinces: Iterable[Province]) -> list[Holding]:
    """Where and for whom a check holds, natures with the same provinces grouped; empty when it holds for nobody."""
    everyone, reach = tuple(provinces), reach_of(check)
    by_provinces: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for nature in NATURES:
        by_provinces[tuple(each.code for each in everyone if reach(each, nature))].append(nature)
    return [Holding(tuple(natures), codes) for codes, natures in by_provinces.items() if codes]
