"""What must be right before the portal starts: the rule profile of the setting exists."""

from django.conf import settings
from django.core.checks import CheckMessage, Error

from filings.provinces import PROFILES


def rule_profile_exists(**_: object) -> list[CheckMessage]:
    """An error when `RULE_PROFILE` names no profile."""
    if settings.RULE_PROFILE in PROFILES:
        return []
    return [
        Error(
            f"RULE_PROFILE is “{settings.RULE_PROFILE}”, and there is no such rule profile",
            hint=f"Set RULE_PROFILE to one of {', '.join(PROFILES)}",
            id="filings.E001",
        )
    ]
