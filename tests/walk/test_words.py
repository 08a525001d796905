"""Every heading and label of the desk's registers is in the reader's language: lists, rows and forms."""

import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from lxml import html

from icpportal.fields.language_marks import has_han
from tests.walk import world

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
HEADINGS = (
    "//h2[not(.//a)]|//h3|//thead//th|//main//label|//main//button|//caption"
    "|//*[contains(@class, 'fact-label')]|//header//nav//a|//*[contains(@class, 'narrows')]//a"
)
NO_WORDS = {"ID", "IP", "GBK", "CSV", "XLSX"}
# keys shown on a page: a job or an exception as in commands, a file type of the ministry
KEY = re.compile(r"[a-z]+\.[a-z_.]+|[A-Z]{4}|Unreadable")


def _pages(made: world.World, role: str) -> list[str]:
    """The lists of this role, the first row of each, and the forms it can open."""
    found = ["/admin/registers/"]
    for model, shown in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model._base_manager.order_by("pk").first()
        found += [reverse(f"{name}_changelist"), reverse(f"{name}_add")]
        found += [reverse(f"{name}_change", args=[row.pk])] if row is not None else []
        found += [reverse(f"{name}_history", args=[row.pk])] if row is not None and shown.has_history else []
    return found


def _wrong(text: str, language: str) -> bool:
    if language == "en":
        return has_han(text)
    return (
        not has_han(text) and any(sign.isalpha() for sign in text) and text not in NO_WORDS and not KEY.fullmatch(text)
    )


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_heading_or_label_of_the_desk_is_in_the_other_language(language: str, made: world.World) -> None:
    wrong: set[str] = set()
    seen = 0
    for role in ("lead", "operations", "auditor"):
        client = Client()
        client.force_login(made.people[role])
        client.cookies["django_language"] = language
        for url in _pages(made, role):
            answer = client.get(url)
            if answer.status_code != 200:
                continue
            seen += 1
            for element in html.fromstring(answer.content.decode()).xpath(HEADINGS):
                for marked in element.xpath(".//*[@lang]|.//kbd|.//option|.//bdi"):
                    marked.drop_tree()
                text = " ".join(element.text_content().split())
                wrong |= {f"{url}: {text}"} if _wrong(text, language) else set()

    assert seen > 50
    if wrong:
        pytest.fail("\n".join(sorted(wrong)), pytrace=False)
