"""The questions and answers of the help page: the topics of the procedure's further reading, under today's rules."""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from icpportal.pages.help.faq import ANSWERS

pytestmark = pytest.mark.django_db


def help_page(language: str = "en") -> str:
    return Client().get("/help/", headers={"accept-language": language}).content.decode()


def answer(key: str) -> str:
    """One answer as text, without tags."""
    part = help_page().split(f'id="answer-{key}"', 1)[1].split("</div>", 1)[0]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", part)))


@pytest.mark.parametrize("profile", ["seed-2018", "current-2020"])
def test_each_question_is_answered_once_under_every_profile(settings, profile):
    settings.RULE_PROFILE = profile

    shown = re.findall(r'id="answer-([\w-]+)"', help_page())

    asked = dict.fromkeys(each.key for each in ANSWERS)
    assert shown == [key for key in asked if key != "password" or profile == "seed-2018"]


@pytest.mark.parametrize(
    ("key", "words", "page"),
    [
        (
            "other-provider",
            "Only a provider is added; everything else on the filing stays the same. The servers of both",
            "",
        ),
        ("another-website", "In My filings select Transfer another ICP filing", "another"),
        ("old-platform", "My filing was made on HiChina. What do I do first? Import it into this account", "import"),
        ("service-code", "Each server gives five service codes, and each website uses one", "service-codes"),
        ("password", "On the ministry's own site", ""),
        ("uploading", "A colour scan or a photo of the original", "rules"),
        (
            "uploading",
            "A domain certificate, where your province wants one, comes from your domain's",
            "rules",
        ),
        (
            "photo",
            "We post it free of charge to any address in mainland China. Or at a designated place. In Shanghai",
            "rules",
        ),
        ("photo", "must be there in person, in mainland China, and must not wear red or blue", "rules"),
        (
            "phones",
            "Within five minutes the ministry texts a code, in Chinese, to the subject lead and to the",
            "rules",
        ),
        (
            "phones",
            "on the ministry's filing site within 48 hours. If you miss the deadline, the order is returned",
            "rules",
        ),
        ("result", "By email and text message. You can check progress in My filings", "dashboard"),
        ("result", "Once it is approved you may point the domain at our server", "dashboard"),
        ("leaving", "no longer runs on your servers. What do I have to do? To cancel the transfer", "dashboard"),
        ("leaving", "Only the link with us ends; the filing number stays valid. Transfer to your new", "dashboard"),
    ],
)
def test_its_answers_and_links(key, words, page):
    part = help_page().split(f'id="answer-{key}"', 1)[1].split("</div>", 1)[0]

    assert words in answer(key)
    assert re.findall(r'href="([^"]+)"', part) == ([reverse(page)] if page else [])


def test_since_2020_it_mentions_a_white_wall_and_24_hours(settings):
    settings.RULE_PROFILE = "current-2020"

    assert "in front of a plain white wall or at a designated place" in answer("photo")
    assert "backdrop" not in answer("photo")
    assert "website administrator. It is entered on the ministry's filing site within 24 hours" in answer("phones")
