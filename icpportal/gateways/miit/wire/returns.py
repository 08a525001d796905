"""What the string says that every method returns: an XML document inside the SOAP answer, read tolerantly."""

from dataclasses import dataclass, field

from icpportal.gateways.miit.wire.crypto import WireFile


@dataclass(frozen=True)
class Reply:
    """The return code (`msg_code`) and the authority's words, which are for staff."""

    code: int
    words: str = ""


@dataclass(frozen=True)
class UploadReply(Reply):
    """With code 14: the numbers they miss."""

    missing: tuple[int, ...] = ()


@dataclass(frozen=True)
class DownloadReply(Reply):
    """The file that came, whatever the code; `None` when none did."""

    file: WireFile | None = None


@dataclass(frozen=True)
class PreviousReply(Reply):
    """The last accepted upload: number, hash, file name; 0 and nothing when there never was one."""

    sequence: int = 0
    digest: str = ""
    name: str = ""


@dataclass(frozen=True)
class StatusReply(Reply):
    """Filed or not, `None` when the reply does not say; with the numbers it tells."""

    filed: bool | None = None
    subject_number: str = field(default="", repr=False)
    site_name: str = field(default="", repr=False)
    site_number: str = field(default="", repr=False)


@dataclass(frozen=True)
class PasswordReply(Reply):
    """Right or wrong, `None` when the reply does not say."""

    right: bool | None = None
