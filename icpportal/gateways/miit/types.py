"""What the portal and an authority (管局) exchange: exactly what the ministry's interface V3.0 can express.

No field here lacks an element in V3.0, and none is one of the interface's own numbers (IspJrid, IspIpid, sequence
numbers, file names): the client assigns those and remembers them by the report's `key`.
"""

import ipaddress
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from icpportal.gateways.errors import Refused

MD5_HEX = re.compile(r"[0-9a-f]{32}")
CODES = range(1, 65)  # Wzfb and Wzjrfs are 1..64
CANNOT_ASK = "cannot_ask"  # the code of a `Refused`: the interface has no way to put this question


@dataclass(frozen=True)
class FilingStatus:
    """Whether it is on file (isp_querybeianstatus). Site name and number come with a query by domain only."""

    filed: bool
    subject_number: str = ""
    site_name: str = ""
    site_number: str = ""


class PasswordAnswer(StrEnum):
    """The authority's answer about a filing password (isp_verifybamm; LOCKED is its return code 22)."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"
    UNKNOWN_NUMBER = "unknown_number"
    CANNOT_TELL = "cannot_tell"


class ReportKind(StrEnum):
    """The kinds of reports; nothing else is ever sent."""

    ACCESS = "access"  # XZJR
    CANCELLATION = "cancellation"  # ZXBA with Zxlb=2
    MATERIAL = "material"  # XZHYD


class Purpose(StrEnum):
    """What an attachment is for (Fjyt)."""

    STATEMENT = "1"
    SUBJECT_CERTIFICATE = "2"
    LEAD_CERTIFICATE = "3"
    ADMINISTRATOR_CERTIFICATE = "4"
    PHOTO = "5"


class Owner(StrEnum):
    """Whom an attachment belongs to (Ssdxlx)."""

    SUBJECT = "1"
    SITE = "2"


@dataclass(frozen=True)
class Attachment:
    """One picture of the report (Fj): `settings.AUTHORITY_PICTURES` reads it when the report is written, not before."""

    purpose: Purpose
    owner: Owner
    owner_number: str  # the filing number of the subject or of the site (Baxh)
    document: str  # the handle under which the portal keeps the picture
    remark: str = ""  # Bz, 1..256


@dataclass(frozen=True)
class AddressRange:
    """IPv4 addresses of the site; one address is a range from itself to itself (Ip_xx)."""

    first: str
    last: str


@dataclass(frozen=True)
class AccessReport:
    """A new access (新增接入, XZJR). The site must be on file; its subject, domain and people stay as they are.

    `key` is ours: the same report always has the same key, a report that is made again has a new one.
    """

    key: str
    site_number: str  # Wzbah, "京ICP备00000000号-1"
    places: tuple[int, ...]  # Wzfb, where the servers stand: `code_names.PLACES`
    methods: tuple[int, ...]  # Wzjrfs, how the site is connected: `code_names.METHODS`
    addresses: tuple[AddressRange, ...]  # Ip_xx
    attachments: tuple[Attachment, ...] = ()  # Fj
    password_md5: str = ""  # ICPmm, hexadecimal; empty under a rule profile without filing password

    kind: ClassVar[ReportKind] = ReportKind.ACCESS


@dataclass(frozen=True)
class CancellationReport:
    """The end of an access of ours (取消接入, ZXBA with Zxlb=2); the filing and its other accesses stay."""

    key: str
    access_id: int  # Jlid: the Jrid the authority gave to the access
    reason: int  # Zxly, 1..999: the values come with the authority's tables (JCDM)
    remark: str = ""  # Zxlybz, 1..1000
    password_md5: str = ""  # ICPmm

    kind: ClassVar[ReportKind] = ReportKind.CANCELLATION


@dataclass(frozen=True)
class MaterialReport:
    """Verification material alone (核验单, XZHYD), asked for after a report."""

    key: str
    attachments: tuple[Attachment, ...]

    kind: ClassVar[ReportKind] = ReportKind.MATERIAL


Report = AccessReport | CancellationReport | MaterialReport


def report_key(reference: str, number: int) -> str:
    """The key of the `number`th report of an order."""
    return f"{reference}.{number}"


def reference_of(key: str) -> str:
    """The order's reference inside a report's key."""
    return key.rpartition(".")[0] or key


def _address_fault(row: AddressRange) -> str:
    try:
        first, last = ipaddress.IPv4Address(row.first), ipaddress.IPv4Address(row.last)
    except ValueError:
        return f"not an IPv4 range: {row.first}-{row.last}"
    return "" if first <= last else f"range upside down: {row.first}-{row.last}"


def _digest_fault(digest: str) -> tuple[str, bool]:
    return "password digest is not MD5 in hex", not MD5_HEX.fullmatch(digest or "0" * 32)


def _attachment_faults(attachments: tuple[Attachment, ...]) -> tuple[tuple[str, bool], ...]:
    return (
        ("attachment without owner", any(not row.owner_number for row in attachments)),
        ("remark too long", any(len(row.remark) > 256 for row in attachments)),
    )


def _access_faults(report: AccessReport) -> tuple[tuple[str, bool], ...]:
    return (
        ("site number missing", not 1 <= len(report.site_number) <= 128),
        ("place missing or not 1..64", not report.places or any(code not in CODES for code in report.places)),
        ("method missing or not 1..64", not report.methods or any(code not in CODES for code in report.methods)),
        ("address missing", not report.addresses),
        _digest_fault(report.password_md5),
        *_attachment_faults(report.attachments),
        *((words, bool(words)) for words in map(_address_fault, report.addresses)),
    )


def _cancellation_faults(report: CancellationReport) -> tuple[tuple[str, bool], ...]:
    return (
        ("access id missing", report.access_id < 1),
        ("reason not 1..999", not 1 <= report.reason <= 999),
        ("remark too long", len(report.remark) > 1000),
        _digest_fault(report.password_md5),
    )


def _material_faults(report: MaterialReport) -> tuple[tuple[str, bool], ...]:
    return (("attachment missing", not report.attachments), *_attachment_faults(report.attachments))


def _faults(report: Report) -> tuple[tuple[str, bool], ...]:
    match report:
        case AccessReport():
            return _access_faults(report)
        case CancellationReport():
            return _cancellation_faults(report)
        case MaterialReport():
            return _material_faults(report)


def faults(report: Report) -> list[str]:
    """What V3.0 cannot express in this report; empty when it is well formed."""
    rows = (("key missing", not report.key), *_faults(report))
    return [words for words, wrong in rows if wrong]


def refuse_faults(report: Report) -> None:
    """Raises `Refused` (the interface's own code 5001) when the report is not well formed."""
    found = faults(report)
    if found:
        raise Refused("; ".join(found), code="5001")


class AnswerKind(StrEnum):
    """The kinds of answers: about a report, or unsolicited."""

    ACCEPTED = "accepted"  # accepted; `sent_at` is when it was sent
    GRANTED = "granted"  # approved, `subject_number` and `site_number` say under which number
    TURNED_DOWN = "turned_down"  # sent back by the authority: `code` and its `words`
    REPORT_FAILED = "report_failed"  # the provider's own fault: `code` and `words`, for staff
    WAITS = "waits"  # the same report is sent again automatically: `code` and `words` say what is decided first
    RECORD = "record"  # a filing as the authority has it now (BASJ): `record`; `report_key` where it is known
    STRUCK = "struck"  # a subject, site or access that is no longer on file (ZXSJ): `struck`


@dataclass(frozen=True)
class FiledContact:
    """A person in charge as the authority has them on record (Fzr, Wz_Fzr)."""

    name: str = ""
    phone: str = ""
    mobile: str = ""
    email: str = ""
    id_type: int | None = None
    id_number: str = ""


@dataclass(frozen=True)
class FiledAccess:
    """An access on record (Jr_xx): `access_id` is the authority's Jrid, `own_id` our IspJrid, `provider` its Ispid."""

    access_id: int
    provider: int | None = None
    own_id: int | None = None
    places: tuple[int, ...] = ()
    methods: tuple[int, ...] = ()
    addresses: tuple[AddressRange, ...] = ()


@dataclass(frozen=True)
class FiledSite:
    """A website on record (Wz_xx): `site_id` is the authority's Wzid."""

    site_id: int
    site_number: str = ""
    names: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    home_url: str = ""
    administrator: FiledContact = FiledContact()
    accesses: tuple[FiledAccess, ...] = ()
    content: tuple[int, ...] = ()
    languages: tuple[int, ...] = ()


@dataclass(frozen=True)
class FiledRecord:
    """A subject on record with its sites (BASJ, Baxx): `subject_id` is the authority's Ztid."""

    subject_id: int
    subject_number: str = ""
    name: str = ""
    nature: int | None = None
    id_type: int | None = None
    id_number: str = ""
    id_address: str = ""
    region: str = ""  # six digits, the finest given
    address: str = ""
    lead: FiledContact = FiledContact()
    sites: tuple[FiledSite, ...] = ()
    is_whole: bool = True  # False when a site or access was skipped because it has no id


class Level(StrEnum):
    """What was struck off the record (Zxlb)."""

    SUBJECT = "0"
    SITE = "1"
    ACCESS = "2"


@dataclass(frozen=True)
class StruckRecord:
    """Struck off the record: the authority's id of a subject, site or access (Jlid)."""

    level: Level
    id: int


TAKEN = "answers.taken"  # the job name under which failing answers are set aside, by id


@dataclass(frozen=True)
class Answer:
    """One outcome, delivered until it is acknowledged by `id`."""

    id: str
    kind: AnswerKind
    report_key: str
    at: datetime
    sent_at: datetime | None = None
    subject_number: str = ""
    site_number: str = ""
    code: str = ""
    words: str = ""
    record: FiledRecord | None = None
    struck: StruckRecord | None = None


class Role(StrEnum):
    """Whose mobile the ministry texts."""

    SUBJECT_LEAD = "subject_lead"
    ADMINISTRATOR = "administrator"
    BOTH = "both"  # one mobile on file for both people: one text, one confirmation


@dataclass(frozen=True)
class PhoneState:
    """How far one person is with the phone verification (短信核验)."""

    role: Role
    mobile_masked: str
    sent_at: datetime | None = None
    confirmed_at: datetime | None = None
    wrong: int = 0
