"""What to say on the phone, line by line, in the language of the person called."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from icpportal.desk.own_words import CODES, EN, TAGS, ZH
from icpportal.fields.language_marks import reads_chinese
from icpportal.fields.types import Words
from transfers.models import Call
from transfers.review.cases.parts.part import attributes

NAMES: dict[str, Words] = {ZH: gettext_lazy("Chinese"), EN: gettext_lazy("English")}
HINTS: tuple[Words, ...] = (
    gettext_lazy("Name neither subject nor domain before the person has confirmed the name"),
    gettext_lazy("Let them read it out. Never read a whole number to them"),
    gettext_lazy("If they are busy: ask when, and write it down as a call back"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """What to say, and what to keep in mind."""

    words: str
    hint: Words


@dataclass(frozen=True, slots=True)
class Script:
    """The lines in one language."""

    language: Words
    mark: str  # the language of its lines, if not the reader's
    lines: list[Line]
    opened: SafeString  # the attribute of the first one


def scripts_of(call: Call, name: str, label: Words) -> list[Script]:
    """The script in the language of the person called, then in the other one."""
    reader = call.objection.owner if call.objection else call.order.owner
    own, other = (ZH, EN) if reader.language.startswith("zh") else (EN, ZH)
    return [_script(own, call, name, label, is_own=True), _script(other, call, name, label, is_own=False)]


def _script(language: str, call: Call, name: str, label: Words, *, is_own: bool) -> Script:
    with translation.override(CODES[language]):
        texts = _to_objector(call) if call.objection else _to_applicant(call, name, label)
    lines = [Line(words, hint) for words, hint in zip(texts, HINTS, strict=True)]
    return Script(NAMES[language], TAGS[language], lines, attributes(open=is_own))


def _provider() -> str:
    return settings.PROVIDER_NAME_ZH if reads_chinese() else settings.PROVIDER_NAME_EN


def _to_applicant(call: Call, name: str, label: Words) -> tuple[str, str, str]:
    of_part = _("It is about “%(part)s” in your order.") % {"part": label}
    about = of_part if call.part else _("It is about your order.")
    order = _("Your order ends in %(ref)s.") % {"ref": call.order.reference[-4:]}
    return (
        _("Hello, this is %(provider)s, about a filing. Am I speaking with %(name)s?")
        % {"provider": _provider(), "name": name},
        ("" if reads_chinese() else " ").join((order, about)),
        _("You can see what is open on the page of the order. We never ask for a password or a code."),
    )


def _to_objector(call: Call) -> tuple[str, str, str]:
    return (
        _("Hello, this is %(provider)s. You wrote to us about a filing. Am I speaking with the person who wrote?")
        % {"provider": _provider()},
        _("Which filing is it, and what shows that it is yours?"),
        _("We tell you the result in writing. We never ask for a password or a code."),
    )
