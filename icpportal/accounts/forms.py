"""Forms of the account pages. None of them sends, spends or counts: the views do."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.internal.flows.login import perform_login, record_authentication
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from icpportal.accounts.fields import CodeField, PasswordField
from icpportal.accounts.models import User
from icpportal.entry import phones
from icpportal.entry.fields import EmailField, MobileField, PlainTextField

LOGIN_ATTRS = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}


class AddressField(EmailField):
    """An e-mail address in lower case: accounts do not differ by case."""

    def to_python(self, value: Any) -> str:
        return super().to_python(value).lower()


class NewPassword(forms.Form):
    """A new password, twice."""

    password1 = PasswordField(
        label=_("New password"), autocomplete="new-password", help_text=_("At least 8 characters, not a common one")
    )
    password2 = PasswordField(label=_("New password again"), autocomplete="new-password")

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def password_owner(self) -> User:
        """Whose password it will be: it must not resemble the address."""
        return self.user or User()

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        first, second = typed.get("password1"), typed.get("password2")
        if first and second and first != second:
            differs = ValidationError(gettext("Type the same password twice"), code="password_differs")
            self.add_error("password2", differs)
        if first:
            self._judge(first)
        return typed

    def _judge(self, password: str) -> None:
        try:
            password_validation.validate_password(password, self.password_owner())
        except ValidationError as error:
            self.add_error("password1", error)


class SignUpForm(NewPassword):
    """A new account: address, mobile, password and consent."""

    email = AddressField(label=_("E-mail"), help_text=_("We send a code to it. Use it to sign in later"))
    mobile = MobileField(label=_("Mobile"), help_text=_("A mainland number of 11 digits. We text a code to it"))
    password1 = PasswordField(
        label=_("Password"), autocomplete="new-password", help_text=_("At least 8 characters, not a common one")
    )
    password2 = PasswordField(label=_("Password again"), autocomplete="new-password")
    agree = forms.BooleanField(
        label=_("I agree to the terms of use and the privacy notice"),
        error_messages={"required": _("Tick that you agree, then continue")},
    )
    field_order = ["email", "mobile", "password1", "password2", "agree"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        links = ((reverse("terms"), gettext("Terms of use")), (reverse("privacy"), gettext("Privacy notice")))
        self.fields["agree"].help_text = format_html('<a href="{}">{}</a> · <a href="{}">{}</a>', *links[0], *links[1])

    def password_owner(self) -> User:
        return User(email=self.cleaned_data.get("email", ""))


class CodeForm(forms.Form):
    """One texted or mailed code."""

    code = CodeField(label=pgettext_lazy("one-time", "Code"), help_text=_("6 digits"))


class EmailForm(forms.Form):
    """One e-mail address."""

    email = AddressField(label=_("E-mail"))


class MobileForm(forms.Form):
    """One mobile."""

    mobile = MobileField(label=_("Mobile"), help_text=_("A mainland number of 11 digits. We text a code to it"))


class SignInForm(allauth_forms.LoginForm):
    """Address or mobile, and password; the same sentence whatever does not fit."""

    password = PasswordField(label=_("Password"), autocomplete="current-password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = PlainTextField(
            label=_("E-mail or mobile"), max_length=254, widget=forms.TextInput(attrs=LOGIN_ATTRS)
        )
        self.fields.pop("remember", None)

    def clean_login(self) -> str:
        typed = self.cleaned_data["login"]
        try:
            return phones.mobile(typed)
        except ValidationError:
            return typed.lower()

    def _login_with_password(
        self,
        request: HttpRequest,
        redirect_url: str | None,
        credentials: dict[str, Any],  # noqa: ARG002
    ) -> HttpResponseBase:
        # allauth's own would keep the address in the session
        record_authentication(request, self.user, method="password")
        self._login.email = None
        self._login.redirect_url = redirect_url
        return perform_login(request, self._login)


class PasswordAgainForm(allauth_forms.ReauthenticateForm):
    """The password once more, before something sensitive."""

    password = PasswordField(label=_("Password"), autocomplete="current-password")


class PasswordChangeForm(NewPassword):
    """The present password and a new one; saving it ends the other sessions."""

    oldpassword = PasswordField(label=_("Present password"), autocomplete="current-password")
    field_order = ["oldpassword", "password1", "password2"]

    def clean_oldpassword(self) -> str:
        typed = self.cleaned_data["oldpassword"]
        if self.user is None or not self.user.check_password(typed):
            raise ValidationError(gettext("This is not your present password"), code="password_wrong")
        return typed
