"""Every mail follows the known limits of Outlook, Apple Mail and QQ Mail."""

import pytest

from icpportal.outbox.texts.catalogue import render
from tests.icpportal.outbox.texts.mail_rules import faults
from tests.icpportal.outbox.texts.test_catalogue import CODES, EVENTS, LANGUAGES, LONGEST, NAMED_IN, ORDER_URL

BASE = "https://beian.example.com"
LANG = {"zh": "zh-Hans", "en": "en"}


@pytest.fixture(autouse=True)
def base(settings):
    settings.PUBLIC_BASE_URL = BASE


def mail(name: str, language: str, **words: object) -> str:
    return render(name, "email", language, {**LONGEST, "url": ORDER_URL, **words}).html


@pytest.mark.parametrize("folder", LANGUAGES)
@pytest.mark.parametrize(
    ("account", "names", "buttons"), [("", EVENTS, 1), ("", CODES, 0), (NAMED_IN, EVENTS + CODES, 0)]
)
def test_every_mail_keeps_to_the_rules_of_mail_programs(folder: str, account: str, names: list[str], buttons: int):
    mails = {name: mail(name, LANGUAGES[folder], reason="<b>&" * 50, account=account) for name in names}
    found = {name: faults(html, base=f"{BASE}/", lang=LANG[folder], buttons=buttons) for name, html in mails.items()}

    assert {name: each for name, each in found.items() if each} == {}


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ('role="presentation" ', "", "a table without role=presentation"),
        ('width="100%" ', "", "a table without width"),
        (' bgcolor="#ffffff"', "", "<td> names its ground once"),
        ("margin:0 0 12px;", "float:left;", "<h1> with float:"),
        ("border-radius:3px;", "background-image:url(https://beian.example.com/a.png);", "<td> with url("),
        ('href="https://beian.example.com/messages', 'href="/messages', "a link to /messages/settings/"),
        ("@media (max-width: 620px) {", ".m-pad { padding: 0 } @media (max-width: 620px) {", "the head styles more"),
        ('<td class="m-btn"', '<td class="m-btn" align="left" style=""></td><td class="m-btn"', "2 buttons"),
        ('<html lang="en">', "<html>", "in no language"),
        ("</h1>", "</h1><img src='https://beian.example.com/a.png'>", "<img>"),
        ("</body></html>", f"<p style='font:a;color:b'>{'x' * 110_000}</p></body></html>", "over 100 KB"),
        ("</h1>", "", "closes something else"),
    ],
)
def test_a_mail_that_breaks_a_rule_is_noticed(right: str, wrong: str, fault: str):
    good = mail("order_returned", "en")
    broken = good.replace(right, wrong, 1)

    assert right in good
    assert fault in " · ".join(faults(broken, base=f"{BASE}/", lang="en", buttons=1))
