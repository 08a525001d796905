"""Mainland phone numbers: a mobile as eleven digits, a landline as 086-area code-number."""

import re

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from phonenumbers import PhoneNumberType

from icpportal.fields.text import normalise_number

COUNTRY = "CN"
COUNTRY_CODE = 86
COUNTRY_PREFIX = re.compile(r"^(?:\+86|0086|086|86(?=\d{10}))")
PUNCTUATION = str.maketrans("", "", "().")
BEGINS_MOBILE = re.compile(r"1[3-9]")  # the only area code that begins with 1 is Beijing's, 10
MOBILE = re.compile(r"1[0-9]{10}")
# ranges of virtual operators (虚拟运营商), which the ministry's texts are known not to reach
VIRTUAL_PREFIXES = ("162", "165", "167", "170", "171")


def _national(typed: str) -> str:
    return COUNTRY_PREFIX.sub("", normalise_number(typed).translate(PUNCTUATION))


def _parse(national: str) -> phonenumbers.PhoneNumber | None:
    if not (national.isascii() and national.isdigit()):
        return None
    try:
        number = phonenumbers.parse(national, COUNTRY)
    except phonenumbers.NumberParseException:
        return None
    return number if number.country_code == COUNTRY_CODE and phonenumbers.is_valid_number(number) else None


def mobile(typed: str) -> str:
    """A mainland mobile as eleven digits; spaces, dashes, full-width digits and +86 are accepted."""
    national = _national(typed)
    number = _parse(national) if MOBILE.fullmatch(national) else None
    if number is None or phonenumbers.number_type(number) != PhoneNumberType.MOBILE:
        raise ValidationError(_("Enter an 11-digit mainland mobile number starting with 1"), code="mobile_bad")
    return national


def landline(typed: str) -> str:
    """A mainland landline as "086-0951-5550100"."""
    number = _parse(_national(typed))
    area = phonenumbers.length_of_geographical_area_code(number) if number else 0
    if number is None or not area:
        raise ValidationError(_("Enter the landline as 086-area code-number"), code="landline_bad")
    digits = phonenumbers.national_significant_number(number)
    return f"086-0{digits[:area]}-{digits[area:]}"


def phone(typed: str) -> str:
    """Reads a mobile if it begins like one, whatever its length, otherwise a landline."""
    national = _national(typed)
    is_like_mobile = BEGINS_MOBILE.match(national) or (national.startswith("1") and len(national) == 11)
    return mobile(typed) if is_like_mobile else landline(typed)


def is_mobile(number: str) -> bool:
    """Whether a normalised number is a mobile."""
    return MOBILE.fullmatch(number) is not None


def is_virtual(number: str) -> bool:
    """Whether a mobile belongs to a virtual operator (虚拟运营商)."""
    return number.startswith(VIRTUAL_PREFIXES)


def area_code(number: str) -> str:
    """The area code of a normalised landline: "0951"; "" for a mobile."""
    parts = number.split("-")
    return parts[1] if len(parts) == 3 else ""
