"""Whether the ministry and we encrypt alike, tried before the first report goes.

V3.0 has no question for it. What can be tried without consequences: our own last upload, which the ministry sends back,
and any download that comes encrypted. A new account has neither; then the first upload tells (return codes 6 and 9).
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
    """How it stands with the encryption."""

    OFF = "off"
    NOT_TRIED = "not tried"
    AGREED = "agreed"
    REFUSED = "refused"


def standing(line: MinistryLine) -> Agreement:
    """By what was tried with the keys of today."""
    if not settings.MIIT_ENCRYPT:
        return Agreement.OFF
    if line.encryption_tried != _mark():
        return Agreement.NOT_TRIED
    return Agreement.AGREED if line.encryption_agreed_at else Agreement.REFUSED


def tried_on(line: MinistryLine, file: WireFile | None, *, now: datetime) -> Agreement:
    """Try the keys on a file of theirs, unless they were tried; a file that is not encrypted tells nothing."""
    found = standing(line)
    if found != Agreement.NOT_TRIED or file is None or file.encrypt_algorithm != AES:
        return found
    try:
        unwrap(file, account().cipher)
    except MalformedDocument:
        _note(line, None)
        return Agreement.REFUSED
    agreed(line, now=now)
    return Agreement.AGREED


def opened(line: MinistryLine, file: WireFile, *, now: datetime) -> None:
    """This download of theirs has opened."""
    if file.encrypt_algorithm == AES:
        agreed(line, now=now)


def agreed(line: MinistryLine, *, now: datetime) -> None:
    """They took a file of ours, or one of theirs opened here: noted once for these keys."""
    if standing(line) in (Agreement.NOT_TRIED, Agreement.REFUSED):
        _note(line, now)


def _note(line: MinistryLine, agreed_at: datetime | None) -> None:
    line.encryption_tried, line.encryption_agreed_at = _mark(), agreed_at
    tried = {"encryption_tried": line.encryption_tried, "encryption_agreed_at": agreed_at}
    MinistryLine.objects.filter(pk=line.pk).update(**tried)


def _mark() -> str:
    """Which keys these are, for nobody to guess back."""
    return blind_index("miit.keys", f"{settings.MIIT_AES_KEY}\x1f{settings.MIIT_AES_IV}")
