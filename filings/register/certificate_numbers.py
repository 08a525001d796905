"""Checks the number of a document: shape, real date and check digit; never whether its county is listed.

Numbers outlive the counties they name, and some name none: a number with a correct check digit is refused only for a
wrong length, a province that never existed, or a date that never existed. GB 11643 (ID cards), GB 32100 (credit codes),
GB 11714 (organisation codes).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from stdnum.cn import ric, uscc

from filings.register.certificates import Shape, certificate
from filings.register.regions import provinces
from icpportal.fields.text import normalise_number

ID_LENGTH = 18
CREDIT_CODE_LENGTH = 18
LONGEST_OTHER = 32
FIRST_YEAR = 1900
PROVINCES = frozenset(each.code for each in provinces())
# 71 Taiwan, 81 Hong Kong, 82 Macao; 83 are residents from Taiwan with a residence permit
ID_AREAS = PROVINCES | {"71", "81", "82", "83"}
ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
# registering department and kind, six digits of region, nine of the organisation, check digit; no I, O, S, V, Z
CREDIT_CODE = re.compile(r"[1-9A-HJ-NP-RTUWXY][0-9A-HJ-NP-RTUWXY][0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}")
NOT_IN_CREDIT_CODES = re.compile(r"[IOSVZ]")
ORGANISATION_CODE = re.compile(r"[0-9A-Z]{8}[0-9X]")
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
PASSPORT = re.compile(r"[A-Z0-9]{5,17}")
PERMIT_HK_MACAO = re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?")
PERMIT_TAIWAN = re.compile(r"[0-9]{8}|[A-Z]?[0-9]{10}(?:[A-Z]|\([A-Z0-9]{1,3}\))?")
OLD_PERMANENT_RESIDENT = re.compile(r"[A-Z]{3}[0-9]{12}")
UNIT_CODE = re.compile(r"[0-9]{4,6}(?:部队)?")
OTHER = re.compile(rf"\S{{2,{LONGEST_OTHER}}}")
DATED = (Shape.ID_CARD, Shape.RESIDENCE_HK_MACAO, Shape.RESIDENCE_TAIWAN, Shape.PERMANENT_RESIDENT)


@dataclass(frozen=True)
class Sentence:
    """What a check says: `key` is that of the message catalogue, `text` is translated and says what to do."""

    key: str
    text: str


Verdict = Sentence | None

CHOOSE = _("Choose the type of document")

# everything that can be wrong with a number, with its sentence
FAULTS: Mapping[str, Promise] = {
    "idcard_len": _("An ID card number has 18 characters: check it and enter it again"),
    "idcard_area": _("This kind of document does not start with these digits: check the number"),
    "idcard_date": _("The date of birth in the number is not a real date: check it"),
    "idcard_check": _("The last digit is wrong: compare it digit by digit"),
    "uscc_len": _("A unified social credit code has 18 characters: check it and enter it again"),
    "uscc_letter": _("A credit code has no I, O, S, V or Z: compare with the licence"),
    "uscc_check": _("The credit code's check digit is wrong: compare it with the licence"),
    "orgcode_len": _("An organisation code has 9 characters: check it and enter it again"),
    "orgcode_check": _("The last character is wrong: compare it with the certificate"),
    "passport_bad": _("A passport number has 5 to 17 letters or digits"),
    "permit_hk_bad": _("The permit number is H or M and 8 digits: check it and enter it again"),
    "permit_tw_bad": _("The permit number has 8 digits: check it and enter it again"),
    "unit_code_bad": _("A military unit code has 4 to 6 digits: check it and enter it again"),
    "number_length": _("Copy the number from the document, 2 to 32 characters"),
}


def _fault(key: str) -> Sentence:
    return Sentence(key, str(FAULTS[key]))


def regular(typed: str) -> str:
    """A document's number in its stored form: half width, no spaces or dashes, capitals."""
    return normalise_number(typed).upper()


def fault(certificate_key: str | int, number: str, *, today: date | None = None) -> Verdict:
    """What is wrong with a regular number for this type of document; None when nothing is."""
    kind = certificate(certificate_key)
    if kind is None:
        return Sentence("choose", str(CHOOSE))
    return SHAPES[kind.shape](number, today or timezone.localdate())


def birth_date(certificate_key: str | int, number: str) -> date | None:
    """The birth date in the number; None for a document that has none."""
    kind = certificate(certificate_key)
    if kind is None or kind.shape not in DATED or not ID_NUMBER.fullmatch(number):
        return None
    return _date_inside(number)


def age_on(born: date, day: date) -> int:
    """Full years on that day; a person born on 29 February turns a year older on 1 March of a short year."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def id_province(certificate_key: str | int, number: str) -> str:
    """The province that first issued an ID card ("64"); "" for any other document."""
    kind = certificate(certificate_key)
    return number[:2] if kind is not None and kind.shape is Shape.ID_CARD and number[:2] in PROVINCES else ""


def _date_inside(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def _like_id_card(number: str, today: date, fits: Callable[[str], bool]) -> Verdict:
    if len(number) != ID_LENGTH:
        return _fault("idcard_len")
    if not ID_NUMBER.fullmatch(number):
        return _fault("idcard_check")
    if not fits(number):
        return _fault("idcard_area")
    born = _date_inside(number)
    if born is None or born.year < FIRST_YEAR or born > today:
        return _fault("idcard_date")
    if ric.calc_check_digit(number) != number[-1]:
        return _fault("idcard_check")
    return None


def id_card(number: str, today: date) -> Verdict:
    """Resident ID card (居民身份证), 18 characters."""
    return _like_id_card(number, today, lambda it: it[:2] in ID_AREAS)


def residence_hk_macao(number: str, today: date) -> Verdict:
    """Residence permit of people from Hong Kong (81…) and Macao (82…)."""
    return _like_id_card(number, today, lambda it: it[:2] in ("81", "82"))


def residence_taiwan(number: str, today: date) -> Verdict:
    """Residence permit of people from Taiwan (83…)."""
    return _like_id_card(number, today, lambda it: it[:2] == "83")


def permanent_resident(number: str, today: date) -> Verdict:
    """Foreign permanent resident ID card: 9… with 18 characters since 2023, three letters and 12 digits before."""
    if OLD_PERMANENT_RESIDENT.fullmatch(number):
        return None
    return _like_id_card(number, today, lambda it: it[0] == "9")


def credit_code(number: str, today: date) -> Verdict:  # noqa: ARG001 -- one signature for all shapes
    """Unified social credit code (统一社会信用代码), 18 characters; N… and Y… registrations count like 9…."""
    if len(number) != CREDIT_CODE_LENGTH:
        return _fault("uscc_len")
    if NOT_IN_CREDIT_CODES.search(number):
        return _fault("uscc_letter")
    if not CREDIT_CODE.fullmatch(number) or uscc.calc_check_digit(number) != number[-1]:
        return _fault("uscc_check")
    return None


def organisation_check_digit(first_eight: str) -> str:
    """The check digit of an organisation code (GB 11714)."""
    total = sum(int(char, 36) * weight for char, weight in zip(first_eight, ORGANISATION_WEIGHTS, strict=True))
    rest = 11 - total % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def organisation_code(number: str, today: date) -> Verdict:
    """Organisation code (组织机构代码), 9 characters; or the credit code that replaced it."""
    if len(number) == CREDIT_CODE_LENGTH:
        return credit_code(number, today)
    if not ORGANISATION_CODE.fullmatch(number):
        return _fault("orgcode_len")
    if organisation_check_digit(number[:8]) != number[-1]:
        return _fault("orgcode_check")
    return None


def _by_pattern(pattern: re.Pattern[str], key: str) -> Callable[[str, date], Verdict]:
    def judge(number: str, today: date) -> Verdict:  # noqa: ARG001 -- one signature for all shapes
        return None if pattern.fullmatch(number) else _fault(key)

    return judge


SHAPES: dict[Shape, Callable[[str, date], Verdict]] = {
    Shape.ID_CARD: id_card,
    Shape.RESIDENCE_HK_MACAO: residence_hk_macao,
    Shape.RESIDENCE_TAIWAN: residence_taiwan,
    Shape.PERMANENT_RESIDENT: permanent_resident,
    Shape.CREDIT_CODE: credit_code,
    Shape.ORGANISATION_CODE: organisation_code,
    Shape.PASSPORT: _by_pattern(PASSPORT, "passport_bad"),
    Shape.PERMIT_HK_MACAO: _by_pattern(PERMIT_HK_MACAO, "permit_hk_bad"),
    Shape.PERMIT_TAIWAN: _by_pattern(PERMIT_TAIWAN, "permit_tw_bad"),
    Shape.UNIT_CODE: _by_pattern(UNIT_CODE, "unit_code_bad"),
    Shape.OTHER: _by_pattern(OTHER, "number_length"),
}
