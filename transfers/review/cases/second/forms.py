"""What a second person writes to the colleague who accepted the order."""

from django import forms
from django.utils.translation import gettext_lazy as _

from icpportal.fields.fields import PlainTextField
from icpportal.fields.form_types import Posted
from transfers.review.cases.unused import SECOND

LONGEST = 200


class SendToFirstForm(forms.Form):
    """Why the case is returned to them."""

    use_required_attribute = False

    words = PlainTextField(
        label=_("What you found"),
        help_text=_("Colleagues read this, the applicant does not"),
        max_length=LONGEST,
        error_messages={"required": _("Say in a few words what you found")},
    ).called(_("text"))

    def __init__(self, data: Posted | None = None, *, initial: dict[str, str] | None = None) -> None:
        super().__init__(data, prefix=SECOND, initial=initial)
