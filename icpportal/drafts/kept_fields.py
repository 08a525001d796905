"""Which fields of a form may be kept before they are saved: never a password, a one-time code or a file."""

from collections.abc import Iterable

from django import forms

NEVER_TYPES = ("password", "file")
NEVER_FILLED_IN = ("one-time-code", "current-password", "new-password")  # values of `autocomplete`
SEEN = "seen"  # digest of the answers that the page showed when it was typed into; a hidden field of the page


def is_secret(form: forms.BaseForm, name: str) -> bool:
    """Whether this field must never be stored; a form names further ones in `never_kept`."""
    widget = form.fields[name].widget
    return (
        name in getattr(form, "never_kept", ())
        or getattr(widget, "input_type", "") in NEVER_TYPES
        or widget.attrs.get("autocomplete") in NEVER_FILLED_IN
    )


def kept_names(form: forms.BaseForm) -> list[str]:
    """The fields of this form that are kept, by their names in the page."""
    return [
        form.add_prefix(name) for name, field in form.fields.items() if not field.disabled and not is_secret(form, name)
    ]


def names_of(found: Iterable[forms.BaseForm]) -> list[str]:
    """Those of all forms of a page, each once."""
    return list(dict.fromkeys(name for form in found for name in kept_names(form)))
