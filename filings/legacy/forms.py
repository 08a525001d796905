"""What the pages of imports and claims ask."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filings import certificate_numbers, certificates
from filings.legacy import states
from filings.legacy.comparing import FoundSite, FoundSubject
from icpportal.accounts.fields import CodeField
from icpportal.entry.fields import ChoiceField, DomainField, EmailField, NumberField, PlainTextField

OLD, HERE = "old", "here"
KEEP = ((OLD, _("Use the old platform's")), (HERE, _("Keep what is here")))
NOTHING = ("", _("Choose…"))


class ProveForm(forms.Form):
    """The old account and its password."""

    old_account = EmailField(
        label=_("Old account (e-mail)"),
        help_text=_("The one you used on the old platform"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    old_password = forms.CharField(
        label=_("Its password"),
        max_length=128,
        strip=False,
        help_text=_("Not your password here"),
        error_messages={"required": _("Enter the password of the old account")},
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class PickForm(forms.Form):
    """Which websites, and what stays where the two platforms differ; a field for each difference."""

    site = forms.MultipleChoiceField(
        label=_("Websites to import"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("One of the websites is not there any more: look again")},
    )

    def __init__(self, *args: Any, found: list[FoundSubject], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = found
        picked = [site.domain for site in self._sites() if site.can_pick]
        self.fields["site"].choices = [(domain, domain) for domain in picked]  # type: ignore[attr-defined]
        self.initial["site"] = picked
        for subject in found:
            if subject.how == states.KEPT_HERE:
                self._ask(keep_subject(subject))
        for site in self._sites():
            if site.how == states.KEPT_HERE:
                self._ask(keep_site(site))

    def _ask(self, name: str) -> None:
        self.fields[name] = forms.ChoiceField(
            label=_("They differ: keep"),
            choices=KEEP,
            initial=HERE,
            widget=forms.RadioSelect,
            error_messages={"required": _("They differ: choose what to keep")},
        )

    def _sites(self) -> Iterable[FoundSite]:
        return (site for subject in self.found for site in subject.sites)

    def clean_site(self) -> list[str]:
        picked = self.cleaned_data["site"]
        if not picked:
            raise ValidationError(_("Choose at least one website"), code="choose")
        return picked

    def picked(self) -> dict[UUID, bool]:
        """The records that were chosen, each with whether its website stays as it is here."""
        chosen = set(self.cleaned_data["site"])
        return {
            site.record: site.how == states.KEPT_HERE and self._keeps(keep_site(site))
            for site in self._sites()
            if site.domain in chosen
        }

    def kept_subjects(self) -> list[str]:
        """The keys of the subjects that stay as they are here."""
        differing = (subject for subject in self.found if subject.how == states.KEPT_HERE)
        return [subject.key for subject in differing if self._keeps(keep_subject(subject))]

    def _keeps(self, name: str) -> bool:
        return self.cleaned_data[name] == HERE


def keep_site(site: FoundSite) -> str:
    """The name of the field that asks about a website."""
    return f"keep-{site.domain}"


def keep_subject(subject: FoundSubject) -> str:
    """The name of the field that asks about a subject."""
    return f"keep-subject-{subject.short_key}"


class ClaimForm(forms.Form):
    """Which record: who files it, and its domain."""

    id_type = ChoiceField(label=_("Type of document"))
    id_number = NumberField(label=_("Document number"), help_text=_("Character by character as on the document"))
    name = PlainTextField(
        label=_("Name of the subject"),
        max_length=255,
        help_text=_("The full name on the document"),
        widget=forms.TextInput(attrs={"lang": "zh-Hans", "autocomplete": "off"}),
    )
    domain = DomainField(label=_("Domain name"), help_text=_("Without www, for example example.com"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["id_type"].choices = [NOTHING, *_documents()]  # type: ignore[attr-defined]

    def clean_id_number(self) -> str:
        return certificate_numbers.regular(self.cleaned_data["id_number"])


def _documents() -> list[tuple[Any, list[tuple[str, Any]]]]:
    """Every type of document, those of old filings too, by whose it is."""
    return [
        (nature.label, [(each.key, each.label) for each in certificates.CERTIFICATES.values() if each.nature == key])
        for key, nature in certificates.NATURES.items()
    ]


class FindForm(forms.Form):
    """A domain that is on a filing of the forgotten account."""

    domain = DomainField(label=_("Forgotten: a filed domain"), help_text=_("Found by domain and text message"))


class FindCodeForm(forms.Form):
    """The code that was texted to the mobile on that filing."""

    code = CodeField(
        label=pgettext_lazy("one-time", "Code"), help_text=_("6 digits, texted to the mobile on the filing")
    )


class SendClaimForm(forms.Form):
    """What the applicant adds for the reviewer."""

    words = PlainTextField(
        label=_("What we should know"),
        help_text=_("For example: which paper shows what, and whom to call"),
        max_length=500,
        lines=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "data-counter": "500"}),
    )


class PaperForm(forms.Form):
    """One picture."""

    file = forms.FileField(
        label=_("Choose file or take a photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/heic,image/heif,image/webp"}),
    )

    def __init__(self, *, side: int) -> None:
        super().__init__(auto_id=f"id_paper_{side}_%s")


class DeclineForm(forms.Form):
    """Why a claim is not accepted, in words that the applicant reads."""

    use_required_attribute = False  # the other button of the form needs no words

    words = PlainTextField(
        label=_("What the applicant reads"), max_length=500, lines=True, widget=forms.Textarea(attrs={"rows": 3})
    )

    @property
    def words_typed(self) -> str:
        """What stands in the box."""
        return str(self["words"].value() or "").strip()
