"""The filter above the list of provinces; a GET form, so that it works without script."""

import unicodedata
from collections.abc import Callable

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filings.provinces import PROFILES, Province
from filings.provinces.choices import LeadRule, LocalMobile, OutsiderRule
from icpportal.fields.fields import ChoiceField, PlainTextField
from icpportal.fields.types import Words

ASKS: dict[str, tuple[Words, Callable[[Province], bool]]] = {
    "phones": (_("Phone verification"), lambda each: each.phones is not None),
    "no-phones": (_("No phone verification"), lambda each: each.phones is None),
    "app": (_("Documents by phone app"), lambda each: each.papers_by_app),
    "shanghai-app": (_("Photo with the authority's own app"), lambda each: "shanghai_app" in each.photo_ways),
    "certificate": (_("Domain certificate"), lambda each: each.domain_certificate is not None),
    "local-mobile": (_("Mobile of the province"), lambda each: each.local_mobile != LocalMobile.NO),
    "letter": (_("Letter of authorisation is enough"), lambda each: each.lead_rule == LeadRule.LEGAL_OR_LETTER),
    "no-outsiders": (
        _("No individuals from other provinces"),
        lambda each: each.outsider_rule == OutsiderRule.NOT_ALLOWED,
    ),
    "nothing": (_("No match required"), lambda each: each.must_match_organisation == ()),
}


def fold(text: str) -> str:
    """A text for comparison: width and case removed."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def is_called(province: Province, wanted: str) -> bool:
    """Whether the text is part of one of the province's names, or is its code or character."""
    name = fold(wanted)
    in_name = any(name in fold(each) for each in (province.name_zh, province.name_en))
    return in_name or name in (province.code, province.abbreviation)


LONGEST = 200  # so that an address has room for it; what is over 40 gets an error


class RulesFilter(forms.Form):
    in_address = True

    q = PlainTextField(
        label=_("Province"),
        max_length=40,
        required=False,
        help_text=_("Name, code or the character of the number"),
        widget=forms.SearchInput(attrs={"maxlength": LONGEST}),
    )
    asks = ChoiceField(
        label=pgettext_lazy("rules", "Required there"),
        required=False,
        choices=[("", _("Any")), *((key, label) for key, (label, _judge) in ASKS.items())],
    ).called(_("rule"))
    profile = ChoiceField(
        label=_("Rules of"), required=False, choices=[(each.name, each.title) for each in PROFILES.values()]
    ).called(_("year of the rules"))

    def keep(self, provinces: tuple[Province, ...]) -> list[Province]:
        """The provinces that match the answers; call it on a valid form."""
        wanted, asks = self.cleaned_data["q"], self.cleaned_data["asks"]
        judges = [lambda each: is_called(each, wanted)] if wanted else []
        judges += [ASKS[asks][1]] if asks else []
        return [each for each in provinces if all(judge(each) for judge in judges)]
