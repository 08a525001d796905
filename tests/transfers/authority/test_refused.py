"""Every refusal of `refused.py` is shown in words: walked in Chinese, with sentences found by their English.

A page that shows the Chinese of a sentence shows the sentence itself in English; that each has its Chinese, and no two
the same, is for `test_translations.py`.
"""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext, ngettext

from icpportal.gateways.dns.fake import FakeResolver
from tests.transfers.refused import CASES, World

pytestmark = pytest.mark.django_db
BY_NUMBER = {
    "You can resend in %(n)s seconds": "You can resend in %(n)s second",
    "The code is wrong. %(n)s attempts left": "The code is wrong. %(n)s attempt left",
}


def visible(answer: Any) -> str:
    """A page as text, without markup and line ends."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", answer.content.decode())))


def pattern(words: str) -> str:
    """The sentence in the current language, with any placeholders."""
    said = ngettext(BY_NUMBER[words], words, 4) if words in BY_NUMBER else gettext(words)
    return re.sub(r"%\\\((\w+)\\\)s", ".+?", re.escape(said).replace(r"\ ", " "))


@pytest.mark.parametrize("name", CASES)
def test_a_refusal_is_shown_in_words(name: str, settings: Any, servers: Any, ministry: Any) -> None:
    settings.DNS_GATEWAY = "icpportal.gateways.dns.fake.FakeResolver"
    FakeResolver.names = {}
    client = Client()
    client.cookies["django_language"] = "zh-hans"
    act, words = CASES[name]

    answer = act(World(client, settings, servers, ministry))

    assert answer.status_code < 500
    with translation.override("zh-hans"):
        assert re.search(pattern(words), visible(answer)), (pattern(words), visible(answer))
