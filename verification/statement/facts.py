"""What stands on a statement and on a receipt (docs/sources.md#documents-and-the-authenticity-statement)."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class StatementFacts:
    """The answers that are printed, in Chinese as they are filed, and in full: the sheet is the applicant's own.

    The last block are the provinces' additions: Jiangxi and Xinjiang ask individuals for a fingerprint, Beijing for the
    registrar's short name, Guangdong asks individuals for a pledge in their own hand; units stamp in every province.
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
    """What stands on a receipt, in words of one language; names and numbers are masked already."""

    language: str
    title: str
    by: str  # who received it
    reference: str
    rows: tuple[tuple[str, str], ...]
    papers_title: str
    papers: tuple[str, ...]
    notes: tuple[str, ...]
    foot: str
