"""What a member of staff sets for their own desk."""

from django import forms
from django.utils.translation import gettext_lazy as _

from filings.provinces import PROVINCES
from icpportal.accounts.models import User
from transfers.review.baskets.forms import own_provinces, province_name
from transfers.review.staff import save_settings, settings_of


class SettingsForm(forms.Form):
    """The provinces whose orders come first, and single-key shortcuts."""

    provinces = forms.MultipleChoiceField(
        label=_("Your provinces"),
        help_text=_("Their orders come first, and the queue shows them alone. Choose none for all"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(code, province_name(code)) for code in PROVINCES],
    )
    single_keys = forms.BooleanField(
        label=_("Use single keys"),
        help_text=_("Keys such as 1, 2, j and k act on the case page. Off, no key acts"),
        required=False,
    )

    def save(self, user: User) -> None:
        """Saves the choice."""
        chosen = self.cleaned_data
        save_settings(user, provinces=" ".join(chosen["provinces"]), single_keys=chosen["single_keys"])


def as_set(user: User) -> dict[str, list[str] | bool]:
    """What the form shows first."""
    return {"provinces": own_provinces(user), "single_keys": settings_of(user).single_keys}
