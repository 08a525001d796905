"""The forms of imports and claims."""

from collections.abc import Iterable
from typing import Unpack
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from filings.legacy_import.comparison import FoundSite, FoundSubject
from filings.models import legacy_states as states
from filings.register import certificate_numbers, certificates
from icpportal.codes.forms import CodeField
from icpportal.desk.own_words import ONE_IS_ENOUGH, OwnWordsForm, own_words_field
from icpportal.fields.fields import ChoiceField, DomainField, EmailField, NumberField, PlainTextField
from icpportal.fields.form_types import Choice, Files, FormOptions, Posted, offer

OLD, HERE = "old", "here"
KEEP = ((OLD, _("Use the old platform's")), (HERE, _("Keep this portal's version")))
NOTHING = ("", _("Choose…"))


class ProveForm(forms.Form):
    """The old account's address and password."""

    old_account = EmailField(
        label=_("Old account (email)"),
        help_text=_("The one you used on the old platform"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    old_password = forms.CharField(
        label=_("Password of the old account"),
        max_length=128,
        strip=False,
        help_text=_("Not your password for this portal"),
        error_messages={"required": _("Enter the password of the old account")},
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class PickForm(forms.Form):
    """The websites to import, and a field for each difference that asks which platform's value stays."""

    site = forms.MultipleChoiceField(
        label=_("Websites to import"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("One of the websites is no longer in the list: check your choice")},
    )

    def __init__(
        self,
        data: Posted | None = None,
        files: Files | None = None,
        *,
        found: list[FoundSubject],
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, files, **options)
        self.found = found
        picked = [site.domain for site in self._sites() if site.can_pick]
        offer(self, "site", [(domain, domain) for domain in picked])
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
        """The chosen records, each with whether its website stays as it is here."""
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
    """The record to be claimed: who files it, and its domain."""

    id_type = ChoiceField(label=_("Type of document"))
    id_number = NumberField(label=_("Document number"), help_text=_("Character by character as on the document"))
    name = PlainTextField(
        label=_("Name of the subject"),
        max_length=255,
        help_text=_("The full name on the document"),
        widget=forms.TextInput(attrs={"lang": "zh-Hans", "autocomplete": "off"}),
    )
    domain = DomainField(label=_("Domain name"), help_text=_("Without www, for example example.com"))

    def __init__(self, data: Posted | None = None, files: Files | None = None, **options: Unpack[FormOptions]) -> None:
        super().__init__(data, files, **options)
        offer(self, "id_type", [NOTHING, *_documents()])

    def clean_id_number(self) -> str:
        return certificate_numbers.regular(self.cleaned_data["id_number"])


def _documents() -> list[tuple[str, Iterable[Choice]]]:
    """Every type of document by its nature, those of old filings included."""
    return [
        (
            str(nature.label),
            [(each.key, each.label) for each in certificates.CERTIFICATES.values() if each.nature == key],
        )
        for key, nature in certificates.NATURES.items()
    ]


class FindForm(forms.Form):
    """A domain on a filing of the forgotten account."""

    domain = DomainField(label=_("Filed domain"), help_text=_("Without www, for example example.com")).called(
        _("domain name")
    )


class FindCodeForm(forms.Form):
    """The code texted to the mobile on that filing."""

    code = CodeField(label=_("Verification code"), help_text=_("6 digits, texted to the mobile number on the filing"))


class SendClaimForm(forms.Form):
    """What the applicant adds for the reviewer."""

    words = PlainTextField(
        label=_("What we should know"),
        help_text=_("For example: what each document shows, and who to call"),
        max_length=500,
        lines=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "data-counter": "500"}),
    ).called(_("text"))


class DeclineForm(OwnWordsForm):
    """The reason for declining a claim, as the applicant reads it."""

    words = own_words_field(_("What the applicant reads, in Chinese"), "zh-Hans", lines=True)
    words_en = own_words_field(_("What the applicant reads, in English"), "en", lines=True, help_text=ONE_IS_ENOUGH)
