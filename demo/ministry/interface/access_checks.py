"""Who may call, and when: the checks before a method runs, in a fixed order (the real one is not known)."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from demo.ministry.desk import auto_progress
from demo.ministry.files.envelope import password_hash
from demo.ministry.models import Access, Behaviour, Upload
from icpportal.time_format import to_beijing

SHORTEST_SALT = 20
NOT_A_NUMBER = -1


@dataclass(frozen=True)
class Ask:
    """One call to a method."""

    method: str
    arguments: dict[str, str]
    faults: dict[str, str]
    conduct: Behaviour
    moment: datetime

    def text(self, name: str) -> str:
        """An argument, empty when it was not sent."""
        return self.arguments.get(name, "")

    def number(self, name: str) -> int:
        """A numeric argument; `NOT_A_NUMBER` when it is not one."""
        text = self.text(name).strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else NOT_A_NUMBER


def _under_maintenance(ask: Ask) -> int | None:
    if "maintenance" not in ask.faults:
        return None
    return 902 if ask.method == "download" else 901


def _fixed_code(ask: Ask) -> int | None:
    return int(ask.faults["code"]) if "code" in ask.faults else None


def _wrong_user(ask: Ask) -> int | None:
    return None if secrets.compare_digest(ask.text("username").encode(), settings.MIIT_USER.encode()) else 4


def _wrong_provider(ask: Ask) -> int | None:
    isp_id = ask.number("ispid")
    if isp_id == settings.MIIT_ISP_ID:
        return None
    return 13 if Access.objects.filter(isp_id=isp_id).exists() else 12


def _short_salt(ask: Ask) -> int | None:
    return 16 if len(ask.text("randval")) < SHORTEST_SALT else None


def _wrong_hash_algorithm(ask: Ask) -> int | None:
    return None if ask.number("hashalgorithm") == 0 else 10


def _wrong_password(ask: Ask) -> int | None:
    expected = password_hash(settings.MIIT_PASSWORD, ask.text("randval"))
    return None if secrets.compare_digest(ask.text("pwdhash").strip().encode(), expected.encode()) else 5


def _not_permitted(ask: Ask) -> int | None:
    return None if ask.conduct.permitted else 19


def _outside_hours(ask: Ask) -> int | None:
    return None if within_hours(ask.conduct, ask.moment) else 20


def within_hours(conduct: Behaviour, moment: datetime) -> bool:
    """Whether reports are accepted now; hours may span midnight, and end before their last minute."""
    if not (conduct.opens and conduct.closes):
        return True
    clock = f"{to_beijing(moment):%H:%M}"
    if conduct.opens <= conduct.closes:
        return conduct.opens <= clock < conduct.closes
    return clock >= conduct.opens or clock < conduct.closes


def _too_many_pending(ask: Ask) -> int | None:
    if not ask.conduct.pending_limit:
        return None
    auto_progress.settle()
    waiting = Upload.objects.filter(processed_at__isnull=True).count()
    return 15 if waiting >= ask.conduct.pending_limit else None


def _wrong_encryption(ask: Ask) -> int | None:
    return None if ask.number("encryptalgorithm") in (0, 1) else 9


def _wrong_compression(ask: Ask) -> int | None:
    return None if ask.number("compressionformat") == 0 else 11


CHECKS: tuple[Callable[[Ask], int | None], ...] = (
    _under_maintenance,
    _fixed_code,
    _wrong_user,
    _wrong_provider,
    _short_salt,
    _wrong_hash_algorithm,
    _wrong_password,
)
UPLOAD_CHECKS: tuple[Callable[[Ask], int | None], ...] = (
    _not_permitted,
    _outside_hours,
    _too_many_pending,
    _wrong_encryption,
    _wrong_compression,
)


def refusal(ask: Ask) -> int | None:
    """The return code of the first failed check."""
    checks = (*CHECKS, *UPLOAD_CHECKS) if ask.method == "upload" else CHECKS
    return next((code for check in checks if (code := check(ask)) is not None), None)
