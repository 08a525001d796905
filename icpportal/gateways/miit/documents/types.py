"""The content of a document from the authority, independent of the interface version."""

from dataclasses import dataclass, field
from datetime import datetime

from icpportal.gateways.miit.types import FiledRecord, StruckRecord

# remarks about rows of a download that are skipped, because they do not say what they are about
NO_SUBJECT_ID, NO_SITE_ID, NO_ACCESS_ID = "Baxx without Ztid", "Wz_xx without Wzid", "Jr_xx without Jrid"
NO_STRUCK_ID = "Zxxx without Zxlb or Jlid"
SKIPPED_ROWS = (NO_SUBJECT_ID, NO_SITE_ID, NO_ACCESS_ID, NO_STRUCK_ID)


class NotEncodable(Exception):
    """A document that must not be sent: `field` names the part at fault, `code` is the interface's own."""

    def __init__(self, words: str, *, field: str = "", code: str = "") -> None:
        super().__init__(words)
        self.field, self.code = field, code


class MalformedDocument(Exception):
    """An unreadable file from the authority; never a reason to stop the queue."""


@dataclass(frozen=True)
class Verdict:
    """One processing code with the authority's words (Jgdm, Dmms)."""

    code: str
    words: str = ""


@dataclass(frozen=True)
class Result:
    """What happened to one request: processing codes (Jg_xx) or a human decision (Gjsh).

    `operation` is Czlx; `handle` is Bs or Jlid as received: an id of ours, an id of theirs or a filing number.
    """

    operation: int | None
    handle: str = ""
    verdicts: tuple[Verdict, ...] = ()
    approved: bool | None = None  # Shjg of a human decision; None for processing codes alone
    opinion: str = ""  # Shyj, the reason of a return
    at: datetime | None = None  # Shsj
    note: str = ""  # Bz


@dataclass(frozen=True)
class CodeRow:
    """One row of a code table (Jcdm_xx)."""

    table: str
    code: int
    name: str
    under: str = ""
    valid: bool = True
    note: str = ""


@dataclass(frozen=True)
class Download:
    """A parsed file from the authority: `kind` is BAJG, BASJ, ZXSJ, JCDM or the name of a kind that is only stored.

    A file with several has the kind of the first one understood, and the content of all.
    """

    kind: str
    version: str = ""
    results: tuple[Result, ...] = ()
    records: tuple[FiledRecord, ...] = ()
    struck: tuple[StruckRecord, ...] = ()
    codes: tuple[CodeRow, ...] = ()
    remarks: tuple[str, ...] = field(default=())  # what was not understood, for staff
