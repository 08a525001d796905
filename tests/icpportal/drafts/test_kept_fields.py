"""No form ever keeps a password, a one-time code or a file."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from django import forms

import filings
import icpportal
import transfers
import verification
from icpportal.drafts.kept_fields import is_secret, names_of

SECRET_WORDS = ("password", "otp")
# `code` is a one-time code in any form; these are permanent codes
LASTING = {"service_code", "sh_code"}
OF_THE_MINISTRY = {("VersionForm", "code")}  # a reason's number in the ministry's public table


def every_form() -> list[type[forms.BaseForm]]:
    for package in (icpportal, filings, verification, transfers):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not {"migrations", "management"} & set(module.name.split(".")) and not module.name.endswith("gi"):
                importlib.import_module(module.name)
    return sorted(_below(forms.BaseForm), key=lambda form: f"{form.__module__}.{form.__qualname__}")


def _below(form: type[forms.BaseForm]) -> Iterator[type[forms.BaseForm]]:
    for each in form.__subclasses__():
        if each.__module__.split(".")[0] in ("icpportal", "filings", "verification", "transfers", "allauth"):
            yield each
        yield from _below(each)


def make(form: type[forms.BaseForm]) -> forms.BaseForm:
    """A form of this kind with its declared fields, whatever arguments its own `__init__` needs."""
    found = form.__new__(form)
    forms.BaseForm.__init__(found)
    return found


def test_no_form_keeps_a_password_or_a_code() -> None:
    found = [(form.__qualname__, name) for form in every_form() for name in names_of([make(form)])]

    assert len(found) > 60
    wrong = [
        (form, name)
        for form, name in found
        if any(word in name.lower() for word in SECRET_WORDS)
        or ("code" in name and name not in LASTING and (form, name) not in OF_THE_MINISTRY)
    ]
    assert wrong == []


def test_forms_that_ask_for_a_secret_are_recognised() -> None:
    asking = {name for form in every_form() for name in make(form).fields if is_secret(make(form), name)}

    assert asking >= {"filing_password", "old_password", "password", "password1", "password2", "oldpassword", "code"}


@pytest.mark.parametrize(
    "field",
    [
        forms.CharField(widget=forms.PasswordInput),
        forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "one-time-code"})),
        forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "current-password"})),
        forms.FileField(),
        forms.CharField(disabled=True),
    ],
)
def test_a_field_is_secret_by_its_kind(field: forms.Field) -> None:
    form = type("Asking", (forms.Form,), {"asked": field, "name": forms.CharField()})()

    assert names_of([form]) == ["name"]


def test_a_form_may_name_further_fields_that_are_never_kept() -> None:
    form = type(
        "Asking", (forms.Form,), {"never_kept": ("hint",), "hint": forms.CharField(), "name": forms.CharField()}
    )()

    assert names_of([form]) == ["name"]
