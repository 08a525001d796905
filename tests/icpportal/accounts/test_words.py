import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from icpportal.accounts import roles
from icpportal.accounts.actions import open_account
from icpportal.accounts.sign_in import second_factor
from icpportal.fields.language_marks import has_han
from tests.icpportal.accounts.conftest import PASSWORD
from tests.icpportal.codes.letterbox import codes_to

pytestmark = pytest.mark.django_db

SIGNED_OUT = ["account_login", "account_signup", "account_reset_password", "account_inactive", "terms"]
SIGNED_IN = [
    "account",
    "account_logout",
    "account_step_up",
    "account_reauthenticate",
    "account_change_password",
    "usersessions_list",
    "mfa_index",
]
PROVED = ["account_email", "account_mobile", "mfa_activate_totp"]
VOID = {"br", "input", "img", "link", "meta", "hr", "path", "use", "rect"}


class Marks(HTMLParser):
    """Chinese words without a language mark, and the words of `<main>`."""

    def __init__(self):
        super().__init__()
        self.langs, self.unmarked, self.main, self.inside = [], [], [], False

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag not in VOID:
            self.langs.append(told.get("lang") or (self.langs[-1] if self.langs else ""))
        self.inside = self.inside or tag == "main"
        for name in ("placeholder", "title", "aria-label", "alt", "value"):
            self.judge(told.get(name) or "")

    def handle_endtag(self, tag):
        if tag not in VOID and self.langs:
            self.langs.pop()
        self.inside = self.inside and tag != "main"

    def handle_data(self, data):
        self.judge(data)
        if self.inside and data.strip():
            self.main.append(data.strip())

    def judge(self, text):
        if has_han(text) and not (self.langs and self.langs[-1].startswith("zh")):
            self.unmarked.append(text.strip())


def is_a_sentence(text):
    """Addresses, numbers, an authenticator's key (32 signs of base 32, at times letters alone) and the name of a
    language do not count."""
    no_sentence = text == "English" or re.fullmatch("[A-Z2-7]{32}", text)
    return not no_sentence and any(word.isalpha() for word in text.split())


def marks(response):
    assert response.status_code == 200
    reader = Marks()
    reader.feed(response.content.decode())
    return reader


@pytest.fixture
def shown(client, lin, letters):
    """Every account page, by the name of its address, in the browser's language."""

    def show(language):
        client.cookies["django_language"] = language
        pages = {name: client.get(reverse(name)) for name in SIGNED_OUT}
        client.post(reverse("account_signup"), {"email": "not-whole"})
        client.post(
            reverse("account_signup"),
            {
                "email": "zhao@example.com",
                "mobile": "13900000004",
                "password1": PASSWORD,
                "password2": PASSWORD,
                "agree": "on",
            },
        )
        pages["wrong code"] = client.post(reverse("account_sign_up_code"), {"code": "000000"})
        pages["bad sign-up"] = client.post(reverse("account_signup"), {"email": "x", "mobile": "1", "password1": "a"})
        client.force_login(lin)
        pages |= {name: client.get(reverse(name)) for name in SIGNED_IN}
        client.post(reverse("account_step_up"), {"send": "email"})
        pages["step-up code"] = client.get(reverse("account_step_up"))
        client.post(reverse("account_step_up"), {"code": codes_to(lin.email)[-1]})
        pages |= {name: client.get(reverse(name)) for name in PROVED}
        half = open_account(email=f"sun-{language}@example.com", password=PASSWORD, language=language)
        client.force_login(half)
        pages["account_confirm"] = client.get(reverse("account_confirm"))
        return pages

    return show


def test_english_pages_have_no_unmarked_chinese(shown):
    pages = shown("en")

    assert {name: found for name, page in pages.items() if (found := marks(page).unmarked)} == {}


def test_chinese_pages_have_chinese_in_every_sentence(shown, monkeypatch):
    monkeypatch.setattr(second_factor, "generate_totp_secret", lambda: "NHCWFOZTZZXGAYKHUEPYVAFXMRCORZRZ")
    pages = shown("zh-hans")
    english = {
        name: [text for text in marks(page).main if not has_han(text) and is_a_sentence(text)]
        for name, page in pages.items()
    }

    assert {name: texts for name, texts in english.items() if texts} == {}


def test_the_list_of_accounts_counts_accounts_and_not_names(client, settings):
    settings.STAFF_SECOND_FACTOR = False
    roles.ensure()
    client.cookies["django_language"] = "en"
    client.force_login(open_account(email="ops@example.com", password=PASSWORD, held_roles=(roles.OPERATIONS,)))

    html = client.get("/admin/accounts/user/").content.decode()

    assert "1 account<" in html
    assert "Add account" in html


def test_the_desk_names_accounts_and_codes_in_chinese(client, settings):
    settings.STAFF_SECOND_FACTOR = False
    roles.ensure()
    client.cookies["django_language"] = "zh-hans"
    ops = open_account(email="ops@example.com", password=PASSWORD, name="Ops", held_roles=(roles.OPERATIONS,))
    client.force_login(ops)
    client.post(reverse("account_step_up"), {"send": "email"})

    html = client.get("/admin/accounts/user/").content.decode() + client.get("/admin/codes/code/").content.decode()

    assert [
        word for word in ("Sent by", "Can be used until", "Roles", "One-time", "Accounts") if f">{word}" in html
    ] == []
    assert [word for word in ("发送方式", "有效期至", "角色", "验证码", "账号") if word not in html] == []
