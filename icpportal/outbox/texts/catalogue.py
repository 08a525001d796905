"""The texts of all messages: one file a message and language under `templates/messages`, filled in without surprises.

A file has sections: `sms:` (without the signature; what has none is not texted), `sms_link:` (used when the context has
`link`), `subject:`, `heading:` (of the mail, where it is not the subject), `turn:` (`you`, `we`, `authority` or
`nobody`), `date:` (by when), `button:` (what its one button says), `body:` (`letters.py` says what its lines may be),
for what is useless later `good_for: 10 minutes` or `good_for: until due`, `quiet: yes` for what rings by day alone, and
`reach: every address` for what one person is told on each of their numbers. `sms_named:`, `subject_named:` and so on
replace a section for people who are only named in an order: they cannot open it, so they also get no button. `help:`
replaces the applicants' hotline for readers who have no account here, so these get no link to settings either.
`{name}` is a placeholder. A line that begins with two blanks goes on with the line above it, so no reader of a message
sees where its file is wrapped.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from icpportal.fields.domains import display_domain
from icpportal.fields.types import Fact, Facts
from icpportal.gateways.sms.base import FilledTemplate
from icpportal.outbox.texts import mail_page
from icpportal.outbox.texts.earlier_versions import ADDED_LATER, ONCE_NOTHING
from icpportal.outbox.texts.formats import LANGUAGES, folder_of, format_value, in_full
from icpportal.outbox.texts.letters import Letter, read_body

FOLDER = Path(settings.BASE_DIR) / "templates" / "messages"
FRAME = "_frame"
SECTION = re.compile(
    r"^(sms|sms_link|sms_named|subject|heading|turn|date|button|body|good_for|quiet|reach"
    r"|subject_named|heading_named|date_named|body_named"
    r"|brand|turn_you|turn_we|turn_authority|turn_nobody|turn_account"
    r"|order|or_open|help|help_order|named|footer|settings):[ ]?",
    re.MULTILINE,
)
WRAP = re.compile(r"\n {2,}")
BETWEEN_WRAPPED = {"zh": "", "en": " "}  # Chinese is written without spaces
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
BREAKS = re.compile(r"[\r\n\x00\u0085\u2028\u2029]")
# length limits of values in text messages
CUTS = {"domain": {"zh": 15, "en": 15}, "reason": {"zh": 18, "en": 38}, "parts": {"zh": 11, "en": 36}}
PROVIDERS = {"zh": "PROVIDER_NAME_ZH", "en": "PROVIDER_NAME_EN"}
SIGNATURES = {"zh": ("SMS_SIGNATURE_ZH", "【{}】"), "en": ("SMS_SIGNATURE_EN", "[{}] ")}
# messages whose link is as good as a password, or whose address is stored nowhere else
ERASED_ONCE_SENT = frozenset({"staff_invited", "account_closed", "account_closed_duties"})
SECTIONS_OF = {"email": ("subject", "body"), "site": ("subject", "body"), "sms": ("sms",)}
NAMED = "_named"  # ends the name of a section that replaces another for people named in an order
# sections of a mail and of a note on the site, and of a text message
FILLED_IN = (
    "subject", "heading", "date", "button", "body", "subject_named", "heading_named", "date_named", "body_named",
)  # fmt: skip
TEXTED = ("sms", "sms_link", "sms_named")
# the same in every text, so they are part of the registered template
STANDING = ("host", "phone", "hours")
LINK = "link"  # begins with our URL: only its end is a value
ACCOUNT = "account"  # whose order it is, for readers who are only named in it
FRAME_WORDS = frozenset({ACCOUNT, "ref", "domain", "url"})
Say = Callable[[str, Fact, str], str]  # formats a value
UNTIL_DUE = "until due"
SPANS = {"minutes": "minutes", "hours": "hours"}


class UnknownMessage(LookupError):
    """There is no file for this message, language and channel."""


class MissingWord(KeyError):
    """A placeholder without a value in the context."""

    def __str__(self) -> str:
        return str(self.args[0])


class HeaderInjection(ValueError):
    """A line break in a value for a mail header."""


@dataclass(frozen=True)
class Rendered:
    """A rendered message; a text message has only `text`, a note on the site is drawn from its `mail`."""

    text: str
    subject: str = ""
    button: str = ""
    url: str = ""
    mail: Letter | None = None
    filled: FilledTemplate | None = None  # of a text message

    @cached_property
    def html(self) -> str:
        """The HTML of the mail; drawn when it is sent, not when it is queued."""
        return mail_page.draw(self.mail) if self.mail else ""


# --- files -----------------------------------------------------------------------------------


@cache
def sections(template: str, folder: str) -> dict[str, str]:
    """The sections of one file; raises `UnknownMessage`."""
    path = FOLDER / folder / f"{template}.txt"
    if not re.fullmatch(r"[a-z0-9_]+", template) or not path.is_file():
        raise UnknownMessage(f"no message {template} in {folder}")
    written = WRAP.sub(BETWEEN_WRAPPED[folder], path.read_text(encoding="utf-8"))
    _before, *pieces = SECTION.split(written)
    return {name: text.strip("\n") for name, text in zip(pieces[::2], pieces[1::2], strict=True)}


def names() -> list[str]:
    """Every message that has a Chinese file."""
    return sorted(path.stem for path in (FOLDER / "zh").glob("*.txt") if path.stem != FRAME)


def has(template: str, channel: str | None = None) -> bool:
    """Whether `template` has files in both languages, for mail and site (or for the given `channel`)."""
    try:
        found = [sections(template, folder) for folder in LANGUAGES]
    except UnknownMessage:
        return False
    needed = SECTIONS_OF.get(channel or "email", ("nothing",))
    return all(name in texts for texts in found for name in needed)


def title_of(template: str) -> str:
    """The subject of a message in the reader's language, with … for placeholders; "" without one."""
    try:
        heading = sections(template, folder_of(get_language() or "")).get("subject", "")
    except UnknownMessage:
        return ""
    return PLACEHOLDER.sub("…", heading)


def is_secret(template: str) -> bool:
    """Whether it contains a code, a secret link or an erased address: its payload is erased after delivery."""
    return template in ERASED_ONCE_SENT or any("code" in placeholders(template, folder) for folder in LANGUAGES)


def placeholders(template: str, folder: str, *names_of_sections: str) -> set[str]:
    """The placeholders of a file, or of some sections."""
    texts = sections(template, folder)
    chosen = names_of_sections or tuple(texts)
    return {name for section in chosen for name in PLACEHOLDER.findall(texts.get(section, ""))}


def words_needed(template: str, channel: str) -> set[str]:
    """The values of a context that this channel needs: only these are stored on the row."""
    chosen = TEXTED if channel == "sms" else FILLED_IN
    found = {name for folder in LANGUAGES for name in placeholders(template, folder, *chosen)}
    return found | ({LINK, ACCOUNT} if channel == "sms" else FRAME_WORDS)


def good_until(template: str, context: Facts, *, now: datetime) -> datetime | None:
    """The moment after which this message would mislead; `None` for those that stay true."""
    text = sections(template, "zh").get("good_for", "")
    if text == UNTIL_DUE:
        due = context.get("due")
        return due if isinstance(due, datetime) else None
    if not text:
        return None
    number, unit = text.split()
    return now + timedelta(**{SPANS[unit]: int(number)})


def respects_quiet_hours(template: str) -> bool:
    """Whether a text message waits for the end of the quiet hours."""
    return has(template) and "quiet" in sections(template, "zh")


def reaches_every_address(template: str) -> bool:
    """Whether somebody with several numbers is told on each: it warns of theft, or each phone has something to do."""
    return "reach" in sections(template, "zh")


# --- rendering -------------------------------------------------------------------------------


def render(template: str, channel: str, language: str, context: Facts) -> Rendered:
    """The message for one channel; raises `UnknownMessage`, `MissingWord` or `HeaderInjection`."""
    if channel not in SECTIONS_OF:
        raise UnknownMessage(f"{template} cannot go by {channel}")
    page = _Page(template, folder_of(language), {**context})
    if channel == "sms":
        return _text_message(page)
    letter = _letter(page)
    if channel == "site":
        return Rendered(letter.note, letter.subject, letter.button, letter.url, letter)
    return Rendered(text=letter.text, subject=letter.subject, button=letter.button, url=letter.url, mail=letter)


class _Page:
    """One file in its language, with the values for it."""

    def __init__(self, template: str, folder: str, context: dict[str, Fact]) -> None:
        self.template, self.folder, self.context = template, folder, context
        self.texts, self.frame = sections(template, folder), sections(FRAME, folder)
        context.setdefault("host", urlsplit(settings.PUBLIC_BASE_URL).netloc)
        context.setdefault("phone", settings.PROVIDER_HOTLINE)
        context.setdefault("hours", settings.PROVIDER_HOURS)
        context.setdefault("callers", list(settings.PROVIDER_CALLER_NUMBERS))
        for name, words in ADDED_LATER.items():
            context.setdefault(name, words)
        context.update({name: "" for name, mark in ONCE_NOTHING.items() if context.get(name) == mark})
        if not context.get("url") and context.get("ref"):
            context["url"] = order_url(str(context["ref"]))

    def fill(self, section: str, *, short: bool = False) -> str:
        """A section with its placeholders filled in; `short` for text messages."""
        return self.replace(self.text(section), where=section, short=short)

    def text(self, section: str) -> str:
        """A section as this reader gets it, with its placeholders."""
        if section not in self.texts:
            raise UnknownMessage(f"{self.template} ({self.folder}) has no {section}")
        return self.texts[self.version(section)]

    def version(self, section: str) -> str:
        """The name of the section for this reader: people named in an order may have one of their own."""
        named = section + NAMED
        return named if self.is_named and named in self.texts else section

    @property
    def is_named(self) -> bool:
        """Whether the reader is only named in the order, and so cannot open it."""
        return bool(self.context.get(ACCOUNT))

    def replace(self, text: str, *, where: str, short: bool = False, say: Say = format_value) -> str:
        def word(found: re.Match[str]) -> str:
            name = found.group(1)
            value = self.context.get(name)
            if value is None:
                raise MissingWord(f"{self.template} ({self.folder}, {where}) needs {{{name}}}")
            said = say(name, _tails(name, value, self.folder) if short else value, self.folder)
            return _cut(name, said, self.folder) if short else said

        return PLACEHOLDER.sub(word, text)

    def frame_line(self, section: str) -> str:
        """A line of the frame, or the message's own; "" when one of its values is missing."""
        text = self.texts.get(section, self.frame[section])
        known = all(self.context.get(name) for name in PLACEHOLDER.findall(text))
        return self.replace(text, where=section) if known else ""

    def date(self) -> str:
        """The deadline, with the day of the week."""
        return self.replace(self.text("date"), where="date", say=in_full) if "date" in self.texts else ""


def order_url(reference: str) -> str:
    """The page of an order; the start page where there are no pages of orders."""
    try:
        return settings.PUBLIC_BASE_URL.rstrip("/") + reverse("order", args=[reference])
    except NoReverseMatch:
        return settings.PUBLIC_BASE_URL


def _tails(name: str, value: Fact, folder: str) -> Fact:
    """Short forms of values for text messages; in Chinese ones several mobiles by their last four digits."""
    if isinstance(value, Mapping):
        return value.get(f"{folder}_short", value)
    if folder != "zh" or name != "mobiles" or not isinstance(value, (list, tuple)) or len(value) == 1:
        return value
    return [value[0] if not isinstance(value[0], str) else f"尾号{value[0][-4:]}"] + [
        mobile[-4:] if isinstance(mobile, str) else mobile for mobile in value[1:]
    ]


def _cut(name: str, text: str, folder: str) -> str:
    one_line = " ".join(text.split())
    most = CUTS.get(name, {}).get(folder, len(one_line))
    return one_line if len(one_line) <= most else f"{one_line[: most - 1]}…"


def _text_message(page: _Page) -> Rendered:
    with_link = page.context.get(LINK) and "sms_link" in page.texts
    section = "sms_link" if with_link else page.version("sms")
    setting, form = SIGNATURES[page.folder]
    text = form.format(getattr(settings, setting)) + page.fill(section, short=True)
    names_there = [name for name in PLACEHOLDER.findall(page.texts[section]) if name not in STANDING]
    values_by_name = {name: page.replace(f"{{{name}}}", where=section, short=True) for name in names_there}
    if LINK in values_by_name:
        values_by_name[LINK] = values_by_name[LINK].removeprefix(link_base())
    values = tuple((name, values_by_name[name]) for name in names_there)
    return Rendered(text=text, filled=FilledTemplate(registered_name(page.template, page.folder, section), values))


def registered_name(template: str, folder: str, section: str) -> str:
    """The name of a text in SMS_TEMPLATES: code_sign_up.zh, code_consent.link.zh, or order_lapsed.named.zh."""
    return f"{template}{section.removeprefix('sms').replace('_', '.')}.{folder}"


def link_base() -> str:
    """The beginning of every link."""
    return f"{settings.PUBLIC_BASE_URL.rstrip('/')}/"


def _one_line(subject: str) -> str:
    if BREAKS.search(subject):
        raise HeaderInjection("a subject has a line break")
    return subject


def _whose(page: _Page, turn: str) -> str:
    """Whose turn it is for this reader: who is only named in an order cannot open it, but may have a code to enter."""
    return "account" if turn == "you" and page.is_named and not reaches_every_address(page.template) else turn


def _letter(page: _Page) -> Letter:
    """The message in its frame: the order, whose turn it is, where to act, the sender."""
    words, turn = page.context, page.texts.get("turn", "")
    subject = _one_line(page.fill("subject"))
    url = str(words.get("url") or "")
    if not url.startswith(("http://", "https://")):
        url = f"{settings.PUBLIC_BASE_URL.rstrip('/')}/"
    button = page.fill("button") if "button" in page.texts and not page.is_named else ""
    help_ = "help_order" if words.get("ref") else "help"
    return Letter(
        folder=page.folder,
        brand=page.frame["brand"],
        provider=getattr(settings, PROVIDERS[page.folder]),
        subject=subject,
        heading=_one_line(page.fill("heading")) if "heading" in page.texts else subject,
        domain=display_domain(str(words.get("domain") or "")),
        ref=str(words.get("ref") or ""),
        turn=turn,
        turn_words=page.frame.get(f"turn_{_whose(page, turn)}", ""),
        date=page.date(),
        blocks=read_body(page.text("body"), words, page.folder, lambda line: page.replace(line, where="body")),
        button=button,
        url=url if button else "",
        or_open=page.frame["or_open"],
        order=page.frame_line("order"),
        footers=tuple(filter(None, map(page.frame_line, ("named", help_, "footer")))),
        settings="" if is_secret(page.template) or page.is_named or "help" in page.texts else page.frame["settings"],
        settings_url=settings.PUBLIC_BASE_URL.rstrip("/") + reverse("message-settings"),
    )
