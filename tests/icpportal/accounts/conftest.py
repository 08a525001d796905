import pytest
from django.core.cache import cache
from django.test import Client

from icpportal.accounts.actions import open_account
from tests.icpportal.codes import letterbox


@pytest.fixture(autouse=True)
def letters(settings):
    """The messages that the pages queue in a test; counters start at zero."""
    settings.MESSENGER = "tests.icpportal.codes.letterbox.tell"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CODE_RESEND_SECONDS = 60
    settings.LANGUAGE_CODE = "en"
    settings.ROOT_URLCONF = "tests.icpportal.accounts.urls"
    settings.LIMITS = {
        **settings.LIMITS,
        "code_destination_hour": (5, 3600),
        "code_destination_day": (10, 86400),
        "code_client_hour": (20, 3600),
    }
    cache.clear()
    letterbox.LETTERS.clear()
    yield letterbox.LETTERS
    cache.clear()


@pytest.fixture
def lin(db):
    """An applicant with a confirmed address and mobile."""
    return open_account(email="lin@example.com", password=PASSWORD, mobile="13900000001", language="en")


@pytest.fixture
def chen(db):
    """Another applicant, whom Lin's actions must never affect."""
    return open_account(email="chen@example.com", password=PASSWORD, mobile="13900000002", language="en")


PASSWORD = "paper-bridge-42"  # noqa: S105 -- invented


@pytest.fixture
def client_factory():
    """Makes additional clients."""
    return Client
