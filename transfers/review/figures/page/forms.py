"""The period and the province to show figures for; both are in the address."""

from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy, ngettext

from filings.provinces import PROVINCES
from icpportal.fields.form_types import Choice
from transfers.review.baskets.forms import province_name
from transfers.review.figures.periods import LENGTHS


def _lengths() -> list[Choice]:
    return [(str(weeks), ngettext("%(n)s week", "%(n)s weeks", weeks) % {"n": weeks}) for weeks in LENGTHS]


def _provinces() -> list[Choice]:
    return [("", gettext_lazy("all")), *((code, province_name(code)) for code in PROVINCES)]


class FiguresForm(forms.Form):
    """The reader's choice; what cannot be understood counts as not chosen."""

    in_address = True

    weeks = forms.ChoiceField(label=gettext_lazy("Period"), choices=_lengths, required=False)
    province = forms.ChoiceField(label=gettext_lazy("Province"), choices=_provinces, required=False)

    def __init__(self, data: QueryDict) -> None:
        """`data` is the query string."""
        weeks, province = data.get("weeks", ""), data.get("province", "")
        self.length = next((each for each in LENGTHS if str(each) == weeks), LENGTHS[0])
        self.place = province if province in PROVINCES else ""
        super().__init__(initial={"weeks": str(self.length), "province": self.place})

    @property
    def query(self) -> str:
        """The same choice for another address of these figures."""
        return urlencode({"weeks": self.length, **({"province": self.place} if self.place else {})})
