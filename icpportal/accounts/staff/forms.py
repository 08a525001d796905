"""The forms of accounts at the review desk: the roles of one, and a new account of staff."""

from collections.abc import Iterable
from typing import Unpack

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from icpportal.accounts import roles
from icpportal.accounts.forms import AddressField
from icpportal.accounts.models import User
from icpportal.approvals import role_changes
from icpportal.approvals.models import ROLE
from icpportal.approvals.queries import open_request
from icpportal.fields.fields import PlainTextField
from icpportal.fields.form_types import Files, ModelFormOptions, Posted


class RolesForm(forms.ModelForm):
    """The roles of an account; combinations that one person must not hold are refused."""

    held_roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=list(roles.NAMES.items()), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = User
        fields = ["name", "is_active"]

    def __init__(
        self, data: Posted | None = None, files: Files | None = None, **options: Unpack[ModelFormOptions]
    ) -> None:
        super().__init__(data, files, **options)
        if self.instance.pk and not self.instance._state.adding:
            self.initial["held_roles"] = sorted(roles.names_of(self.instance))

    def roles_chosen(self, ticked: Iterable[str]) -> set[str]:
        """The roles of now with what was changed on this page: it may show those of an hour ago."""
        held, after = roles.names_of(self.instance), set(ticked)
        shown = self._shown_roles() if self.fields["held_roles"].show_hidden_initial else held
        return (held - (shown - after)) | (after - shown)

    @property
    def is_overtaken(self) -> bool:
        """Whether a colleague has changed the roles since the page was opened."""
        return self.fields["held_roles"].show_hidden_initial and self._shown_roles() != roles.names_of(self.instance)

    def _shown_roles(self) -> set[str]:
        field, name = self.fields["held_roles"], self["held_roles"].html_initial_name
        return set(field.to_python(field.hidden_widget().value_from_datadict(self.data, self.files, name)) or ())

    def clean_held_roles(self) -> list[str]:
        chosen = sorted(self.roles_chosen(self.cleaned_data["held_roles"]))
        roles.refuse_combination(chosen)
        if self.instance == self.current_user and set(chosen) != roles.names_of(self.instance):
            raise ValidationError(gettext("Your own roles are changed by somebody else"), code="roles_own")
        if role_changes.is_asked_first(self.instance, chosen) and open_request(ROLE, self.instance.pk):
            raise ValidationError(gettext("A second person has been asked already"), code="asked_already")
        return chosen

    def clean_is_active(self) -> bool:
        active = self.cleaned_data["is_active"]
        if self.instance == self.current_user and not active:
            raise ValidationError(gettext("Your own account is closed by somebody else"), code="close_own")
        return active

    current_user: User | None = None  # set by AccountAdmin.get_form


class NewStaffForm(RolesForm):
    """A new staff account: address, name, roles. Its owner sets the password through the invitation."""

    email = AddressField(label=_("Email"))
    name = PlainTextField(label=_("Name shown to colleagues"), max_length=80)

    class Meta(RolesForm.Meta):
        fields = ["name"]

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if User.objects.filter(email=email).exists():
            raise ValidationError(gettext("There is an account with this address"), code="email_taken")
        return email

    def clean_held_roles(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["held_roles"]
        roles.refuse_combination(chosen)
        if not roles.is_staff_role(chosen):
            raise ValidationError(gettext("Choose a role of staff: without one nobody is invited"), code="no_role")
        return chosen
