"""The Chinese translation is complete: every message, with the same placeholders, compiled from the current file."""

import ast
import re
from functools import cache

import polib
import pytest
from django.apps import apps
from django.utils import translation

from tests.messages import KEYWORDS, PACKAGES, ROOT, Message, messages, of_template

CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES"
PERCENT = re.compile(r"%(?:\(\w+\))?[sd]")
BRACE = re.compile(r"\{\w*\}")
# words that are the same in both languages, or Chinese by themselves
SAME = {"SMS", "App", "ICP"}
HAN = "[\u3400-\u9fff]"
INSERTED_NAME = (
    r"(?:%\((?:name|other|who|whom|person|subject|company|colleague|province)\)s|\{(?:name|place|courier|province)\})"
)
LATIN_NAMES = ("download ", "There is no damaged or parked download", "Read as ")  # of files and encodings
# three words in a row, apart from placeholders: English left in a translation
REMARK = re.compile(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}", re.IGNORECASE)


@cache
def translations() -> dict[Message, polib.POEntry]:
    return {Message(e.msgid, e.msgid_plural, e.msgctxt or ""): e for e in polib.pofile(str(CATALOGUE / "django.po"))}


@cache
def texts_in_use() -> dict[Message, str]:
    return messages()


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def placeholders(text: str) -> list[str]:
    bare = text.replace("%%", "")
    return sorted({*PERCENT.findall(bare), *BRACE.findall(bare)})


def wrong_placeholders(message: Message, entry: polib.POEntry) -> bool:
    wanted = placeholders(message.plural or message.msgid)
    return any(placeholders(text) != wanted for text in texts(entry))


def test_the_sources_have_messages_of_every_package_and_of_templates():
    places = {place.split("/")[0] for place in texts_in_use().values()}

    assert places == {"icpportal", "verification", "filings", "transfers", "templates"}
    assert len(texts_in_use()) > 1000


def test_translation_functions_have_the_names_by_which_messages_are_collected():
    renamed = {
        f"{path.relative_to(ROOT)}: {alias.asname}"
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "gettext" in (text := path.read_text("utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if "gettext" in alias.name and (alias.asname or alias.name) not in KEYWORDS
    }

    assert renamed == set()


def test_every_message_is_translated_and_none_is_fuzzy():
    missing = {
        f"{place} {message.msgid!r}"
        for message, place in texts_in_use().items()
        if message not in translations() or not translations()[message].translated()
    }

    assert missing == set()


def test_placeholders_are_the_same_in_both_languages():
    wrong = {
        f"{place} {message.msgid!r}"
        for message, place in texts_in_use().items()
        if message in translations() and wrong_placeholders(message, translations()[message])
    }

    assert wrong == set()


def test_no_english_is_left_in_a_translation():
    found = {
        text for entry in translations().values() for text in texts(entry) if REMARK.search(PERCENT.sub("%", text))
    }

    assert found == set()


@pytest.mark.parametrize(
    ("msgid", "msgstr"),
    [("Order %(ref)s", "订单"), ("Order %(ref)s", "订单 %(reference)s"), ("{n} left", "还剩"), ("Left", "还剩 %s")],
)
def test_a_different_placeholder_is_noticed(msgid, msgstr):
    entry = polib.POEntry(msgid=msgid, msgstr=msgstr)

    assert wrong_placeholders(Message(msgid), entry)


def test_the_compiled_catalogue_matches_the_source():
    compiled = {(e.msgctxt, e.msgid): texts(e) for e in polib.mofile(str(CATALOGUE / "django.mo"))}
    source = {(e.msgctxt, e.msgid): texts(e) for e in polib.pofile(str(CATALOGUE / "django.po")) if e.translated()}

    assert compiled == source


def test_no_message_shouts_in_either_language():
    shouting = [
        entry.msgid
        for message, entry in translations().items()
        if any(mark in text for text in (message.msgid, message.plural, *texts(entry)) for mark in "!！")
    ]

    assert shouting == []


def spaced_names(text: str) -> list[str]:
    """The names in a Chinese text that have a space beside a Chinese character."""
    found = re.finditer(rf"(?<={HAN} ){INSERTED_NAME}|{INSERTED_NAME}(?= {HAN})", text)
    return [match[0] for match in found]


def test_chinese_names_are_inserted_without_spaces():
    """Numbers, codes and domains have spaces (docs/style.md); names of people, companies and places have none."""
    pages = [
        (message.msgid, text)
        for message, entry in translations().items()
        for text in texts(entry)
        if not message.msgid.startswith(LATIN_NAMES)
    ]
    files = sorted((ROOT / "templates" / "messages" / "zh").glob("*.txt"))
    # a text message is registered with the supplier word by word
    lines = [
        (path.name, line)
        for path in files
        for line in path.read_text("utf-8").splitlines()
        if not line.startswith("sms:")
    ]

    assert {where: names for where, text in (*pages, *lines) if (names := spaced_names(text))} == {}
    assert len(files) > 50


def test_chinese_is_chinese():
    """An untranslated message has no Han character where the English has words."""
    left = [
        entry.msgid
        for message, entry in translations().items()
        if message in texts_in_use()
        and re.search(r"[a-z]{4,}", PERCENT.sub("", message.msgid))
        and not any(re.search(r"[㐀-鿿]", text) for text in texts(entry))
        and message.msgid not in SAME
    ]

    assert left == []


@pytest.mark.parametrize(
    ("model", "field", "said"),
    [
        ("alarms.SetAside", "next_at", "下次尝试"),  # not a call that waits
        ("alarms.SetAside", "tries", "尝试次数"),  # not the checks of a picture
        ("miit.UploadFile", "sequence", "序号"),  # not a filing number
        ("miit.UploadFile", "accepted_at", "接收时间"),  # not our review
        ("miit.TableRow", "name", "名称"),  # not a person's
        ("verification.Backdrop", "region", "所在地区"),  # not a server's
    ],
)
def test_a_column_says_in_chinese_what_it_holds_where_english_has_one_word(model: str, field: str, said: str):
    with translation.override("zh-hans"):
        assert str(apps.get_model(model)._meta.get_field(field).verbose_name) == said


def test_messages_in_templates_are_found_whatever_the_indentation():
    source = (
        '{% load i18n %}\n    {% translate "One" %}\n  {% blocktranslate with n=n %}Two {{ n }}{% endblocktranslate %}'
    )

    python = of_template(f"{{% load i18n %}}\n{source}")

    assert "gettext(u'One')" in python.replace('"', "'")
    assert "Two %(n)s" in python
