"""The stored answer of a page to a form that it refused: the errors in both languages, and other messages.

Stored, not validated again: validating could count an attempt, and the answer about a password cannot be found without
it.
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

ONCE = "one_shot"  # attributes of a form with further messages about its refusal

Errors = dict[str, list[ValidationError]]


class KeptError(TypedDict):
    """One sentence, by language."""

    code: str
    words: dict[str, str]
    is_markup: bool


class KeptForm(TypedDict):
    """The result of one form."""

    bound: bool
    names: dict[str, str]  # in the page, of the fields with errors
    errors: dict[str, list[KeptError]]
    said: dict[str, Json]


def key_of(form: forms.BaseForm) -> str:
    """The key by which a form is found again in the next page."""
    return f"{type(form).__name__}:{form.prefix or ''}"


def stored_form(form: forms.BaseForm) -> KeptForm:
    """The stored refusal of this form."""
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
    once = {name: getattr(form, name) for name in getattr(form, ONCE, ())}
    names = {field: form.add_prefix(field) for field in errors if field in form.fields}
    return KeptForm(bound=form.is_bound, names=names, errors=errors, said=once)


def still_wrong(refusal: KeptForm, judged: Typed, typed: Typed) -> KeptForm:
    """The refusal without the errors of fields that show something other than what was judged."""
    names = refusal.get("names", {})  # none in what a version before this stored
    errors = {
        field: found
        for field, found in refusal["errors"].items()
        if field not in names or _normalise(typed.get(names[field])) == _normalise(judged.get(names[field]))
    }
    return KeptForm(bound=refusal["bound"], names=names, errors=errors, said=refusal["said"])


def _at(words: list[str], place: int) -> str:
    return words[place] if place < len(words) else ""


def _words(form: forms.BaseForm, language: str, *, again: bool) -> Iterator[tuple[str, list[str]]]:
    """The errors by field in this language: its own validation repeated, further ones appended."""
    with override(language):
        own = _judged_again(form) if again else {}
        for field, found in form.errors.as_data().items():
            messages = [str(words) for error in found for words in error.messages]
            mine = own.get(field, [])
            yield field, [*mine, *messages[len(mine) :]]


def _judged_again(form: forms.BaseForm) -> dict[str, list[str]]:
    """The errors of one of our forms in the active language; `clean` of others may count an attempt."""
    if not form.is_bound or not is_ours(form):
        return {}
    twin = copy.copy(form)
    twin.full_clean()
    found = twin.errors.as_data()
    return {field: [str(words) for error in errors for words in error.messages] for field, errors in found.items()}


def is_ours(form: forms.BaseForm) -> bool:
    """Whether validating it has no effects."""
    return not any(base.__module__.startswith("allauth.") for base in type(form).__mro__)


def in_both_languages(words: Words) -> dict[str, str]:
    """The sentence by language."""
    found = {}
    for key, _name in settings.LANGUAGES:
        with override(key):
            found[key] = str(words)
    return found


def in_my_language(words: Mapping[str, str]) -> str:
    """The sentence in the reader's language."""
    return words.get(get_language() or "") or next(filter(None, words.values()), "")


def put_back(form: forms.BaseForm, typed: Typed, refusal: KeptForm | None) -> bool:
    """Fills a new form with what was typed and its errors; returns whether anything was restored."""
    mine = {name: typed[name] for name in kept_names(form) if name in typed}
    if refusal is None and not mine:
        return False
    if refusal is None:
        return _filled_in(form, mine)
    for name, value in refusal["said"].items():
        setattr(form, name, value)  # first: it may save the form a query
    if refusal["bound"]:
        _bind(form, mine)
    _set_errors(form)
    for field, errors in refusal["errors"].items():
        for error in errors:
            form.add_error(_place(form, field), _as_error(error))
    return True


def _filled_in(form: forms.BaseForm, typed: Typed) -> bool:
    """Whether the fields show something other than without the typed values."""
    before = _contents(form)
    _bind(form, typed)
    _set_errors(form)
    return _contents(form) != before or _unbind(form)


def _set_errors(form: forms.BaseForm) -> None:
    """Sets the errors without validating again."""
    form._errors = ErrorDict(renderer=form.renderer)  # type: ignore[attr-defined]  # no other door
    form.cleaned_data = {}


def _contents(form: forms.BaseForm) -> list[list[str]]:
    """The content of the fields, normalised: the same text is no change."""
    return [_normalise(bound.value()) for bound in form]


def _normalise(value: object) -> list[str]:
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
    """Calls the method of forms whose choices depend on what is typed."""
    if (offer := getattr(form, "offer_again", None)) is not None:
        offer()


def _place(form: forms.BaseForm, field: str) -> str | None:
    return field if field != NON_FIELD_ERRORS and field in form.fields else None


def _as_error(error: KeptError) -> ValidationError:
    words = in_my_language(error["words"])
    return ValidationError(SafeString(words) if error["is_markup"] else words, code=error["code"] or None)  # noqa: S308
