"""Forms of the account pages. They send, spend and count nothing: the views do."""

from contextlib import suppress
from typing import Unpack

from allauth.account import forms as allauth_forms
from allauth.account.internal.flows.login import perform_login, record_authentication
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from icpportal.accounts import kept_passwords
from icpportal.accounts.models import User
from icpportal.fields import emails, phones
from icpportal.fields.fields import ChoiceField, EmailField, Labelled, MobileField, PlainTextField
from icpportal.fields.form_types import FieldOptions, Files, FormOptions, Posted

LOGIN_ATTRS = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
PASSWORD_MAX = 128


class AddressField(EmailField):
    """An email address in lower case: accounts do not differ by case."""

    def to_python(self, value: str | None) -> str:
        return super().to_python(value).lower()


class PasswordField(Labelled, forms.CharField):
    """A password exactly as typed; `autocomplete` tells password managers whether it is new."""

    def __init__(self, *, autocomplete: str, **options: Unpack[FieldOptions]) -> None:
        options.setdefault("widget", forms.PasswordInput(attrs={"autocomplete": autocomplete}))
        super().__init__(strip=False, max_length=PASSWORD_MAX, **options)


AGAIN = _("password again")


class LanguageForm(forms.Form):
    """The language of pages, emails and text messages."""

    language = ChoiceField(
        label=_("Language of pages, emails and text messages"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )


class NewPassword(forms.Form):
    """A new password, twice."""

    password1 = PasswordField(
        label=_("New password"), autocomplete="new-password", help_text=_("At least 8 characters, not a common one")
    )
    password2 = PasswordField(label=_("Confirm new password"), autocomplete="new-password").called(AGAIN)

    def __init__(
        self,
        data: Posted | None = None,
        files: Files | None = None,
        *,
        user: User | None = None,
        **options: Unpack[FormOptions],
    ) -> None:
        self.user = user
        super().__init__(data, files, **options)

    def password_owner(self) -> User:
        """Whose password it will be: it must not resemble the address."""
        return self.user or User()

    def clean(self) -> None:
        super().clean()
        typed = self.cleaned_data
        first, second = typed.get("password1"), typed.get("password2")
        if first and second and first != second:
            differs = ValidationError(
                gettext("The two passwords do not match: enter the same one twice"), code="password_differs"
            )
            self.add_error("password2", differs)
        if first:
            self._judge(first)

    def _judge(self, password: str) -> None:
        try:
            password_validation.validate_password(password, self.password_owner())
        except ValidationError as error:
            self.add_error("password1", error)


def _beside(*links: tuple[str, str]) -> SafeString:
    """Links to read beside the form: after a refusal, Back leads to no page, and a password is not filled in again."""
    return format_html_join(" ", '<a class="link" href="{}" target="_blank" rel="noopener">{}</a>', links)


class SignUpForm(NewPassword):
    """A new account: address, mobile, password and consent."""

    drawn_in_answer = True  # a valid password is kept in the page that is drawn again
    never_kept = (kept_passwords.FIELD,)

    email = AddressField(label=_("Email"), help_text=_("We send a code to it. Use it to sign in later"))
    mobile = MobileField(label=_("Mobile"), help_text=_("11 digits, mainland China. We will text a code to it"))
    password1 = PasswordField(
        label=_("Password"), autocomplete="new-password", help_text=_("At least 8 characters, not a common one")
    )
    password2 = PasswordField(label=_("Confirm password"), autocomplete="new-password").called(AGAIN)
    agree = forms.BooleanField(
        label=_("I agree to the terms of use and the privacy notice"),
        error_messages={"required": _("Tick the box to agree, then continue")},
    )
    field_order = ["email", "mobile", "password1", "password2", "agree"]

    def __init__(self, data: Posted | None = None, files: Files | None = None, **options: Unpack[FormOptions]) -> None:
        super().__init__(data, files, **options)
        self.fields["agree"].help_text = _beside(
            (reverse("terms"), gettext("Terms of use (opens in a new tab)")),
            (reverse("privacy"), gettext("Privacy notice (opens in a new tab)")),
        )
        self._kept = self._kept_before()
        if self._kept:
            self._ask_no_password()

    def _kept_before(self) -> str:
        """The digest of a password that was valid in an earlier attempt, unless a new one is typed."""
        sent = self.data
        if sent.get("password1") or sent.get("password2") or not sent.get(kept_passwords.FIELD):
            return ""
        return kept_passwords.digest_in(sent[kept_passwords.FIELD], email=sent.get("email", "").strip())

    def _ask_no_password(self) -> None:
        for name in ("password1", "password2"):
            self.fields[name].required = False
        self.fields["password1"].help_text = _("Your password is kept. Enter one only to change it")

    def digest(self) -> str:
        """The password in its stored form; of a valid form."""
        return self._kept or kept_passwords.digest_of(self.cleaned_data["password1"])

    def keep_password(self) -> None:
        """Keeps a valid password while another field must be corrected."""
        if {"password1", "password2"} & set(self.errors):
            return
        token = kept_passwords.keep(self.digest(), email=self.data.get("email", "").strip())
        self._ask_no_password()
        self.fields[kept_passwords.FIELD] = forms.CharField(widget=forms.HiddenInput, required=False)
        sent = {name: self.data[name] for name in self.data}
        self.data = {**sent, kept_passwords.FIELD: token}

    def password_owner(self) -> User:
        return User(email=self.cleaned_data.get("email", ""))


class EmailForm(forms.Form):
    """One email address."""

    email = AddressField(label=_("Email"))


class MobileForm(forms.Form):
    """One mobile."""

    mobile = MobileField(label=_("Mobile"), help_text=_("11 digits, mainland China. We will text a code to it"))


class SignInForm(allauth_forms.LoginForm):
    """Address or mobile, and password; one error message for whatever is wrong."""

    password = PasswordField(label=_("Password"), autocomplete="current-password")

    def __init__(
        self,
        data: Posted | None = None,
        files: Files | None = None,
        *,
        request: HttpRequest | None = None,
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, files, request=request, **options)
        self.fields["login"] = PlainTextField(
            label=_("Email or mobile"), max_length=254, widget=forms.TextInput(attrs=LOGIN_ATTRS)
        )
        self.fields.pop("remember", None)

    def clean_login(self) -> str:
        typed = self.cleaned_data["login"]
        for read in (phones.mobile, emails.email):
            with suppress(ValidationError):
                return read(typed).lower()
        return typed.lower()

    def _login_with_password(
        self,
        request: HttpRequest,
        redirect_url: str | None,
        credentials: dict[str, str],  # noqa: ARG002
    ) -> HttpResponseBase:
        # allauth's own would keep the address in the session
        record_authentication(request, self.user, method="password")
        self._login.email = None
        self._login.redirect_url = redirect_url
        return perform_login(request, self._login)


class PasswordAgainForm(allauth_forms.ReauthenticateForm):
    """The password again, before a sensitive action."""

    password = PasswordField(label=_("Password"), autocomplete="current-password")


class PasswordChangeForm(NewPassword):
    """The present password and a new one; saving ends the other sessions."""

    oldpassword = PasswordField(label=_("Current password"), autocomplete="current-password")
    field_order = ["oldpassword", "password1", "password2"]

    def clean_oldpassword(self) -> str:
        typed = self.cleaned_data["oldpassword"]
        if self.user is None or not self.user.check_password(typed):
            raise ValidationError(gettext("That is not your current password: try again"), code="password_wrong")
        return typed
