"""The province's rules on a page of an order: in brief, folded, and what must equal the existing filing."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings.provinces import MINISTRY_SITE, Province, provinces
from filings.provinces.match_rules import MatchField, fields_to_match
from filings.provinces.rule_lines import rules_in_brief
from filings.provinces.rule_texts import site_name
from filings.provinces.types import PhoneRule
from icpportal.fields.components import Notice
from icpportal.fields.language_marks import reads_chinese
from icpportal.fields.types import Words
from icpportal.paths import path
from transfers.models import Order
from transfers.orders import queries
from verification.photos.methods import BACKDROP

WITH_PASSWORD = gettext_lazy(
    "The filing password from the ministry, a server or service code of ours, "
    "the ID documents of the people in charge, "
    "and the phones whose numbers are on the filing: in some provinces the ministry texts them."
)
WITHOUT_PASSWORD = gettext_lazy(
    "A server or service code of ours, the documents of the people in charge, "
    "and a phone that receives the ministry's texts: the number on the filing."
)


@dataclass(frozen=True, slots=True)
class RulesToday:
    """What today's rules ask for wherever a site is filed."""

    asks_password: bool
    phones_everywhere: PhoneRule | None
    has_backdrops: bool

    @property
    def what_you_need(self) -> Words:
        """What to prepare before the first step."""
        return WITH_PASSWORD if self.asks_password else WITHOUT_PASSWORD


def of_today() -> RulesToday:
    """What today's rules ask for everywhere, for pages before there is an order."""
    every = provinces()
    phones = {each.phones for each in every}
    return RulesToday(
        asks_password=any(each.asks_password for each in every),
        phones_everywhere=phones.pop() if len(phones) == 1 else None,
        has_backdrops=any(BACKDROP in each.photo_ways for each in every),
    )


@dataclass(frozen=True, slots=True)
class RulesBrief:
    """The variables of `transfers/pages/rules_brief.html`: the rules, a link to all of them, and the short list."""

    rules: Province
    url: str
    nature: str

    @property
    def lines(self) -> list[tuple[str, str]]:
        """The short list: labels and sentences."""
        return rules_in_brief(self.rules, self.nature)

    @property
    def province(self) -> str:
        """The province in the language of the page."""
        return self.rules.name(chinese=reads_chinese())

    @property
    def title(self) -> str:
        """The text of the link to the rules."""
        return _("Rules of the %(province)s authority") % {"province": self.province}


def brief(rules: Province, nature: str) -> RulesBrief:
    """The rules of a province for this nature of subject."""
    url = f"{path('rules-province', rules.code)}?profile={rules.profile}"
    return RulesBrief(rules, url, nature or "enterprise")


def brief_of(order: Order) -> RulesBrief:
    """The order's rules for its nature of subject."""
    return brief(queries.rules_of(order), order.answer("type").get("nature", ""))


@dataclass(frozen=True, slots=True)
class Site:
    """A website of the ministry to link to: its URL, and the address as text."""

    url: str
    name: str


def site(address: str) -> Site:
    return Site(address, site_name(address))


def moved_to(address: str) -> Site | None:
    """The ministry's present site, when the order's rules name an earlier one that may no longer open."""
    return None if address == MINISTRY_SITE else site(MINISTRY_SITE)


NOT_STATED = Notice(
    "info",
    gettext_lazy("This province does not say what must match the existing filing"),
    (gettext_lazy("Enter everything as in your existing filing. If something differs, the order may be returned."),),
)
NOTHING_ASKED = Notice("info", gettext_lazy("This province does not require your details to match the existing filing"))


@dataclass(frozen=True, slots=True)
class MustMatch:
    """The variables of `transfers/steps/must_match.html`: the fields of one page or of all."""

    is_stated: bool
    nothing: bool
    fields: list[MatchField]

    @property
    def notices(self) -> list[Notice]:
        """That the province does not say what must match, or that nothing must."""
        if not self.is_stated:
            return [NOT_STATED]
        return [NOTHING_ASKED] if self.nothing else []


def must_match_of(order: Order, step: str = "") -> MustMatch:
    """What must equal the filing on record, on one page or on all."""
    found = fields_to_match(queries.rules_of(order), order.answer("type").get("nature", ""))
    wanted = [field for field in found or () if step in ("", field.step)]
    return MustMatch(is_stated=found is not None, nothing=found == (), fields=wanted)
