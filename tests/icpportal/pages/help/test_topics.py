"""Help where it is needed: the link of a page to its part of help, and legal words explained on a tap."""

import re
from typing import Any

import pytest
from django.template import engines
from django.test import Client, RequestFactory
from django.urls import resolve, reverse
from django.utils import translation
from lxml import html

from icpportal.pages.help.glossary import BY_KEY, GLOSSARY
from icpportal.pages.help.topics import TOPICS, help_of
from tests.transfers.builders import make_user
from transfers.steps.table import STEPS

pytestmark = pytest.mark.django_db
OUTSIDE_NOTES = "[not(ancestor::*[@popover])]"


def draw(source: str, language: str = "en") -> html.HtmlElement:
    template = engines["django"].from_string("{% load terms %}<div>" + source + "</div>")
    with translation.override(language):
        return html.fromstring(template.render({}, RequestFactory().get("/")))


def test_every_step_of_the_wizard_links_to_an_existing_part_of_help(settings: Any) -> None:
    settings.RULE_PROFILE = "seed-2018"
    there = set(re.findall(r'id="([\w-]+)"', Client().get(reverse("help")).content.decode()))
    steps = {topic.step for topic in TOPICS if topic.step}

    assert {topic.part for topic in TOPICS} <= there
    assert steps == {step.key for step in STEPS}
    assert {word for topic in TOPICS for word in topic.words} <= set(BY_KEY)


def test_the_page_that_is_open_knows_its_part() -> None:
    request = RequestFactory().get("/transfers/AB12-CD34/documents/")
    request.resolver_match = resolve(request.path)

    found = help_of(request)

    assert found is not None
    assert found.url == "/help/#answer-uploading"
    assert [word.zh for word in found.words] == ["真实性核验单", "域名证书"]


def test_a_word_opens_its_meaning_without_script() -> None:
    tree = draw('{% term "service-code" %}')

    button, note = tree.xpath(".//button[@class='term']")[0], tree.xpath(".//*[@popover]")[0]
    assert button.text_content() == "service code"
    assert button.get("popovertarget") == note.get("id")
    assert "Links one website to one of your servers with us" in note.text_content()
    assert note.xpath(".//a/@href") == ["/help/#word-service-code"]


def test_a_word_shows_its_chinese_once_on_an_english_page() -> None:
    tree = draw('{% term "backdrop" %}, {% term "backdrop" %}')

    assert len(tree.xpath(".//button[@class='term']")) == 1
    assert [mark.text_content() for mark in tree.xpath(f".//span[@lang='zh-Hans']{OUTSIDE_NOTES}")] == ["幕布"]
    assert "".join(tree.xpath("./text()")).strip().endswith(", backdrop")


def test_a_chinese_page_has_only_the_chinese_word() -> None:
    tree = draw('{% term "backdrop" %}', "zh-hans")

    assert tree.xpath(".//button[@class='term']")[0].text_content() == "幕布"
    assert tree.xpath(f".//span[@lang]{OUTSIDE_NOTES}") == []


def test_words_keep_their_capitals_in_a_sentence() -> None:
    with translation.override("en"):
        words = {entry.key: entry.in_sentence for entry in GLOSSARY}

    assert (words["filing"], words["subject-lead"]) == ("ICP filing", "subject lead")


def test_a_page_of_the_wizard_ends_with_its_help(client: Client) -> None:
    client.force_login(make_user())

    page = client.get(reverse("verify-type"), headers={"accept-language": "en"})

    tree = html.fromstring(page.content.decode())
    assert tree.xpath("//aside[@class='page-help']//a/@href")[0] == "/help/#answer-filing-type"
