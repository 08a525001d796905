"""System checks: the rule profile exists, the lifecycles of imports and claims are complete."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error

from filings.legacy_import.lifecycle import CLAIM_TABLE, IMPORT_TABLE
from filings.legacy_import.state_labels import CLAIM_SENTENCES, IMPORT_SENTENCES
from filings.models import legacy_states as states
from filings.provinces import PROFILES
from icpportal.lifecycle.system_check import check_table
from icpportal.outbox.texts import catalogue


def rule_profile_exists(**_: Sequence[AppConfig] | Sequence[str] | None) -> list[CheckMessage]:
    """Reports an error when `RULE_PROFILE` names no profile."""
    if settings.RULE_PROFILE in PROFILES:
        return []
    return [
        Error(
            f"RULE_PROFILE is “{settings.RULE_PROFILE}”, and there is no such rule profile",
            hint=f"Set RULE_PROFILE to one of {', '.join(PROFILES)}",
            id="filings.E001",
        )
    ]


def legacy_lives(**_: Sequence[AppConfig] | Sequence[str] | None) -> list[CheckMessage]:
    """Reports what the lifecycle tables of imports and claims lack."""
    lookups = {"has_message": catalogue.has}
    return [
        *check_table(IMPORT_TABLE, name="imports", sentences=IMPORT_SENTENCES, initial=states.PROVED, **lookups),
        *check_table(CLAIM_TABLE, name="claims", sentences=CLAIM_SENTENCES, initial=states.OPEN, **lookups),
    ]
