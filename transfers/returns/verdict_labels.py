"""A return's verdicts as messages list them: the part, the reason in the reader's language, the reviewer's words."""

from collections.abc import Callable
from functools import partial

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from icpportal.desk import own_words
from icpportal.fields.types import Fact, Words
from icpportal.gateways.miit.codes.processing_codes import Code, applicants_codes
from transfers.models import FieldVerdict
from transfers.returns.labels import MIDDLE_DOT, full_name_of, in_sentence, label_of, section_of

LANGUAGES = {"zh": "zh-hans", "en": "en"}
BETWEEN = {"zh": "、", "en": ", "}
THEIR_ANSWER = _("The authority's answer")
CODE = _("Code %(code)s")
CHANGE_HERE = _("To change in this order: %(pages)s")
ELSEWHERE = _("Nothing to change in this order. Its page asks what was done elsewhere")

# the sentence about parts that a return does not name
ALL_PASSED = _("Everything else passed and stays as it is.")
LEFT_OPEN = _("Only the parts below can be changed now. We have not finished checking the others.")


def reason_words(verdict: FieldVerdict, *, chinese: bool) -> str:
    """The reason as sent, in the reader's language, or the reviewer's own words."""
    texts, folder = _texts_of(verdict), "zh" if chinese else "en"
    return texts[folder]["text"] if texts else own_words.text_for(verdict.written, folder)


def reason_shown(verdict: FieldVerdict, *, chinese: bool) -> Words:
    """The same on a page."""
    return reason_words(verdict, chinese=chinese) if _texts_of(verdict) else _own_shown(verdict, chinese=chinese)


def besides_shown(verdict: FieldVerdict, *, chinese: bool) -> Words:
    """The reviewer's words in addition to a reason of the catalogue, on a page."""
    return _own_shown(verdict, chinese=chinese) if _texts_of(verdict) else ""


def _own_shown(verdict: FieldVerdict, *, chinese: bool) -> Words:
    return own_words.html_for(verdict.written, "zh" if chinese else "en")


def short_reason(verdict: FieldVerdict) -> dict[str, str]:
    """For the text message: the reason's short form, or the reviewer's own words shortened."""
    texts = _texts_of(verdict)
    return {folder: texts[folder]["short"] for folder in LANGUAGES} if texts else own_words.in_messages(verdict.written)


def _texts_of(verdict: FieldVerdict) -> dict[str, dict[str, str]]:
    """The stored words; today's catalogue where an earlier version of the portal wrote the row."""
    stored: dict[str, dict[str, str]] = verdict.told
    return stored or (verdict.reason.as_told() if verdict.reason else {})


def named_parts(verdicts: list[FieldVerdict]) -> list[dict[str, Fact]]:
    """For the mail, one entry for each part: its name, the reason of the catalogue, the reviewer's words."""
    return [
        {
            "label": _in_both(partial(full_name_of, each.field)),
            "reason": _reason(each),
            "words": own_words.in_messages(each.written, quoted=True) if each.written else "",
        }
        for each in verdicts
    ]


def short_names(verdicts: list[FieldVerdict]) -> dict[str, str]:
    """For the text message, the parts alone."""
    return {
        folder: BETWEEN[folder].join(
            dict.fromkeys(in_sentence(_in_language(label_of(each.field), folder)) for each in verdicts)
        )
        for folder in LANGUAGES
    }


def told_by_return(verdicts: list[FieldVerdict], *, rest_passed: bool) -> dict[str, Fact]:
    """The parts of a return's mail and text message; `rest_passed`: everything not named is in order."""
    return {
        "n": len(verdicts),
        "reasons": named_parts(verdicts),
        "parts": short_names(verdicts),
        "others": ALL_PASSED if rest_passed else LEFT_OPEN,
    }


def named_codes(codes: str) -> list[dict[str, Fact]]:
    """For the mail about a refusal, one entry for each code: its meaning, and where to settle it."""
    return [
        {
            "label": _in_both(partial(_code_words, key)),
            "reason": {"zh": code.zh, "en": code.en},
            "note": _in_both(partial(_where, code)),
        }
        for key, code in applicants_codes(codes)
    ]


def _reason(verdict: FieldVerdict) -> Fact:
    if not _texts_of(verdict):  # there are only the reviewer's words
        return ""
    return {folder: reason_words(verdict, chinese=folder == "zh") for folder in LANGUAGES}


def _code_words(code: str) -> str:
    return str(CODE) % {"code": code} if code else str(THEIR_ANSWER)


def _where(code: Code) -> str:
    if not code.opens:
        return str(ELSEWHERE)
    pages = MIDDLE_DOT.join(dict.fromkeys(str(section_of(part)) for part in code.opens))
    return str(CHANGE_HERE) % {"pages": pages}


def _in_both(words: Callable[[], str]) -> dict[str, Fact]:
    found: dict[str, Fact] = {}
    for folder, language in LANGUAGES.items():
        with override(language):
            found[folder] = words()
    return found


def _in_language(words: Words, folder: str) -> str:
    with override(LANGUAGES[folder]):
        return str(words)
