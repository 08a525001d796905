"""Text messages as a supplier registers them: with the supplier's own marks for placeholders."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from icpportal.outbox.texts import catalogue
from icpportal.outbox.texts.formats import LANGUAGES

VERIFICATION, NOTICE = "verification", "notice"
CODE = "code"
Mark = Callable[[int, str], str]  # the placeholder's number, from 1, and its name
# each supplier's marks; Tencent numbers places, so that a value used twice has two
MARKS: dict[str, Mark] = {
    "aliyun": lambda number, name: f"${{{name}}}",  # noqa: ARG005
    "tencent": lambda number, name: f"{{{number}}}",  # noqa: ARG005
}


@dataclass(frozen=True)
class RegisteredText:
    """One text that must be registered with a supplier before it can be sent."""

    name: str  # of SMS_TEMPLATES
    kind: str
    text: str  # without the signature, which the supplier adds
    places: tuple[str, ...]

    @property
    def number(self) -> str:
        """The supplier's number for it; "" until there is one."""
        return str(settings.SMS_TEMPLATES.get(self.name) or "")


def registered_texts(supplier: str) -> list[RegisteredText]:
    """Every text message in both languages, as this supplier (of `MARKS`) writes it."""
    return [
        _registered_text(template, folder, section, MARKS[supplier])
        for template in catalogue.names()
        for folder in LANGUAGES
        for section in catalogue.TEXTED
        if section in catalogue.sections(template, folder)
    ]


def without_number() -> list[str]:
    """The names of texts without a number."""
    return [each.name for each in registered_texts("aliyun") if not each.number]


def _registered_text(template: str, folder: str, section: str, mark: Mark) -> RegisteredText:
    text = catalogue.sections(template, folder)[section]
    places = tuple(name for name in catalogue.PLACEHOLDER.findall(text) if name not in catalogue.STANDING)
    # suppliers accept a text as a verification code only if the code is its only placeholder
    kind = VERIFICATION if set(places) == {CODE} else NOTICE
    name = catalogue.registered_name(template, folder, section)
    return RegisteredText(name=name, kind=kind, text=_with_places(text, mark), places=places)


def _with_places(text: str, mark: Mark) -> str:
    standing_texts = _fixed_values()
    pieces = catalogue.PLACEHOLDER.split(text)  # text, name, text, name, …
    number, parts = 0, [pieces[0]]
    for name, words in zip(pieces[1::2], pieces[2::2], strict=True):
        if name in standing_texts:
            parts += [standing_texts[name], words]
            continue
        number += 1
        base = catalogue.link_base() if name == catalogue.LINK else ""
        parts += [base + mark(number, name), words]
    return "".join(parts)


def _fixed_values() -> dict[str, str]:
    found = (urlsplit(settings.PUBLIC_BASE_URL).netloc, settings.PROVIDER_HOTLINE, settings.PROVIDER_HOURS)
    return dict(zip(catalogue.STANDING, found, strict=True))
