"""The values printed on a statement and on a receipt (docs/sources.md#documents-and-the-authenticity-statement)."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class StatementFacts:
    """The printed answers, in Chinese as they are filed, and in full: the sheet is the applicant's own.

    The last block holds the provinces' additions: Jiangxi and Xinjiang need a fingerprint of individuals, Beijing the
    registrar's short name, Guangdong a handwritten pledge of individuals; organisations stamp in every province.
    """

    reference: str
    date: date
    subject_name: str
    nature: str
    number: str
    site_name: str
    domains: tuple[str, ...]
    provider: str
    ip: str
    access_method: str
    server_place: str
    administrator: str
    certificate_type: str = ""
    subject_lead: str = ""
    province: str = ""

    seal: bool = False
    fingerprint: bool = False
    registrar: str = ""
    handwriting: bool = False
    handwriting_text: str = ""


@dataclass(frozen=True, kw_only=True)
class ReceiptFacts:
    """The values on a receipt, in one language; names and numbers are masked already."""

    language: str
    title: str
    by: str  # who received it
    reference: str
    rows: tuple[tuple[str, str], ...]
    papers_title: str
    papers: tuple[str, ...]
    notes: tuple[str, ...]
    foot: str
