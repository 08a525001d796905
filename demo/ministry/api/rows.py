"""The JSON that the simulated ministry sends and accepts (`pages/api.py`), as types."""

from collections.abc import Sequence
from typing import NotRequired, Required, TypedDict

from icpportal.fields.types import Json

Conduct = dict[str, Json]  # the columns of `models.Behaviour`


class FaultRow(TypedDict):
    """A switch that is on."""

    method: str
    kind: str
    value: str
    left: int | None
    percent: int


class StatusRow(TypedDict):
    """The state of the authority."""

    isp_id: int
    now: str | None
    last_sequence: int
    filings: int
    reports: dict[str, int]  # by stage
    not_processed: int
    downloads_waiting: int
    conduct: Conduct
    faults: list[FaultRow]


class ProvinceGiven(TypedDict, total=False):
    """The settings of a province that can be changed."""

    asks_phones: bool
    people: str  # "lead_and_administrator", "administrator"
    hours: int
    compares_password: bool


class ProvinceRow(ProvinceGiven):
    """How a province treats reports."""

    code: Required[str]


class PersonRow(TypedDict):
    """A person on record."""

    name: str
    mobile: str
    id_number: str


class AddressRow(TypedDict):
    """A range of addresses of an access."""

    id: int
    own_id: int | None
    first: str
    last: str


class AccessRow(TypedDict):
    """A provider's access to a site."""

    access_id: int
    isp_id: int
    provider: str
    own_id: int | None
    places: list[int]
    methods: list[int]
    addresses: list[AddressRow]
    ended_at: str | None


class SiteRow(TypedDict):
    """A site on record."""

    number: str
    site_id: int
    domain: str
    name: str
    accesses: list[AccessRow]


class FilingRow(TypedDict):
    """A subject on record with its sites."""

    number: str
    subject_id: int
    province: str
    region: str
    name: str
    nature: int | None
    id_type_code: int
    id_number: str
    address: str
    password: str
    lead: PersonRow
    administrator: PersonRow
    sites: list[SiteRow]


class SiteGiven(TypedDict):
    """A site to put on record; without a number, one is derived from the subject's."""

    domain: str
    name: str
    providers: NotRequired[Sequence[str]]  # other providers, by name
    ours: NotRequired[bool]  # we serve it too
    number: NotRequired[str]


class FilingGiven(TypedDict):
    """A subject to put on record, or to correct."""

    number: str
    province: str
    id_type_code: int
    id_number: str
    password: str
    lead: PersonRow
    administrator: PersonRow
    sites: list[SiteGiven]
    name: NotRequired[str]
    address: NotRequired[str]
    nature: NotRequired[int | None]
    region: NotRequired[str]


class TextRow(TypedDict):
    """A text that was sent; in lists with the report it belongs to."""

    id: int
    role: str
    mobile: str
    tails: list[str]
    code: str
    times: int
    wrong: int
    sent_at: str | None
    confirmed_at: str | None
    report: NotRequired[str]
    domain: NotRequired[str]


class DownloadRow(TypedDict):
    """A file for the provider."""

    name: str
    kind: str
    at: str | None
    report: str | None
    deliveries: int
    acknowledged_at: str | None


class PictureRow(TypedDict):
    """An attachment of a report."""

    purpose: int
    content: str  # base64


class ReportRow(TypedDict):
    """A report; a single one comes with its file, its pictures and the files that answered it."""

    key: str
    sequence: int
    file: str
    kind: str
    operation: int | None
    own_id: int | None
    handle: str
    stage: str
    code: str
    words: str
    at: str | None
    closes_at: str | None
    confirmed_at: str | None
    decided_at: str | None
    domain: str
    site_number: str
    subject_number: str
    access_id: int | None
    body: dict[str, Json]
    texts: list[TextRow]
    xml: NotRequired[str]
    pictures: NotRequired[list[PictureRow]]
    downloads: NotRequired[list[DownloadRow]]


class DecisionGiven(TypedDict):
    """A decision on a report."""

    decision: str
    code: NotRequired[str]
    words: NotRequired[str]


class DecidedRow(TypedDict):
    """The number of reports decided."""

    decided: int


class EntryGiven(TypedDict):
    """A code as it is entered on the ministry's site."""

    mobile: str
    tail: str
    code: str


class EntryRow(TypedDict):
    """The result of an entry, and how many wrong entries are left."""

    state: str
    left: int | None


class NumbersRow(TypedDict):
    """The numbers of the filings put on record."""

    numbers: list[str]


class ClockGiven(TypedDict):
    """How far to put the clock forward."""

    seconds: int


class ClockRow(TypedDict):
    """The authority's time."""

    now: str | None


class BlockGiven(TypedDict):
    """A domain or document number to block or unblock."""

    kind: str
    value: str
    on: NotRequired[bool]


class BlockedRow(TypedDict):
    """An entry of the blacklist."""

    kind: str
    value: str


class FileGiven(TypedDict, total=False):
    """The content of a file nobody asked for, without its kind."""

    number: str
    access_id: int
    level: int
    words: str
    domain: str
    address: str
    xml: str


class PushGiven(FileGiven):
    """A file nobody asked for."""

    kind: str


class ResetGiven(TypedDict, total=False):
    """`world`: also reset the filings on record."""

    world: bool


Row = (
    StatusRow | Conduct | FaultRow | ProvinceRow | FilingRow | TextRow | DownloadRow | ReportRow
    | DecidedRow | EntryRow | NumbersRow | ClockRow | BlockedRow
)  # fmt: skip
Answer = Row | Sequence[Row]
