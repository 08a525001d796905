"""The form of step 1, verify filing type (验证备案类型): subject and domain as in the filing."""

from collections.abc import Iterable, Mapping
from typing import Any, Unpack

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from filings import checks
from filings.provinces import PROVINCES, Province, province
from filings.register import certificate_numbers, certificates, regions
from filings.register.blind_keys import subject_key
from icpportal.fields.fields import ChoiceField, DomainField, NumberField, PlainTextField
from icpportal.fields.form_types import Choice, Files, FormOptions, KnowingForm, KnownValue, Posted, offer
from icpportal.fields.language_marks import reads_chinese
from icpportal.fields.text import regular_name

NOTHING = ("", _("Choose…"))
ON_PAGE = {"region": "region_county"}  # fields of checks that have another name on the page
PLACES = ("region_province", "region_city", "region_county")


def place_select(target: str = "", **attrs: str) -> forms.Select:
    """One of the three selects of a place; `target` is the select that depends on it."""
    chained = {"data-chained": reverse_lazy("region-options"), "data-chained-target": f"id_{target}"} if target else {}
    return forms.Select(attrs={**attrs, **chained})


class DocumentSelect(forms.Select):
    """A select whose options name their nature of subject, so that a script can hide the others."""

    def create_option(
        self,
        name: str,
        value: str,
        label: int | str,
        selected: bool,
        index: int,
        subindex: int | None = None,
        attrs: dict[str, str | bool] | None = None,
    ) -> dict[str, Any]:
        option = super().create_option(name, value, label, selected, index, subindex, attrs)
        found = certificates.certificate(str(value)) if value else None
        return {**option, "attrs": {**option["attrs"], **({"data-fits": found.nature} if found else {})}}


def provinces_named() -> list[tuple[str, str]]:
    """The provinces that file, with names for the reader's language."""
    in_chinese = reads_chinese()
    return [(each.code, each.name_zh if in_chinese else each.name_en) for each in PROVINCES.values()]


def options(places: Iterable[regions.Region]) -> list[Choice]:
    """Places as choices."""
    return [NOTHING, *regions.as_choices(places)]


def offer_places(form: forms.Form) -> None:
    """Fills the three selects of a place according to what is chosen so far."""
    chosen = {name: form.data.get(name) or form.initial.get(name) or "" for name in PLACES}
    code = str(form.initial.get("region") or "")
    if code and not form.is_bound and not chosen["region_province"]:
        chosen = {"region_province": code[:2], "region_city": f"{code[:4]}00", "region_county": code}
        form.initial.update(chosen)
    cities = list(regions.cities(chosen["region_province"]))
    if len(cities) == 1 and not chosen["region_city"]:  # Beijing, Tianjin and Shanghai have one
        chosen["region_city"] = form.initial["region_city"] = cities[0].code
    offer(form, "region_province", [NOTHING, *provinces_named()])
    offer(form, "region_city", options(cities))
    offer(form, "region_county", options(regions.counties(chosen["region_city"])))


class VerifyTypeForm(KnowingForm):
    """Asks for everything exactly as in the filing; the system works out the type."""

    nature = ChoiceField(
        label=_("Nature of the subject"),
        help_text=_("“Individual” for a personal website; otherwise as on the document"),
    )
    id_type = ChoiceField(
        label=_("Type of document"),
        help_text=_("The same document as in the domain's real-name record"),
        widget=DocumentSelect(attrs={"data-fitting": "id_nature"}),
    )
    id_number = NumberField(
        label=_("Document number"),
        help_text=_("Character by character as on the document"),
        widget=forms.TextInput(attrs={"class": "input-20", "autocomplete": "off", "spellcheck": "false"}),
    )
    name = PlainTextField(
        label=_("Name of the subject"),
        max_length=255,
        help_text=_("The full name on the document"),
        widget=forms.TextInput(attrs={"lang": "zh-Hans", "autocomplete": "off"}),
    )
    region_province = ChoiceField(
        label=_("Province"), widget=place_select("region_city", **{"data-chained-rules": "local-rules"})
    )
    region_city = ChoiceField(label=_("City"), widget=place_select("region_county", lang="zh-Hans"))
    region_county = ChoiceField(label=_("County or district"), widget=place_select(lang="zh-Hans"))
    domain = DomainField(label=_("Domain name"), help_text=_("Without www, for example example.com"))

    def __init__(
        self,
        data: Posted | None = None,
        files: Files | None = None,
        *,
        known: Mapping[str, KnownValue] | None = None,
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, files, **options)
        if not self.initial:
            self.fill_in(known or {})
        offer(self, "nature", [NOTHING, *((n.key, n.label) for n in certificates.NATURES.values())])
        offer(self, "id_type", [NOTHING, *_documents()])
        self.offer_again()

    def offer_again(self) -> None:
        """Fills the selects below what is chosen."""
        offer_places(self)

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("nature") == certificates.INDIVIDUAL and "name" in self.cleaned_data:
            self.cleaned_data["name"] = regular_name(self.cleaned_data["name"])
        for finding in self._findings():
            field = ON_PAGE.get(finding.field, finding.field)
            if finding.stops and field not in self.errors:
                self.add_error(field, ValidationError(finding.message, code=finding.id))

    def _findings(self) -> list[checks.Finding]:
        """The checks' findings on the answers that are valid so far.

        Without a province, the checks of its rules are skipped; then any province's rules will do.
        """
        typed = {key: self.cleaned_data.get(key, "") for key in ("nature", "id_type", "name", "domain")}
        number = certificate_numbers.regular(self.cleaned_data.get("id_number", ""))
        place = {"region": self.cleaned_data.get("region_county", "")}
        rules = self.rules or next(iter(PROVINCES.values()))
        facts = checks.read(province=rules, type_answers={**typed, **place, "id_number": number})
        return checks.run("type", facts, missing={*self.errors, *(() if self.rules else ("region",))})

    def answers(self) -> dict[str, str]:
        """The answers kept of this step."""
        cleaned = self.cleaned_data
        number = certificate_numbers.regular(cleaned["id_number"])
        return {
            "region": cleaned["region_county"],
            "nature": cleaned["nature"],
            "id_type": cleaned["id_type"],
            "id_number": number,
            "name": cleaned["name"],
            "domain": cleaned["domain"],
            "subject_key": subject_key(cleaned["id_type"], number),
        }

    @property
    def rules(self) -> Province | None:
        """The rules of the chosen province, to link to; `None` before one is chosen."""
        code = self.data.get("region_province") or self.initial.get("region_province")
        return province(code) if code in {place.code for place in regions.provinces()} else None


def _documents() -> list[tuple[str, list[Choice]]]:
    """The types of document, grouped by nature."""
    return [
        (str(nature.label), [(each.key, each.label) for each in certificates.certificates_of(nature.key)])
        for nature in certificates.NATURES.values()
    ]
