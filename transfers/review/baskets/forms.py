"""The filter of a basket; it is in the URL and returns after a decision."""

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from filings.provinces import PROVINCES
from filings.register.certificates import NATURES
from icpportal.accounts.models import User
from icpportal.fields.form_types import Choice, flat_choices
from icpportal.fields.language_marks import comma_list, labelled, reads_chinese
from transfers.orders.kinds import KINDS
from transfers.orders.queries import was_returned
from transfers.review.baskets.rows import Reader, free, has_objection
from transfers.review.staff import reviewers, settings_of

MINE, ANY = "mine", "all"
NOBODY, ME = "nobody", "me"
FINDINGS, RETURNED, OBJECTION = "findings", "returned", "objection"


def province_name(code: str) -> str:
    """The province in the reader's language."""
    return PROVINCES[code].name(chinese=reads_chinese()) if code in PROVINCES else code


def own_provinces(user: User) -> list[str]:
    """The provinces whose orders come first for this reviewer; empty for all."""
    return settings_of(user).provinces.split()


def _provinces() -> list[Choice]:
    return [(ANY, _("all")), *((code, province_name(code)) for code in PROVINCES)]


class QueueFilter(forms.Form):
    """The filter of a basket. Values that are not understood filter nothing."""

    in_address = True

    province = forms.ChoiceField(label=gettext_lazy("Province"), required=False, choices=_provinces)
    nature = forms.ChoiceField(
        label=gettext_lazy("Nature"),
        required=False,
        choices=lambda: [("", _("all")), *((key, nature.label) for key, nature in NATURES.items())],
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=lambda: [("", _("all")), *((kind.key, kind.name) for kind in KINDS)],
    )
    look = forms.ChoiceField(
        label=gettext_lazy("Look closely"),
        required=False,
        choices=lambda: [
            ("", _("all")),
            (FINDINGS, _("with findings")),
            (RETURNED, _("returned before")),
            (OBJECTION, _("with an objection")),
        ],
    )
    who = forms.ChoiceField(label=gettext_lazy("Who has it"), required=False)

    def __init__(self, data: QueryDict, *, user: User) -> None:
        """`data` is the URL's query; without a province it means the reader's own."""
        self.user, self.own = user, own_provinces(user)
        super().__init__({**data.dict(), "province": data.get("province") or (MINE if self.own else ANY)})
        if self.own:
            mine = [(MINE, _("my provinces"))]
            self.fields["province"] = forms.ChoiceField(
                label=_("Province"), required=False, choices=[*mine, *_provinces()]
            )
        self.reviewers = list(reviewers())
        colleagues: list[Choice] = [(str(each.pk), str(each)) for each in self.reviewers]
        self.fields["who"] = forms.ChoiceField(
            label=_("Who has it"),
            required=False,
            choices=[("", pgettext("who", "anybody")), (NOBODY, pgettext("who", "nobody")), (ME, _("me")), *colleagues],
        )
        self.is_valid()  # refused values are not in `cleaned_data`

    def value(self, name: str) -> str:
        """The chosen value; "" for one that is not understood."""
        return str(self.cleaned_data.get(name, ""))

    def chosen(self) -> dict[str, str]:
        """The filter as it is in a URL."""
        return {name: self.value(name) for name in self.fields if self.value(name)}

    def chosen_words(self) -> list[str]:
        """The filter in words for anybody: provinces and person by name."""
        return [
            labelled(str(self.fields[name].label), self._label(name, value)) for name, value in self.chosen().items()
        ]

    def for_others(self) -> dict[str, str]:
        """The filter for other people and for later: provinces and person instead of "mine" and "me"."""
        chosen = self.chosen()
        if self.is_own:
            chosen["province"] = ",".join(self.own)
        if self.value("who") == ME:
            chosen["who"] = str(self.user.pk)
        return chosen

    def _label(self, name: str, value: str) -> str:
        if name == "province" and value == MINE:
            return comma_list(map(province_name, self.own))
        if name == "who" and value == ME:
            return str(self.user)
        return str(dict(flat_choices(self.fields[name])).get(value, value))

    @property
    def is_own(self) -> bool:
        """Whether it shows the reader's own provinces only."""
        return self.value("province") == MINE

    def orders(self, reader: Reader) -> Q:
        """The orders that pass the filter."""
        wanted = Q()
        if self.is_own:
            wanted &= Q(province__in=self.own)
        elif self.value("province") not in ("", ANY):
            wanted &= Q(province=self.value("province"))
        for column in ("nature", "kind"):
            if self.value(column):
                wanted &= Q(**{column: self.value(column)})
        return wanted & self._look() & self._who(reader)

    def _look(self) -> Q:
        asked = {FINDINGS: Q(findings__gt=0), RETURNED: was_returned(), OBJECTION: has_objection()}
        return asked.get(self.value("look"), Q())

    def _who(self, reader: Reader) -> Q:
        who = self.value("who")
        if who == NOBODY:
            return free(reader.now)
        if who:
            return Q(reviewer=reader.user.pk if who == ME else who, claimed_until__gte=reader.now)
        return Q()
