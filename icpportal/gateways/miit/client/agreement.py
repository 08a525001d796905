"""Whether the ministry and we use the same encryption, tested before the first report is sent.

V3.0 has no call for it. What can be tested without consequences: our own last upload, which the ministry sends back,
and any encrypted download. A new account has neither; then the first upload tells (return codes 6 and 9).
"""

from datetime import datetime
from enum import StrEnum

from django.conf import settings

from icpportal.gateways.miit.client.account import account
from icpportal.gateways.miit.client.crypto import AES, WireFile, unwrap
from icpportal.gateways.miit.documents.types import MalformedDocument
from icpportal.gateways.miit.models import MinistryLine
from icpportal.privacy.blind_index import blind_index


class Agreement(StrEnum):
    """The state of the encryption."""

    OFF = "off"
    NOT_TRIED = "not tried"
    AGREED = "agreed"
    REFUSED = "refused"


def current_agreement(line: MinistryLine) -> Agreement:
    """The result for the present keys."""
    if not settings.MIIT_ENCRYPT:
        return Agreement.OFF
    if line.encryption_tried != _mark():
        return Agreement.NOT_TRIED
    return Agreement.AGREED if line.encryption_agreed_at else Agreement.REFUSED


def tried_on(line: MinistryLine, file: WireFile | None, *, now: datetime) -> Agreement:
    """Tests the keys on one of their files, unless tested before; an unencrypted file tells nothing."""
    found = current_agreement(line)
    if found != Agreement.NOT_TRIED or file is None or file.encrypt_algorithm != AES:
        return found
    try:
        unwrap(file, account().cipher)
    except MalformedDocument:
        _note(line, None)
        return Agreement.REFUSED
    record_agreement(line, now=now)
    return Agreement.AGREED


def record_opened(line: MinistryLine, file: WireFile, *, now: datetime) -> None:
    """Records that one of their downloads could be opened."""
    if file.encrypt_algorithm == AES:
        record_agreement(line, now=now)


def record_agreement(line: MinistryLine, *, now: datetime) -> None:
    """Records once for these keys that they accepted a file of ours, or that one of theirs could be opened."""
    if current_agreement(line) in (Agreement.NOT_TRIED, Agreement.REFUSED):
        _note(line, now)


def _note(line: MinistryLine, agreed_at: datetime | None) -> None:
    line.encryption_tried, line.encryption_agreed_at = _mark(), agreed_at
    tried = {"encryption_tried": line.encryption_tried, "encryption_agreed_at": agreed_at}
    MinistryLine.objects.filter(pk=line.pk).update(**tried)


def _mark() -> str:
    """A digest that identifies the keys."""
    return blind_index("miit.keys", f"{settings.MIIT_AES_KEY}\x1f{settings.MIIT_AES_IV}")
