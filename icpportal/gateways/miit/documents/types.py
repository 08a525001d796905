"""What a document from the authority says, whatever version of the interface wrote it."""

from dataclasses import dataclass, field
from datetime import datetime

from icpportal.gateways.miit.types import FiledRecord, Struck


class NotEncodable(Exception):
    """A document that must not leave: `field` names the part at fault, `code` is the interface's own."""

    def __init__(self, words: str, *, field: str = "", code: str = "") -> None:
        super().__init__(words)
        self.field, self.code = field, code


class MalformedDocument(Exception):
    """A file from the authority that cannot be read; never a reason to stop the queue."""


@dataclass(frozen=True)
class Verdict:
    """One processing code with the authority's words (Jgdm, Dmms)."""

    code: str
    words: str = ""


@dataclass(frozen=True)
class Result:
    """What became of one request: processing codes (Jg_xx) or a human decision (Gjsh), with what says which request.

    `operation` is Czlx; `handle` is Bs or Jlid as it came: an id of ours, an id of theirs or a filing number.
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
    """A file from the authority, read: `kind` is BAJG, BASJ, ZXSJ, JCDM or the name of what is only stored.

    A file that holds several has the kind of the first it understands, and the content of all of them.
    """

    kind: str
    version: str = ""
    results: tuple[Result, ...] = ()
    records: tuple[FiledRecord, ...] = ()
    struck: tuple[Struck, ...] = ()
    codes: tuple[CodeRow, ...] = ()
    remarks: tuple[str, ...] = field(default=())  # what was there and not understood, for staff
