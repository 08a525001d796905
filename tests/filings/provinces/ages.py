"""The age that a province requires of everybody."""

from filings.provinces import Province
from filings.provinces.types import AgeRule


def min_age(province: Province) -> int | None:
    """Without exceptions; None when there is none, or when it depends on the person."""
    return max((rule.years for rule in province.ages if rule == AgeRule(rule.years)), default=None)
