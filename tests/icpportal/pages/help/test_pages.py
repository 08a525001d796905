"""Help and privacy, in both languages."""

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation
from lxml.html import document_fromstring

from icpportal.pages.help.glossary import GLOSSARY

pytestmark = pytest.mark.urls("tests.icpportal.look_urls")
HAN = re.compile("[\u3400-\u9fff]")
MARKED = re.compile(r'<(\w+)[^>]*lang="zh-Hans"[^>]*>.*?</\1>', re.DOTALL)


@pytest.fixture
def reader():
    return Client()


def english(reader, address):
    return reader.get(address, headers={"accept-language": "en"}).content.decode()


def test_the_glossary_explains_at_least_twenty_words_each_once():
    keys = [word.key for word in GLOSSARY]

    assert len(keys) >= 20
    assert len(set(keys)) == len(keys)
    assert all(HAN.search(word.zh) and not HAN.search(word.en) for word in GLOSSARY)


def test_help_shows_every_word_in_both_languages_with_its_meaning(reader):
    chinese, in_english = reader.get("/help/").content.decode(), english(reader, "/help/")

    for word in GLOSSARY:
        assert f'id="word-{word.key}"' in in_english
        assert f'{html.escape(word.en)} <span lang="zh-Hans">{word.zh}</span>' in in_english
        assert f'{word.zh} <span lang="en">{html.escape(word.en)}</span>' in chinese
        with translation.override("zh-hans"):
            assert str(word.meaning) in chinese


@pytest.mark.urls("icpportal.urls")
@pytest.mark.django_db
@pytest.mark.parametrize(("address", "parts"), [("/help/", 6), ("/rules/", 7)])
def test_a_long_page_lists_its_parts_and_each_of_them_exists(reader, address, parts):
    page = document_fromstring(english(reader, address))

    found = page.xpath("//nav[contains(@class, 'rail contents')]//a/@href")
    assert len(set(found)) >= parts
    assert [part for part in found if not page.xpath(f"//*[@id='{part[1:]}']")] == []


@pytest.mark.parametrize("address", ["/help/", "/privacy/"])
def test_an_english_page_has_no_unmarked_chinese(reader, address):
    body = MARKED.sub("", english(reader, address))

    assert HAN.findall(body) == []


@pytest.mark.parametrize("address", ["/help/", "/privacy/"])
def test_a_chinese_page_is_chinese_and_says_so(reader, address):
    body = reader.get(address).content.decode()

    assert '<html lang="zh-Hans">' in body
    assert len(HAN.findall(body)) > 200


def test_privacy_states_the_periods_of_the_settings(reader, settings):
    settings.DRAFT_KEPT = timedelta(days=41)
    settings.RETURNED_KEPT = timedelta(days=52)
    settings.PASSWORD_DIGEST_KEPT = timedelta(days=63)
    settings.PICTURE_KEY_BACKUP_DAYS = 17

    body = english(reader, "/privacy/")

    assert "A draft: 41 days." in body
    assert "A returned order: 52 days." in body
    assert "or 63 days after it lapsed or was returned" in body
    assert "A deleted picture: 17 days later no backup can show it either." in body
