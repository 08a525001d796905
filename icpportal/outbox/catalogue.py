"""The texts of all messages: one file a message and language under `templates/messages`, filled in without surprises.

A file has sections: `sms:` (without the signature), `sms_link:` (used when the context has `link`), `subject:`,
`body:`, for what is useless later `good_for: 10 minutes` or `good_for: until due`, and `quiet: yes` for what rings by
day alone. `{name}` is a placeholder.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from icpportal.entry.marks import zh_runs
from icpportal.outbox.words import LANGUAGES, folder_of, say

FOLDER = Path(settings.BASE_DIR) / "templates" / "messages"
FRAME = "_frame"
SECTION = re.compile(
    r"^(sms|sms_link|subject|body|good_for|quiet|greeting|greeting_plain|order|link|footer):[ ]?", re.MULTILINE
)
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
BREAKS = re.compile(r"[\r\n\x00\u0085\u2028\u2029]")
CUTS = {"domain": {"zh": 15, "en": 15}, "reason": {"zh": 18, "en": 38}}  # in text messages
# for a message that was queued before these placeholders were written into its text
ADDED_LATER = {
    "site": {"zh": "短信所列网站", "en": "the site it names"},
    "site_url": {"zh": "短信所列网站", "en": "the site it names"},
    "mobiles_note": "",
    "authority_code": {"zh": "见订单页", "en": "see the order page"},
    "authority_words": {"zh": "见订单页", "en": "see the order page"},
    "kept": {"zh": "订单页所示时间", "en": "the date on its page"},
}
SIGNATURES = {"zh": ("SMS_SIGNATURE_ZH", "【{}】"), "en": ("SMS_SIGNATURE_EN", "[{}] ")}
SECTIONS_OF = {"email": ("subject", "body"), "site": ("subject", "body"), "sms": ("sms",)}
FRAME_WORDS = frozenset({"name", "addressee", "ref", "domain", "url"})
UNTIL_DUE = "until due"
SPANS = {"minutes": "minutes", "hours": "hours"}


class UnknownMessage(LookupError):
    """No file for this message, language and channel."""


class MissingWord(KeyError):
    """A placeholder that the context does not fill in."""

    def __str__(self) -> str:
        return str(self.args[0])


class HeaderInjection(ValueError):
    """A line break where a mail header would be."""


@dataclass(frozen=True)
class Rendered:
    """A message in words; a text message has only `text`, a note on the site no `html`."""

    text: str
    subject: str = ""
    html: str = ""


# --- what there is ---------------------------------------------------------------------------


@cache
def sections(template: str, folder: str) -> dict[str, str]:
    """The sections of one file; raises `UnknownMessage`."""
    path = FOLDER / folder / f"{template}.txt"
    if not re.fullmatch(r"[a-z0-9_]+", template) or not path.is_file():
        raise UnknownMessage(f"no message {template} in {folder}")
    _before, *pieces = SECTION.split(path.read_text(encoding="utf-8"))
    return {name: text.strip("\n") for name, text in zip(pieces[::2], pieces[1::2], strict=True)}


def names() -> list[str]:
    """Every message that is written down in Chinese."""
    return sorted(path.stem for path in (FOLDER / "zh").glob("*.txt") if path.stem != FRAME)


def has(template: str, channel: str | None = None) -> bool:
    """Whether `template` is written down in both languages, for mail and site (or for the `channel` given)."""
    try:
        found = [sections(template, folder) for folder in LANGUAGES]
    except UnknownMessage:
        return False
    needed = SECTIONS_OF.get(channel or "email", ("nothing",))
    return all(name in texts for texts in found for name in needed)


def is_secret(template: str) -> bool:
    """Whether the message carries a code: then its payload goes as soon as it is delivered."""
    return any("code" in placeholders(template, folder) for folder in LANGUAGES)


def placeholders(template: str, folder: str, *names_of_sections: str) -> set[str]:
    """The placeholders of a file, or of some of its sections."""
    texts = sections(template, folder)
    chosen = names_of_sections or tuple(texts)
    return {name for section in chosen for name in PLACEHOLDER.findall(texts.get(section, ""))}


def words_needed(template: str, channel: str) -> set[str]:
    """What of a context is worth keeping for this channel: nothing more lies on the row."""
    chosen = ("sms", "sms_link") if channel == "sms" else SECTIONS_OF[channel]
    found = {name for folder in LANGUAGES for name in placeholders(template, folder, *chosen)}
    return found | ({"link"} if channel == "sms" else FRAME_WORDS)


def good_until(template: str, context: Mapping[str, Any], *, now: datetime) -> datetime | None:
    """The moment after which this message would only mislead; `None` for those that stay true."""
    text = sections(template, "zh").get("good_for", "")
    if text == UNTIL_DUE:
        return context.get("due")
    if not text:
        return None
    number, unit = text.split()
    return now + timedelta(**{SPANS[unit]: int(number)})


def rings_by_day_alone(template: str) -> bool:
    """Whether a text message with these words waits for the end of the quiet hours."""
    return has(template) and "quiet" in sections(template, "zh")


# --- in words --------------------------------------------------------------------------------


def render(template: str, channel: str, language: str, context: Mapping[str, Any]) -> Rendered:
    """The message for one channel; raises `UnknownMessage`, `MissingWord` or `HeaderInjection`."""
    if channel not in SECTIONS_OF:
        raise UnknownMessage(f"{template} cannot go by {channel}")
    page = _Page(template, folder_of(language), {**context})
    if channel == "sms":
        return Rendered(text=_signed(page))
    subject = _one_line(page.fill("subject"))
    if channel == "site":
        return Rendered(text=page.fill("body"), subject=subject)
    blocks = _framed(page)
    link = str(page.context.get("url") or "")
    return Rendered(text="\n\n".join(blocks), subject=subject, html=_html(subject, blocks, link, page.folder))


class _Page:
    """One file, its language, and the words for it."""

    def __init__(self, template: str, folder: str, context: dict[str, Any]) -> None:
        self.template, self.folder, self.context = template, folder, context
        self.texts, self.frame = sections(template, folder), sections(FRAME, folder)
        context.setdefault("host", urlsplit(settings.PUBLIC_BASE_URL).netloc)
        context.setdefault("phone", settings.PROVIDER_HOTLINE)
        context.setdefault("hours", settings.PROVIDER_HOURS)
        context.setdefault("callers", list(settings.PROVIDER_CALLER_NUMBERS))
        for name, words in ADDED_LATER.items():
            context.setdefault(name, words)
        if not context.get("url") and context.get("ref"):
            context["url"] = order_url(str(context["ref"]))

    def fill(self, section: str, *, short: bool = False) -> str:
        """A section with its placeholders filled in; `short` as a text message needs it."""
        if section not in self.texts:
            raise UnknownMessage(f"{self.template} ({self.folder}) has no {section}")
        return self.replace(self.texts[section], where=section, short=short)

    def replace(self, text: str, *, where: str, short: bool = False) -> str:
        def word(found: re.Match[str]) -> str:
            name = found.group(1)
            value = self.context.get(name)
            if value is None:
                raise MissingWord(f"{self.template} ({self.folder}, {where}) needs {{{name}}}")
            said = say(name, _tails(name, value, self.folder) if short else value, self.folder)
            return _cut(name, said, self.folder) if short else said

        return PLACEHOLDER.sub(word, text)


def order_url(reference: str) -> str:
    """Where an order is shown; the start page while nothing shows orders."""
    try:
        return settings.PUBLIC_BASE_URL.rstrip("/") + reverse("order", args=[reference])
    except NoReverseMatch:
        return settings.PUBLIC_BASE_URL


def _tails(name: str, value: Any, folder: str) -> Any:
    """Several mobiles by their last four digits: a Chinese text has no room for more."""
    if folder != "zh" or name != "mobiles" or not isinstance(value, (list, tuple)) or len(value) == 1:
        return value
    return [value[0] if not isinstance(value[0], str) else f"尾号{value[0][-4:]}"] + [
        mobile[-4:] if isinstance(mobile, str) else mobile for mobile in value[1:]
    ]


def _cut(name: str, text: str, folder: str) -> str:
    one_line = " ".join(text.split())
    most = CUTS.get(name, {}).get(folder, len(one_line))
    return one_line if len(one_line) <= most else f"{one_line[: most - 1]}…"


def _signed(page: _Page) -> str:
    with_link = page.context.get("link") and "sms_link" in page.texts
    setting, form = SIGNATURES[page.folder]
    return form.format(getattr(settings, setting)) + page.fill("sms_link" if with_link else "sms", short=True)


def _one_line(subject: str) -> str:
    if BREAKS.search(subject):
        raise HeaderInjection("a subject has a line break")
    return subject


def _framed(page: _Page) -> list[str]:
    """The paragraphs of a mail: greeting, body, which order, where to see it, who sent this."""
    words = page.context
    addressee = words.get("addressee") or ("" if "name" in _of(page.texts["body"]) else words.get("name"))
    greeting = page.frame["greeting" if addressee else "greeting_plain"].replace(
        "{name}", say("name", addressee, page.folder) if addressee else ""
    )
    lines = [page.replace(page.frame[name], where=name) for name in ("order", "link") if _can(page, name)]
    foot = [page.replace(page.frame["footer"], where="footer")]
    return [greeting, page.fill("body"), *(["\n".join(lines)] if lines else []), *foot]


def _of(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def _can(page: _Page, section: str) -> bool:
    return all(page.context.get(name) for name in _of(page.frame[section]))


def _html(subject: str, blocks: list[str], link: str, folder: str) -> str:
    """The same words with every value escaped; the link to the order can be pressed."""
    paragraphs = format_html_join("", "<p>{}</p>", ((_lines(block, link, folder),) for block in blocks))
    page = '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title></head><body>{}</body></html>'
    return format_html(page, "zh-Hans" if folder == "zh" else "en", subject, paragraphs)


def _lines(block: str, link: str, folder: str) -> SafeString:
    return format_html_join(SafeString("<br>"), "{}", ((_line(line, link, folder),) for line in block.split("\n")))


def _line(line: str, link: str, folder: str) -> SafeString:
    before, found, after = line.partition(link) if link.startswith(("http://", "https://")) else (line, "", "")
    anchor = format_html('<a href="{}">{}</a>', found, found) if found else SafeString()
    mark = zh_runs if folder == "en" else (lambda text: format_html("{}", text))
    return format_html("{}{}{}", mark(before), anchor, mark(after))
