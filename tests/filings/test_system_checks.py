"""The portal refuses to start when the setting names unknown rules."""

import pytest
from django.core import checks

from filings.system_checks import rule_profile_exists


@pytest.mark.parametrize("name", ["seed-2018", "current-2020"])
def test_an_existing_profile_is_accepted(settings, name):
    settings.RULE_PROFILE = name

    assert rule_profile_exists() == []


@pytest.mark.parametrize("name", ["", "seed", "current-2021"])
def test_an_unknown_profile_prevents_the_start(settings, name):
    settings.RULE_PROFILE = name

    [found] = rule_profile_exists()

    assert found.id == "filings.E001"
    assert found.level == checks.ERROR
    assert found.msg == f"RULE_PROFILE is “{name}”, and there is no such rule profile"
    assert found.hint == "Set RULE_PROFILE to one of seed-2018, current-2020"


def test_the_check_is_registered(settings):
    settings.RULE_PROFILE = "nonsense"

    assert "filings.E001" in [found.id for found in checks.run_checks()]
