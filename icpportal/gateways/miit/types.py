"""What the portal and an authority (管局) tell each other: exactly what the ministry's interface V3.0 can carry.

No field here that V3.0 has no element for, and none of the interface's own numbers (IspJrid, IspIpid, data sequences,
file names): whoever speaks on the wire gives those and remembers them by the report's `key`.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from icpportal.gateways.errors import Refused

MD5_HEX = re.compile(r"[0-9a-f]{32}")
CODES = range(1, 65)  # Wzfb and Wzjrfs are 1..64


@dataclass(frozen=True)
class FilingStatus:
    """Is it on file? (isp_querybeianstatus.) Site name and number come with a question by domain only."""

    filed: bool
    subject_number: str = ""
    site_name: str = ""
    site_number: str = ""


class PasswordAnswer(StrEnum):
    """What the authority says about a filing password (isp_verifybamm; LOCKED is its return code 22)."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"
    UNKNOWN_NUMBER = "unknown_number"
    CANNOT_TELL = "cannot_tell"


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
    """One picture of the report (Fj): `read()` gives its bytes when the report is written, not before."""

    purpose: Purpose
    owner: Owner
    owner_number: str  # the filing number of the subject or of the site (Baxh)
    read: Callable[[], bytes]
    remark: str = ""  # Bz, 1..256


@dataclass(frozen=True)
class AddressRange:
    """IPv4 addresses of the site; one address is a range from itself to itself (Ip_xx)."""

    first: str
    last: str


@dataclass(frozen=True)
class AccessReport:
    """A new access (新增接入, XZJR). The site must be on file; its subject, domain and people stay as they are.

    `key` is ours: the same report has the same key for ever, a report that is made anew has a new one.
    """

    key: str
    site_number: str  # Wzbah, "京ICP备00000000号-1"
    places: tuple[int, ...]  # Wzfb, where the servers stand: `codes.PLACES`
    methods: tuple[int, ...]  # Wzjrfs, how the site is connected: `codes.METHODS`
    addresses: tuple[AddressRange, ...]  # Ip_xx
    attachments: tuple[Attachment, ...] = ()  # Fj
    password_md5: str = ""  # ICPmm, hexadecimal; empty under a rule profile without filing password


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


def faults(report: AccessReport) -> list[str]:
    """What V3.0 could not carry of this report; empty when it is well formed."""
    rows = (
        ("key missing", not report.key),
        ("site number missing", not 1 <= len(report.site_number) <= 128),
        ("place missing or not 1..64", not report.places or any(code not in CODES for code in report.places)),
        ("method missing or not 1..64", not report.methods or any(code not in CODES for code in report.methods)),
        ("address missing", not report.addresses),
        ("password digest is not MD5 in hex", not MD5_HEX.fullmatch(report.password_md5 or "0" * 32)),
        ("attachment without owner", any(not row.owner_number for row in report.attachments)),
        ("remark too long", any(len(row.remark) > 256 for row in report.attachments)),
    )
    addresses = (_address_fault(row) for row in report.addresses)
    return [words for words, wrong in rows if wrong] + [words for words in addresses if words]


def refuse_faults(report: AccessReport) -> None:
    """Raises `Refused` (the interface's own code 5001) when the report is not well formed."""
    found = faults(report)
    if found:
        raise Refused("; ".join(found), code="5001")


class AnswerKind(StrEnum):
    """What became of a report."""

    ACCEPTED = "accepted"  # taken in; `sent_at` is when it was sent
    GRANTED = "granted"  # approved, `subject_number` and `site_number` say under which number
    TURNED_DOWN = "turned_down"  # sent back by the authority: `code` and its `words`
    REPORT_FAILED = "report_failed"  # the provider's own fault: `code` and `words`, for staff


@dataclass(frozen=True)
class Answer:
    """One outcome, handed out again until it is acknowledged by `id`."""

    id: str
    kind: AnswerKind
    report_key: str
    at: datetime
    sent_at: datetime | None = None
    subject_number: str = ""
    site_number: str = ""
    code: str = ""
    words: str = ""


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
