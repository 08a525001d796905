"""What a page answered to a form that it refused, as it is kept: the errors in both languages, and what else it said.

Kept, not judged again: asking again could count a try, and an answer to a password cannot be found without it.
"""

import copy
from collections.abc import Iterator, Mapping
from typing import TypedDict

from django import forms
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.utils import ErrorDict
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override

from icpportal.drafts.kept_fields import kept_names
from icpportal.drafts.storage import Typed
from icpportal.fields.types import Json, Words

ONCE = "one_shot"  # what a form says of its refusal in addition to its errors, by attribute

Errors = dict[str, list[ValidationError]]


class KeptError(TypedDict):
    """One sentence, by language."""

    code: str
    words: dict[str, str]
    is_markup: bool


class KeptForm(TypedDict):
    """What became of one form."""

    bound: bool
    errors: dict[str, list[KeptError]]
    said: dict[str, Json]


def key_of(form: forms.BaseForm) -> str:
    """By which a form is found again in the page that is drawn next."""
    return f"{type(form).__name__}:{form.prefix or ''}"


def kept(form: forms.BaseForm) -> KeptForm:
    """The refusal of this form."""
    judged_in = get_language()
    words = {key: dict(_words(form, key, again=key != judged_in)) for key, _name in settings.LANGUAGES}
    errors: dict[str, list[KeptError]] = {}
    for field, found in form.errors.as_data().items():
        flat = [each for error in found for each in error.error_list]
        errors[field] = [
            KeptError(
                code=each.code or "",
                words={language: _at(by_field.get(field, []), place) for language, by_field in words.items()},
                is_markup=hasattr(each.message, "__html__"),
            )
            for place, each in enumerate(flat)
        ]
    said = {name: getattr(form, name) for name in getattr(form, ONCE, ())}
    return KeptForm(bound=form.is_bound, errors=errors, said=said)


def _at(words: list[str], place: int) -> str:
    return words[place] if place < len(words) else ""


def _words(form: forms.BaseForm, language: str, *, again: bool) -> Iterator[tuple[str, list[str]]]:
    """The errors by field in this language: those of its own judgement said again, the others after them."""
    with override(language):
        own = _judged_again(form) if again else {}
        for field, found in form.errors.as_data().items():
            said = [str(words) for error in found for words in error.messages]
            mine = own.get(field, [])
            yield field, [*mine, *said[len(mine) :]]


def _judged_again(form: forms.BaseForm) -> dict[str, list[str]]:
    """What a form of ours says of the same in the language of now; `clean` of others may count a try."""
    if not form.is_bound or not is_ours(form):
        return {}
    twin = copy.copy(form)
    twin.full_clean()
    found = twin.errors.as_data()
    return {field: [str(words) for error in errors for words in error.messages] for field, errors in found.items()}


def is_ours(form: forms.BaseForm) -> bool:
    """Whether judging it has no effect."""
    return not any(base.__module__.startswith("allauth.") for base in type(form).__mro__)


def in_both_languages(words: Words) -> dict[str, str]:
    """A sentence by language."""
    found = {}
    for key, _name in settings.LANGUAGES:
        with override(key):
            found[key] = str(words)
    return found


def in_my_language(words: Mapping[str, str]) -> str:
    """The sentence for this reader."""
    return words.get(get_language() or "") or next(filter(None, words.values()), "")


def put_back(form: forms.BaseForm, typed: Typed, refusal: KeptForm | None) -> bool:
    """Fill a form that was just made with what was typed, and say what was said; whether anything was put back."""
    mine = {name: typed[name] for name in kept_names(form) if name in typed}
    if refusal is None and not mine:
        return False
    if refusal is None:
        return _filled_in(form, mine)
    for name, value in refusal["said"].items():
        setattr(form, name, value)  # first of all: it may spare the form a question it would ask to be drawn
    if refusal["bound"]:
        _bind(form, mine)
    _answered(form)
    for field, errors in refusal["errors"].items():
        for error in errors:
            form.add_error(_place(form, field), _said(error))
    return True


def _filled_in(form: forms.BaseForm, typed: Typed) -> bool:
    """Whether the fields show something else than they would without what was typed."""
    before = _shown(form)
    _bind(form, typed)
    _answered(form)
    return _shown(form) != before or _unbind(form)


def _answered(form: forms.BaseForm) -> None:
    """The form is not judged again."""
    form._errors = ErrorDict(renderer=form.renderer)  # type: ignore[attr-defined]  # no other door
    form.cleaned_data = {}


def _shown(form: forms.BaseForm) -> list[list[str]]:
    """What stands in the fields, however it is written: the same text is no change."""
    return [_written(bound.value()) for bound in form]


def _written(value: object) -> list[str]:
    if isinstance(value, list | tuple):
        return sorted(str(each) for each in value)
    if isinstance(value, bool) or value is None:
        return ["on"] if value else []
    return [text] if (text := str(value).replace("\r\n", "\n").strip()) else []


def _bind(form: forms.BaseForm, typed: Typed) -> None:
    form.data, form.files, form.is_bound = MultiValueDict(typed), MultiValueDict(), True
    _offer_again(form)


def _unbind(form: forms.BaseForm) -> bool:
    form.data, form.is_bound = MultiValueDict(), False
    _offer_again(form)
    return False


def _offer_again(form: forms.BaseForm) -> None:
    """A form whose choices follow from what is typed has a method for it."""
    if (offer := getattr(form, "offer_again", None)) is not None:
        offer()


def _place(form: forms.BaseForm, field: str) -> str | None:
    return field if field != NON_FIELD_ERRORS and field in form.fields else None


def _said(error: KeptError) -> ValidationError:
    words = in_my_language(error["words"])
    return ValidationError(SafeString(words) if error["is_markup"] else words, code=error["code"] or None)  # noqa: S308
