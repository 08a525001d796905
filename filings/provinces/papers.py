"""Which documents an order must upload: the slots, in the order in which the page shows them.

The keys of slots are those of the documents page: lead_id, admin_id, subject_id, statement, letter, domain_cert,
holding_photo, approval_paper, residence, commitment, registrant_proof, other.
"""

from collections.abc import Callable, Iterator

from filings.provinces.choices import (
    ADMINISTRATOR,
    PUBLIC_BODIES,
    SUBJECT_LEAD,
    AdminRule,
    HolderRule,
    LeadRule,
    OutsiderRule,
    kind_of,
)
from filings.provinces.types import DomainCertificateRule, PaperFacts, Province
from filings.site_codes import FINANCE

MANY_SITES = 5


CONDITIONS: dict[str, Callable[[PaperFacts], bool]] = {
    "always": lambda _facts: True,
    "by_app": lambda facts: facts.by_app,
    "finance": lambda facts: facts.finance or FINANCE in facts.approvals,
    "individual_many_sites": lambda facts: facts.is_individual and facts.sites_of_subject > MANY_SITES,
    "lead_not_legal": lambda facts: not facts.is_individual and not facts.is_legal_rep,
    "public_body": lambda facts: facts.nature in PUBLIC_BODIES,
}


def certificate_asked(rule: DomainCertificateRule | None, facts: PaperFacts) -> bool:
    """Whether the province wants the certificate of the domain (域名证书) for such an order."""
    return (
        rule is not None
        and kind_of(facts.nature) in rule.natures
        and (not rule.new_only or facts.new_domains > 0)
        and facts.domains_in_order >= rule.from_in_order
        and facts.domains_of_subject >= rule.from_of_subject
    )


def _letter(province: Province, facts: PaperFacts) -> bool:
    lead = province.lead_rule == LeadRule.LEGAL_OR_LETTER and not facts.is_legal_rep
    admin = province.admin_rule == AdminRule.LEGAL_OR_LETTER and not facts.legal_rep_is_admin
    return not facts.is_individual and (lead or admin)


def _from_elsewhere(province: Province, region: str | None) -> bool:
    return bool(region) and region != province.code


def _residence(province: Province, facts: PaperFacts) -> bool:
    if not facts.is_individual:
        region = facts.lead_id_region if facts.same_person else facts.admin_id_region
        return province.admin_rule == AdminRule.RESIDENCE_PERMIT and _from_elsewhere(province, region)
    if province.outsider_rule == OutsiderRule.PROOF:
        return facts.lead_id_region is not None and facts.lead_id_region != province.code
    return province.outsider_rule == OutsiderRule.RESIDENCE_PERMIT and _from_elsewhere(province, facts.lead_id_region)


def _registrant_proof(province: Province, facts: PaperFacts) -> bool:
    return not facts.is_individual and facts.holder_is_person and province.domain_holder != HolderRule.NAME_ONLY


SLOTS: tuple[tuple[str, Callable[[Province, PaperFacts], bool]], ...] = (
    ("lead_id", lambda _province, _facts: True),
    ("admin_id", lambda _province, facts: not facts.one_person),
    ("subject_id", lambda _province, facts: not facts.is_individual),
    ("statement", lambda _province, _facts: True),
    ("letter", _letter),
    ("domain_cert", lambda province, facts: certificate_asked(province.domain_certificate, facts)),
    ("holding_photo", lambda province, _facts: province.holding_photo),
    ("approval_paper", lambda _province, facts: bool(facts.approvals)),
    ("residence", _residence),
    ("commitment", lambda province, facts: any(CONDITIONS[each](facts) for each in province.commitment)),
    ("registrant_proof", _registrant_proof),
    ("other", lambda province, facts: bool(other_papers(province, facts))),
)


def paper_slots(province: Province, facts: PaperFacts) -> tuple[str, ...]:
    """The slots that must be filled before the order can be sent."""
    return tuple(slot for slot, asked in SLOTS if asked(province, facts))


def other_papers(province: Province, facts: PaperFacts) -> tuple[str, ...]:
    """What goes into the slot `other` here: keys with a text in `answers.PAPERS`, each once."""
    extra = (paper.key for paper in province.extra_papers if CONDITIONS[paper.when](facts))
    return tuple(dict.fromkeys((*extra, *_age_papers(province, facts))))


def _age_papers(province: Province, facts: PaperFacts) -> Iterator[str]:
    for role in (SUBJECT_LEAD, ADMINISTRATOR):
        age = facts.age_of(role)
        if age is not None:
            yield from (rule.paper for rule in province.age_papers(facts.nature, role) if age < rule.years)
