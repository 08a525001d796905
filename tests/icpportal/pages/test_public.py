"""For search engines: a sentence about each public page, and that all others are not to be indexed."""

import re
from collections import Counter
from pathlib import Path
from urllib.robotparser import RobotFileParser

import pytest
from django.conf import settings as portal_settings
from django.test import Client
from django.urls import reverse
from lxml import html

from icpportal.pages.public import DESCRIPTIONS
from tests.transfers.builders import make_user

pytestmark = pytest.mark.django_db
TEMPLATES = Path(portal_settings.BASE_DIR) / "templates"
TITLE = re.compile(r"{% block title %}(.+?){% endblock %}", re.DOTALL)
# rendered at one address in turn, so that nobody has two of them open
BY_TURNS = {
    "transfers/photo/photo.html": "transfers/photo/photo_app.html",
    "transfers/documents/phone_upload_page.html": "transfers/documents/phone_upload_expired.html",
}


def meta(page: str, name: str) -> list[str]:
    return html.fromstring(page).xpath(f"//meta[@name='{name}']/@content")


def address(name: str) -> str:
    return reverse(name, args=["44"] if name == "rules-province" else [])


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_each_public_page_answers_head_requests(name: str) -> None:
    answer = Client().head(address(name))

    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_each_public_page_has_its_own_description(language: str) -> None:
    pages = {
        name: Client().get(address(name), headers={"accept-language": language}).content.decode()
        for name in DESCRIPTIONS
    }

    said = [sentence for page in pages.values() for sentence in meta(page, "description")]
    assert len(set(said)) == len(pages)
    assert [name for name, page in pages.items() if meta(page, "robots")] == []
    assert not [sentence for sentence in said if "%(" in sentence or not 20 <= len(sentence.encode()) <= 160]


@pytest.mark.parametrize("name", ["dashboard", "account", "notifications", "service-codes"])
def test_private_pages_are_indexed_by_no_search_engine(client: Client, name: str) -> None:
    client.force_login(make_user())

    page = client.get(reverse(name)).content.decode()

    assert meta(page, "robots") == ["noindex"]
    assert meta(page, "description") == []


def test_search_results_in_help_are_not_indexed(client: Client) -> None:
    assert meta(client.get("/help/", {"q": "code"}).content.decode(), "robots") == ["noindex"]


@pytest.mark.parametrize(("demo", "may"), [(False, True), (True, False)])
def test_robots_may_read_only_public_pages_and_nothing_of_a_demo(
    client: Client, settings: pytest.FixtureRequest, demo: bool, may: bool
) -> None:
    settings.DEMO = demo
    rules = RobotFileParser()
    rules.parse(client.get("/robots.txt").content.decode().splitlines())

    assert {rules.can_fetch("*", address(name)) for name in DESCRIPTIONS} == {may}
    assert not any(
        rules.can_fetch("*", path) for path in ("/filings/", "/account/", "/transfers/AB12-CD34/", "/admin/")
    )


def test_no_two_pages_have_the_same_title() -> None:
    titles = {
        path.relative_to(TEMPLATES).as_posix(): title.group(1)
        for path in TEMPLATES.rglob("*.html")
        if (title := TITLE.search(path.read_text("utf-8"))) and "{% translate" in title.group(1)
    }
    counted = Counter(title for path, title in titles.items() if path not in BY_TURNS)

    assert {title: number for title, number in counted.items() if number > 1} == {}
