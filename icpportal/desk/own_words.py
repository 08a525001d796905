"""Texts that staff write to people: in one language and marked so, or in both; never copied between them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from icpportal.fields.fields import PlainTextField
from icpportal.fields.language_marks import has_han
from icpportal.fields.marked_text import zh_parts
from icpportal.fields.types import Words

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

ZH, EN = "zh", "en"
Own = Mapping[str, str]  # by language; languages without a text are missing
LONGEST, LONGEST_OF_SEVERAL = 200, 500
CODES = {ZH: "zh-hans", EN: "en"}
TAGS = {ZH: "zh-Hans", EN: "en"}
NOUNS: dict[str, Words] = {TAGS[ZH]: _("Chinese text"), TAGS[EN]: _("English text")}
WRITTEN_IN: dict[str, Words] = {ZH: _("Written in Chinese: %(words)s"), EN: _("Written in English: %(words)s")}
LEFT_OUT: dict[str, Words] = {
    ZH: _("written in Chinese: see its page"),
    EN: _("written in English: see its page"),
}
ONE_IS_ENOUGH = _("One language is enough. Readers of the other one see which language it is written in")
NOT_CHINESE = _("Write Chinese here, or use the field for English")
NOT_ENGLISH = _("Write English here, or use the field for Chinese")


def own(zh: str = "", en: str = "") -> dict[str, str]:
    """The texts by language."""
    return {language: text.strip() for language, text in ((ZH, zh), (EN, en)) if text.strip()}


def own_texts(written: Own, text: str) -> Own:
    """The stored texts by language; for an older text without one, its script tells the language."""
    return written or (own(zh=text) if has_han(text) else own(en=text))


def first(written: Own) -> str:
    """The only text; of two, the Chinese one."""
    return written.get(ZH) or written.get(EN, "")


def all_of(written: Own) -> str:
    """All texts, one line each, for colleagues."""
    return "\n".join(text for language in CODES if (text := written.get(language)))


def text_for(written: Own, language: str, *, quoted: bool = False) -> str:
    """The text for a reader of this language, or the other one with a mark."""
    form = "“{}”" if quoted else "{}"
    if not written or written.get(language):
        return form.format(written[language]) if written else ""
    other = EN if language == ZH else ZH
    with override(CODES[language]):
        return str(WRITTEN_IN[other]) % {"words": form.format(written[other])}


def html_for(written: Own, language: str) -> SafeString:
    """The same on a page, with the language marked for browsers."""
    if not written or written.get(language):
        return zh_parts(written.get(language, ""))
    other = EN if language == ZH else ZH
    marked = format_html('<span lang="{}">{}</span>', TAGS[other], written[other])
    with override(CODES[language]):
        return format_html(str(WRITTEN_IN[other]) % {"words": "{}"}, marked)


def left_out(written: Own, language: str) -> str:
    """For a text message, which has no room for it: the text in this language, or a note that it is in the other."""
    if not written or written.get(language):
        return written.get(language, "")
    with override(CODES[language]):
        return str(LEFT_OUT[EN if language == ZH else ZH])


def in_messages(written: Own, *, quoted: bool = False) -> dict[str, str]:
    """The values for each reader's message, with those for text messages (`_short`)."""
    full = {language: text_for(written, language, quoted=quoted) for language in CODES}
    return {**full, **{f"{language}_short": left_out(written, language) for language in CODES}}


def faults(zh: str, en: str) -> dict[str, Words]:
    """Which of the two texts is in the wrong field, by language, and what to do."""
    wrong = ((ZH, NOT_CHINESE, bool(zh) and not has_han(zh)), (EN, NOT_ENGLISH, bool(en) and not _has_latin(en)))
    return {language: words for language, words, is_wrong in wrong if is_wrong}


def _has_latin(text: str) -> bool:
    return any("a" <= letter <= "z" for letter in text.lower())


def own_words_field(
    label: "_StrOrPromise", tag: str, *, lines: bool = False, help_text: "_StrOrPromise" = ""
) -> PlainTextField:
    """A field for a text in one language."""
    widget = (forms.Textarea if lines else forms.TextInput)(attrs={"lang": tag, **({"rows": 3} if lines else {})})
    longest = LONGEST_OF_SEVERAL if lines else LONGEST
    field = PlainTextField(
        label=label, max_length=longest, lines=lines, required=False, help_text=help_text, widget=widget
    )
    return field.called(NOUNS[tag])


class OwnWordsForm(forms.Form):
    """A text for somebody outside: a field for each language, of which one is enough."""

    use_required_attribute = False  # either may be empty, and other buttons of the same form need neither
    needs_words = True

    words = own_words_field(_("In Chinese"), TAGS[ZH])
    words_en = own_words_field(_("In English"), TAGS[EN], help_text=ONE_IS_ENOUGH)

    def clean(self) -> None:
        super().clean()
        zh, en = self.cleaned_data.get("words", ""), self.cleaned_data.get("words_en", "")
        for language, words in faults(zh, en).items():
            name = "words" if language == ZH else "words_en"
            self.add_error(name, ValidationError(str(words), code="other_language"))
        if self.needs_words and not (zh or en or self.errors):
            self.add_error("words", ValidationError(_("Write it in Chinese or in English"), code="words_missing"))

    def own(self) -> dict[str, str]:
        """What was written, by language."""
        return own(self.cleaned_data.get("words", ""), self.cleaned_data.get("words_en", ""))

    @property
    def typed(self) -> str:
        """The raw content of the two fields."""
        return "\n".join(text for name in ("words", "words_en") if (text := str(self[name].value() or "").strip()))
