"""The version of the interface is a setting."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from icpportal.gateways.miit.documents.versions import version


def test_v30_is_used_unless_the_setting_says_otherwise():
    assert version().number == "V.3.0"


def test_an_unknown_version_is_refused_with_the_name_of_the_setting(settings):
    settings.MIIT_VERSION = "V.9.9"

    with pytest.raises(ImproperlyConfigured, match=r"MIIT_VERSION must be one of V\.3\.0"):
        version()
