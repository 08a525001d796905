"""Search in help: what is found in both languages, what is marked, and the text when nothing is found."""

import pytest
from django.test import Client
from lxml import html

from icpportal.pages.help.search import Part, find, mark_terms

pytestmark = pytest.mark.urls("tests.icpportal.look_urls")


def search_help(asked: str, language: str = "en") -> html.HtmlElement:
    body = Client().get("/help/", {"q": asked}, headers={"accept-language": language}).content.decode()
    return html.fromstring(body)


def anchors(tree: html.HtmlElement) -> list[str]:
    return [link.get("href") for link in tree.xpath("//main//li/h3/a")]


def marks(tree: html.HtmlElement) -> set[str]:
    return {mark.text_content() for mark in tree.xpath("//main//mark")}


@pytest.mark.parametrize(
    ("language", "asked", "part"),
    [
        ("en", "five service codes", "/help/#answer-service-code"),
        ("en", "备案密码", "/help/#word-filing-password"),
        ("en", "resubmit unchanged", "/help/#limits"),
        ("en", "three working days", "/help/#call"),
        ("zh-hans", "幕布", "/help/#word-backdrop"),
        ("zh-hans", "PUBLIC-SECURITY", "/help/#word-public-security"),
        ("en", "Ｐａｓｓword", "/help/#answer-password"),
        ("zh-hans", "备案密码忘了怎么办", "/help/#answer-password"),
    ],
)
def test_a_word_of_either_language_finds_the_part_that_contains_it(language: str, asked: str, part: str) -> None:
    assert part in anchors(search_help(asked, language))


def test_the_search_words_are_marked_and_stay_in_the_field() -> None:
    tree = search_help("Password")

    assert marks(tree) == {"password"}
    assert tree.get_element_by_id("help-search").get("value") == "Password"
    assert not tree.xpath("//section[@id='glossary']")


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Help has nothing about “zebra”"), ("zh-hans", "帮助中没有与“zebra”有关的内容")],
)
def test_a_search_that_finds_nothing_says_so_and_links_to_all_of_help(language: str, words: str) -> None:
    tree = search_help("zebra", language)

    assert words in tree.find(".//main").text_content()
    assert "/help/" in [link.get("href") for link in tree.xpath("//main//a")]


@pytest.mark.parametrize("words", ["网站备案", "备字备字"], ids=["found", "not found"])
def test_chinese_words_that_were_asked_for_are_marked_on_an_english_page(words: str) -> None:
    (asked,) = search_help(words, "en").xpath("//h2[@id='found']/span[@lang='zh-Hans']")

    assert asked.text_content() == words


def test_an_empty_search_shows_all_of_help() -> None:
    assert search_help("  ").xpath("//section[@id='glossary']")


def test_input_is_treated_as_words_and_neither_as_pattern_nor_as_markup() -> None:
    tree = search_help("<b>.*")

    assert "Help has nothing about “<b>.*”" in tree.find(".//main").text_content()
    assert not tree.xpath("//main//b")


def test_parts_with_all_words_come_before_parts_with_some() -> None:
    both, one = Part("both", "Filing password", "for each number"), Part("one", "Filing", "a record")

    assert [hit.anchor for hit in find("filing number", [one, both])] == ["both"]
    assert [hit.anchor for hit in find("filing zebra", [one, both])] == ["one", "both"]


def test_the_longest_of_two_overlapping_words_is_marked() -> None:
    assert mark_terms("service codes", ["service", "service codes"]) == "<mark>service codes</mark>"
