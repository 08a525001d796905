"""The words of docs/style.md: no text contains a banned word, and bound words are used only in their sense."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parent.parent
STYLE = ROOT / "docs" / "style.md"
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
MESSAGES = ROOT / "templates" / "messages"
HAN = re.compile(r"[㐀-鿿]")
Text = tuple[str, str]  # its place, and its content


def table(heading: str) -> list[list[str]]:
    """The rows of the first table under a heading of the style page, without the header."""
    section = STYLE.read_text("utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def split(cell: str) -> list[str]:
    return [word.strip() for word in re.split("[,、]", cell) if word.strip()]


def banned_words() -> list[str]:
    return [word for row in table("Words never used") for word in split(row[0])]


def bound_words() -> dict[str, list[str]]:
    """Each bound word with the texts beside which it may stand."""
    return {
        word: [text.lower() for text in re.findall(r"`([^`]+)`", places)]
        for words, _sense, places in table("Words bound to one sense")
        for word in split(words)
    }


def holds(text: str, word: str) -> bool:
    """Whether a text contains a word: a Chinese one anywhere, an English one as a whole word."""
    return word in text if HAN.search(word) else bool(re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text, re.I))


def breaks(texts: list[Text]) -> list[str]:
    """The texts with a banned word, and those with a bound one in another sense."""
    found = [f"{where}: {word}: {text}" for where, text in texts for word in banned_words() if holds(text, word)]
    for word, places in bound_words().items():
        found += [
            f"{where}: {word}: {text}"
            for where, text in texts
            if holds(text, word) and not any(place in text.lower() for place in places if place != word)
            if text.lower() not in places
        ]
    return found


def of_catalogue() -> Iterator[Text]:
    """Every text of pages, in English and in Chinese."""
    for entry in polib.pofile(str(CATALOGUE)):
        if not entry.obsolete:
            texts = (entry.msgid, entry.msgid_plural, entry.msgstr, *entry.msgstr_plural.values())
            yield from ((CATALOGUE.name, text) for text in texts if text)


def of_messages() -> Iterator[Text]:
    """Every line of the message files, wrapped lines joined, without the name of its section."""
    for path in sorted(MESSAGES.rglob("*.txt")):
        for line in re.sub(r"\n {2,}", " ", path.read_text("utf-8")).splitlines():
            yield f"{path.parent.name}/{path.name}", re.sub(r"^\w+:\s*", "", line)


def of_templates() -> Iterator[Text]:
    """The text of templates outside their tags, comments and addresses: most of it is in the catalogue too."""
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = re.sub(r"{% comment.*?endcomment %}|{#.*?#}", "", path.read_text("utf-8"), flags=re.DOTALL)
        text = re.sub(r"{[{%].*?[%}]}|<[^>]*>", "\n", text, flags=re.DOTALL)
        yield from ((path.name, line.strip()) for line in text.splitlines() if line.strip())


@cache
def every_text() -> tuple[Text, ...]:
    return (*of_catalogue(), *of_messages(), *of_templates())


def test_pages_and_messages_follow_the_words_of_the_style_page() -> None:
    assert breaks(list(every_text())) == []


def test_the_lists_and_the_texts_are_read() -> None:
    assert {"anew", "present provider", "mend", "turn down", "打回"} <= set(banned_words())
    assert {"hand over", "撤回"} <= set(bound_words())
    assert all(bound_words().values())
    assert len(every_text()) > 4000


@pytest.mark.parametrize(
    ("text", "is_broken"),
    [
        ("Enter it anew", True),
        ("Your present provider keeps the filing", True),
        ("Mend the address", True),
        ("Amendments are recommended", False),
        ("已打回", True),
        ("已退回", False),
        ("Hand over the order", True),
        ("Hand over a service code", False),
        ("Hand over", False),
        ("您已撤回订单", True),
        ("可撤回至", False),
        ("撤回取消接入申请", False),
        ("请联系服务商", True),
        ("请联系接入服务商", False),
    ],
)
def test_a_text_with_wrong_words_is_noticed(text: str, is_broken: bool) -> None:
    assert bool(breaks([("a page", text)])) is is_broken
