"""The six methods of the ministry's interface, called in its terms and answered in ours."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from icpportal.gateways.errors import Retryable
from icpportal.gateways.miit.client import account as accounts
from icpportal.gateways.miit.client import returns, wsdl
from icpportal.gateways.miit.client.account import Account
from icpportal.gateways.miit.client.crypto import AES, MD5, PLAIN, ZIP, PackedDocument, pwd_hash, rand_val, wrap
from icpportal.gateways.miit.client.returns import (
    DownloadReply,
    PasswordReply,
    PreviousReply,
    Reply,
    StatusReply,
    UploadReply,
)
from icpportal.gateways.miit.client.transport import FILE_LARGEST, Call, ask
from icpportal.gateways.request_budget import seconds_for

__all__ = ["DownloadReply", "Ministry", "PasswordReply", "PreviousReply", "Reply", "StatusReply", "UploadReply"]

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer", bound=Reply)


class Ministry:
    """The ministry's interface for one account. Every method raises only `Retryable`; the reply carries the code."""

    def __init__(self, account: Account | None = None) -> None:
        self.account = account or accounts.account()

    def upload(self, packed: PackedDocument, sequence: int, *, timeout: float | None = None) -> UploadReply:
        """Uploads one numbered file. After `Retryable` it is unknown whether it arrived: call `previous_upload`."""
        cipher = self.account.cipher if self.account.encrypt else None
        what = (wrap(packed.body, cipher=cipher), packed.digest, sequence, AES if cipher else PLAIN, MD5, ZIP)
        call = self._file_call("isp_upload", *self._who(), *what)
        return self._call(_within(call, timeout), returns.read_upload, sequence=sequence)

    def download(self) -> DownloadReply:
        """The oldest file that is ready and not acknowledged."""
        return self._call(self._file_call("isp_download", *self._who(), MD5), returns.read_download)

    def acknowledge(self, name: str) -> Reply:
        """Tells them that this file is safely stored: it must not be delivered again."""
        return self._call(self._file_call("isp_downloadack", *self._who(), MD5, name), returns.read_reply)

    def previous_upload(self, *, timeout: float | None = None) -> PreviousReply:
        """The last file they accepted, with its content, so it may take as long as a download."""
        call = self._file_call("isp_querypreviousupload", *self._who(), MD5)
        return self._call(_within(call, timeout), returns.previous)

    def status(self, condition_type: int, condition: str, *, timeout: float | None = None) -> StatusReply:
        """Whether this domain (type 0) or the holder of this document (1 to 11) is on file."""
        arguments = (*self._who(), MD5, condition_type, condition)
        call = Call(self.account.status, "isp_querybeianstatus", arguments, seconds_for(timeout))
        return self._call(call, lambda text: returns.status(text, condition))

    def verify_password(self, number: str, password: str, *, timeout: float | None = None) -> PasswordReply:
        """Whether this is the filing password of the subject number; sent as typed, as the interface requires."""
        arguments = (*self._who(), MD5, number, password)
        call = Call(self.account.filing_password, "isp_verifybamm", arguments, seconds_for(timeout))
        return self._call(call, returns.read_password)

    def _who(self) -> tuple[int, str, str, str]:
        salt = rand_val()
        return self.account.isp_id, self.account.user, salt, pwd_hash(self.account.password, salt)

    def _file_call(self, method: str, *arguments: wsdl.Argument) -> Call:
        return Call(self.account.files, method, arguments, self.account.files_seconds, FILE_LARGEST)

    def _call(self, call: Call, read: Callable[[str], Answer], **noted: int) -> Answer:
        """Makes the call and reads the reply; writes one log line with the method and figures only."""
        began = time.monotonic()
        try:
            reply = read(ask(self.account, call))
        except Retryable as problem:
            noted_trouble = {**_log_facts(call, began), **noted, "reason": str(problem)}
            logger.warning("ministry did not answer", extra=noted_trouble)
            raise
        logger.info("ministry answered", extra={**_log_facts(call, began), **noted, "code": reply.code})
        return reply


def _within(call: Call, timeout: float | None) -> Call:
    return call if timeout is None else replace(call, seconds=min(timeout, call.seconds))


def _log_facts(call: Call, began: float) -> dict[str, str | int]:
    return {"method": call.method, "milliseconds": round((time.monotonic() - began) * 1000)}
