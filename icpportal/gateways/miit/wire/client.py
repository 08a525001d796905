"""The six methods of the ministry's interface, asked in its words and answered in ours."""

from icpportal.gateways.miit.wire.account import Account
from icpportal.gateways.miit.wire.crypto import Packed
from icpportal.gateways.miit.wire.returns import (
    DownloadReply,
    PasswordReply,
    PreviousReply,
    Reply,
    StatusReply,
    UploadReply,
)

__all__ = ["DownloadReply", "Ministry", "PasswordReply", "PreviousReply", "Reply", "StatusReply", "UploadReply"]


class Ministry:
    """The ministry's interface for one account. Every method raises only `Retryable`; the reply carries the code."""

    def __init__(self, account: Account | None = None) -> None:
        raise NotImplementedError

    def upload(self, packed: Packed, sequence: int) -> UploadReply:
        """Hands over one numbered file."""
        raise NotImplementedError

    def download(self) -> DownloadReply:
        """The oldest file that waits for us and was not acknowledged."""
        raise NotImplementedError

    def acknowledge(self, name: str) -> Reply:
        """This file is safe with us: do not deliver it again."""
        raise NotImplementedError

    def previous_upload(self) -> PreviousReply:
        """The last file they accepted."""
        raise NotImplementedError

    def status(self, condition_type: int, condition: str, *, timeout: float | None = None) -> StatusReply:
        """Is this domain (0) or certificate (1 to 11) on file?"""
        raise NotImplementedError

    def verify_password(self, number: str, password: str, *, timeout: float | None = None) -> PasswordReply:
        """Is this the filing password of the subject number?"""
        raise NotImplementedError
