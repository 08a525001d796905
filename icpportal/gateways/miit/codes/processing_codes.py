"""The meaning of a result with one or several processing codes (Jgdm): whose turn it is, the text, the opened parts.

Several codes of one answer are one text, separated by spaces. The rows are in `processing_table.py`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from icpportal.gateways.miit.codes.processing_table import (
    APPROVED,
    CODES,
    EVERYTHING,
    FILING_GONE,
    OTHER,
    REJECTED,
    UNKNOWN,
    Code,
    Fault,
)
from icpportal.gateways.miit.types import ReportKind

__all__ = [
    "APPROVED",
    "CODES",
    "EVERYTHING",
    "OTHER",
    "REJECTED",
    "UNKNOWN",
    "Code",
    "Fault",
    "Judgement",
    "applicants_codes",
    "code_of",
    "filing_is_gone",
    "in_review",
    "is_of_phones",
    "judge",
    "opened_by",
    "plain_words",
]

# what makes a clause of a refusal one about phones, one that says they were verified, or one that gives no other reason
CLAUSES = re.compile("[，,；;。.：:、！!?？（）()\\s]+|且|以及|同时")
VERIFIED = "(?:核验|验证|校验|认证)"
OF_PHONES = re.compile(f"短信.*{VERIFIED}|{VERIFIED}.*短信|验证码")
NOT_FAILED = re.compile(f"(?<![未没不有])(?:已|{VERIFIED})(?:通过|完成|成功)")
NO_REASON = re.compile(
    r"手机|时限|规定时间|小时|超时|逾期|^\d+$|您好|^(?:予以)?(?:退回|驳回)(?:原因)?$|^(?:管局)?审核(?:拒绝|不通过|未通过)$"
    r"|^请?.{0,2}?后?重新(?:提交|上报|报备|核验|验证)"
)


def code_of(code: str, kind: str = ReportKind.ACCESS) -> Code:
    """The meaning of the code for a report of this kind; without a code there are only the authority's words."""
    row = CODES.get(code, UNKNOWN) if code else OTHER
    if kind != ReportKind.CANCELLATION:
        return row
    return row.ending or replace(row, opens=())


def plain_words(codes: str, kind: str = ReportKind.ACCESS) -> dict[str, str]:
    """One or several codes in plain words, per language."""
    rows = [code_of(code, kind) for code in codes.split() or [""]]
    return {
        "zh": "；".join(dict.fromkeys(row.zh for row in rows)),
        "en": "; ".join(dict.fromkeys(row.en for row in rows)),
    }


def applicants_codes(codes: str) -> list[tuple[str, Code]]:
    """The codes of a refused access that ask something of the applicant; one that asks for anything if none does."""
    rows = [(code, code_of(code)) for code in codes.split() if code_of(code).fault == Fault.APPLICANT]
    return rows or [("", OTHER)]


def opened_by(codes: str) -> tuple[str, ...]:
    """The parts opened by the codes of a refused access, possibly none; everything if no code is the applicant's."""
    return tuple(dict.fromkeys(part for _code, row in applicants_codes(codes) for part in row.opens))


def filing_is_gone(codes: str) -> bool:
    """Whether a code about a cancellation says that the filing itself is off record, not only our access."""
    return not FILING_GONE.isdisjoint(codes.split())


def in_review(codes: str, kind: str = ReportKind.ACCESS) -> str:
    """The first code that waits for another decision of the authority; "" when none does."""
    return next((code for code in codes.split() if code_of(code, kind).in_review), "")


def is_of_phones(codes: str, words: str) -> bool:
    """Whether a refusal says that the phone verification failed: no code with a reason, and words about nothing else.

    The interface has no code for it (docs/sources.md#how-a-failed-phone-verification-is-reported).
    """
    if not set(codes.split()) <= {REJECTED} or NOT_FAILED.search(words):
        return False
    clauses = [clause for clause in CLAUSES.split(words) if clause]
    failed = [clause for clause in clauses if OF_PHONES.search(clause)]
    return bool(failed) and all(NO_REASON.search(clause) for clause in clauses if clause not in failed)


@dataclass(frozen=True)
class Judgement:
    """The gravest fault among the codes of a result, with its codes."""

    fault: Fault
    codes: tuple[str, ...]


def judge(codes: Iterable[str], kind: str = ReportKind.ACCESS) -> Judgement:
    """Whose fault a result with these codes is: the provider's first, then gone, the applicant's, nobody's, success.

    A rejection with a reason names no part of its own: the reason alone says what is open.
    """
    given = tuple(dict.fromkeys(codes))
    by_fault = {fault: tuple(code for code in given if code_of(code, kind).fault == fault) for fault in Fault}
    fault = next(fault for fault in Fault if by_fault[fault])
    reasons = tuple(code for code in by_fault[fault] if code != REJECTED)
    return Judgement(fault, reasons or by_fault[fault])
