"""The enumerations in which rules are written."""

from enum import StrEnum

INDIVIDUAL = "individual"
ORGANISATION = "organisation"
EVERYBODY = (ORGANISATION, INDIVIDUAL)
PUBLIC_BODIES = ("public_institution", "government")

SUBJECT_LEAD = "subject_lead"
ADMINISTRATOR = "administrator"
BOTH_ROLES = (SUBJECT_LEAD, ADMINISTRATOR)


def kind_of(nature: str) -> str:
    """`individual` or `organisation`: rules of provinces do not distinguish natures of subject further."""
    return INDIVIDUAL if nature == INDIVIDUAL else ORGANISATION


class LeadRule(StrEnum):
    """Whether the subject lead (主体负责人) of an organisation must be its legal representative (法定代表人)."""

    MUST_BE_LEGAL = "must_be_legal_representative"
    LEGAL_OR_LETTER = "legal_representative_or_authorization_letter"
    CONDITIONAL = "conditional"  # only for names with one of `legal_name_words`
    NOT_STATED = "not_stated"


class AdminRule(StrEnum):
    """Who may be website administrator (网站负责人) of an organisation's site."""

    NOT_STATED = "not_stated"
    MUST_DIFFER = "must_differ_from_entity_leader"
    CONDITIONAL = "conditional"  # the legal representative, only for names with one of `legal_name_words`
    ONE_SUBJECT_ONLY = "may_not_serve_two_entities"
    LEGAL_OR_LETTER = "legal_representative_or_authorization_letter"
    SAME_UNLESS_LEGAL = "same_as_entity_leader_when_leader_is_not_legal_representative"
    RESIDENCE_PERMIT = "residence_permit_if_id_from_other_province"
    NEED_NOT_BE_LEGAL = "need_not_be_legal_representative"


class LocalMobile(StrEnum):
    """Whether the mobile of a person in charge must be one of this province."""

    YES = "yes"
    NO = "no"
    INDIVIDUAL_ONLY = "individual_only"


class OutsiderRule(StrEnum):
    """What holds for an individual whose ID card is of another province."""

    NOT_STATED = "not_stated"
    NOT_ALLOWED = "not_allowed"
    RESIDENCE_PERMIT = "residence_permit"
    PROOF = "proof_of_study_work_or_residence"


class HolderRule(StrEnum):
    """In whose name an organisation's domain may be registered."""

    NAME_ONLY = "name_only"
    LEGAL = "name_or_legal_representative"
    WIDE = "name_shareholder_legal_representative_or_senior_manager"


class MustMatch(StrEnum):
    """What must equal the existing filing before it can be transferred."""

    NAME = "name"
    NUMBER = "id_number"
    PEOPLE = "persons_in_charge"
    ADMINISTRATOR = "website_admin"
    LEAD_IS_LEGAL = "leader_is_legal_representative"
    ID_ADDRESS = "id_document_address"
    EVERYTHING = "all"


class Change(StrEnum):
    """Whether a filing may pass from one subject to another by a change."""

    YES = "yes"
    NO = "no"
    IF_LEGAL = "only_if_legal_representative"
    LEGAL_OR_ADMIN = "legal_representative_or_website_admin"
    CONTRADICTORY = "contradictory"
    NOT_STATED = "not_stated"


class Extra(StrEnum):
    """What the authenticity statement (真实性核验单) needs here besides signature and seal."""

    FINGERPRINT = "fingerprint"
    REGISTRAR = "registrar"
    HANDWRITING = "handwriting"
    OWN_FORM = "own_form"
    ALL_DOMAINS = "all_domains"
