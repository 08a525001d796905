"""Decides the kind of filing (验证备案类型): the system decides, the applicant does not choose.

The table of types: docs/sources.md#filing-types. `decide` is pure: facts from the authority, our register, the old
platform and open orders go in, one outcome comes out. Records of other accounts count only when document, region and
domain together match; a partial match counts as none, so that nobody learns from us who files what.
"""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What the applicant is told; each outcome has its page."""

    TRANSFER = "transfer"
    TRANSFER_ANOTHER = "transfer_another"
    ALREADY_HERE = "already_here"
    OWN_ORDER = "own_order"
    OTHER_ORDER = "other_order"
    OTHER_ACCOUNT = "other_account"
    IMPORT_FIRST = "import_first"
    NOT_FILED = "not_filed"
    NEW_SITE = "new_site"
    MISMATCH = "mismatch"
    CHANGED_DOCUMENT = "changed_document"


class Differs(StrEnum):
    """What of step 1 is known to differ from the filing; no more than the asker could find out by asking again."""

    DOCUMENT = "document"  # nothing is filed under the document
    PROVINCE = "province"
    PROVINCE_OF_DOMAIN = "province_of_domain"  # for a document that the authority cannot be asked about
    NAME = "name"
    PROVINCE_AND_NAME = "province_and_name"
    DOMAIN = "domain"  # where only the domain was typed
    NOT_TOLD = ""


STARTS = (Outcome.TRANSFER, Outcome.TRANSFER_ANOTHER)


@dataclass(frozen=True)
class TypeFacts:
    """Everything the decision reads. `own_…` is about this account, `other_…` about another one with a full match."""

    certificate_number: str = ""  # the subject's filing number, found by document; "" when not filed
    domain_number: str = ""  # the stem of the site's filing number, found by domain; "" when not filed
    number_fits_region: bool = True  # the number's character is that of the typed region's province
    name_fits: bool = True  # against our register and the old platform; the ministry discloses no names
    own_name_fits: bool = True  # against this account's own subject with this document
    document_asked: bool = True  # False for documents that the authority cannot be asked about
    own_order: bool = False
    own_subject: bool = False
    own_access: bool = False
    own_site_other_document: bool = False  # this account has the site on file under another document
    other_order: bool = False
    other_subject: bool = False
    old_record: bool = False  # on the old platform, not imported, full match


def decide(facts: TypeFacts) -> Outcome:
    """Returns the outcome of the first row whose condition holds."""
    return next(outcome for condition, outcome in _rows(facts) if condition)


def _rows(f: TypeFacts) -> tuple[tuple[bool, Outcome], ...]:
    subject, domain = bool(f.certificate_number), bool(f.domain_number)
    same = f.certificate_number == f.domain_number
    return (
        (f.own_order, Outcome.OWN_ORDER),
        (not subject and not domain, Outcome.NOT_FILED),
        (subject and not domain, Outcome.NEW_SITE),
        (not subject and f.own_site_other_document, Outcome.CHANGED_DOCUMENT),
        (not subject or not same, Outcome.MISMATCH),
        (not f.number_fits_region or not f.name_fits, Outcome.MISMATCH),
        (f.own_access, Outcome.ALREADY_HERE),
        (f.other_order, Outcome.OTHER_ORDER),
        (f.other_subject, Outcome.OTHER_ACCOUNT),
        (f.old_record, Outcome.IMPORT_FIRST),
        (f.own_subject, Outcome.TRANSFER_ANOTHER),
        (True, Outcome.TRANSFER),
    )


def differs(facts: TypeFacts) -> Differs:
    """What differs in a mismatch; never which of document and domain, nor another account's name."""
    if not facts.certificate_number:
        return Differs.DOCUMENT
    if facts.certificate_number != facts.domain_number:
        return Differs.NOT_TOLD
    if facts.number_fits_region:
        return Differs.NOT_TOLD if facts.own_name_fits else Differs.NAME
    if not facts.own_name_fits:
        return Differs.PROVINCE_AND_NAME
    return Differs.PROVINCE if facts.document_asked else Differs.PROVINCE_OF_DOMAIN
