"""The rules of the 31 provincial authorities as values: `province("44")` returns them, each with its source."""

from filings.provinces.choices import INDIVIDUAL, ORGANISATION, kind_of
from filings.provinces.profiles import (
    PROFILES,
    PROVINCES,
    Profile,
    UnknownProfile,
    UnknownProvince,
    province,
    provinces,
    rule_profile,
)
from filings.provinces.types import MINISTRY_SITE, PaperFacts, PhoneRule, Province

__all__ = [
    "INDIVIDUAL",
    "MINISTRY_SITE",
    "ORGANISATION",
    "PROFILES",
    "PROVINCES",
    "PaperFacts",
    "PhoneRule",
    "Profile",
    "Province",
    "UnknownProfile",
    "UnknownProvince",
    "kind_of",
    "province",
    "provinces",
    "rule_profile",
]
