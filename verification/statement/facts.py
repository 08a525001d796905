"""What stands on an authenticity statement (docs/sources.md#documents-and-the-authenticity-statement)."""

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
