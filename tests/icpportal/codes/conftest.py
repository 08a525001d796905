import pytest

from tests.icpportal.codes import letterbox


@pytest.fixture(autouse=True)
def letters(settings):
    """The messages that codes queue in a test."""
    settings.MESSENGER = "tests.icpportal.codes.letterbox.tell"
    settings.CODE_RESEND_SECONDS = 60
    settings.LIMITS = {
        **settings.LIMITS,
        "code_destination_hour": (5, 3600),
        "code_destination_day": (10, 86400),
        "code_client_hour": (20, 3600),
    }
    letterbox.LETTERS.clear()
    return letterbox.LETTERS
