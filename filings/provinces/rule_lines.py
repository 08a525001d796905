"""The rules of a province as a page shows them: in sections, line by line with sources; and in brief."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filings.provinces import answers
from filings.provinces import rule_texts as texts
from filings.provinces.choices import EVERYBODY, INDIVIDUAL, ORGANISATION
from filings.provinces.types import Province, Source
from icpportal.fields.types import Words


@dataclass(frozen=True)
class RuleLine:
    """One rule on the page: its section, its label, its text."""

    rule: str
    section: str
    label: Words
    says: Callable[[Province, str], str]

    def source(self, province: Province) -> Source:
        return province.source(self.rule)


@dataclass(frozen=True)
class RuleText:
    """A line for one province: `texts` by reader, "" being everybody."""

    rule: str
    label: Words
    texts: tuple[tuple[Words, str], ...]
    source: Source


SECTIONS = {
    "match": _("What must match your existing filing"),
    "phones": _("Phones and password"),
    "people": _("People"),
    "papers": _("Documents and photo"),
    "site": _("Domain and website"),
    "after": _("The authority's review, and later"),
}

READERS = {ORGANISATION: _("Organisations"), INDIVIDUAL: _("Individuals")}

LINES = (
    RuleLine(
        "must_match_organisation", "match", READERS[ORGANISATION], lambda each, _nature: texts.match(each, ORGANISATION)
    ),
    RuleLine(
        "must_match_individual", "match", READERS[INDIVIDUAL], lambda each, _nature: texts.match(each, INDIVIDUAL)
    ),
    RuleLine("change_certificate", "match", _("Changed name or number"), texts.change_certificate),
    RuleLine("phones", "phones", _("Phone verification"), texts.phones),
    RuleLine("code_site", "phones", _("Where the codes are entered"), texts.code_site),
    RuleLine("local_mobile", "phones", pgettext_lazy("rules", "Mobiles"), texts.mobiles),
    RuleLine("permit_back", "phones", _("Hong Kong and Macao travel permits"), texts.travel_permits),
    RuleLine("asks_password", "phones", _("Filing password"), texts.password),
    RuleLine("filing_site", "phones", _("Ministry's filing site"), texts.filing_site),
    RuleLine("lead_rule", "people", _("Subject lead"), texts.lead),
    RuleLine("admin_rule", "people", _("Website administrator"), texts.administrator),
    RuleLine("ages", "people", _("Age"), texts.ages),
    RuleLine("outsider_rule", "people", _("ID card of another province"), texts.outsiders),
    RuleLine("foreigners", "people", _("Foreigners"), texts.foreigners),
    RuleLine("temporary_id", "people", _("Temporary ID card"), texts.temporary_id),
    RuleLine("papers_by_app", "papers", _("How documents are sent"), texts.papers_route),
    RuleLine("photo_ways", "papers", _("Photo of the website administrator"), texts.photo),
    RuleLine("statement", "papers", _("Authenticity statement"), texts.statement),
    RuleLine("domain_certificate", "papers", _("Domain certificate"), texts.domain_certificate),
    RuleLine("holding_photo", "papers", _("Photo holding the document"), texts.holding_photo),
    RuleLine("commitment", "papers", _("Letter of commitment"), texts.commitment),
    RuleLine("extra_papers", "papers", _("Other documents"), texts.further_papers),
    RuleLine("domain_holder", "site", _("Domain registered in the name of"), texts.holder),
    RuleLine("domain_days", "site", _("Time to the domain's end"), texts.domain_days),
    RuleLine("domains_per_site", "site", _("Domains of one website"), texts.domains_per_site),
    RuleLine("mainland_registrar", "site", _("Domain's registrar"), texts.registrar),
    RuleLine("sites_per_order", "site", _("Websites in one order"), texts.sites_per_order),
    RuleLine("banned_words", "site", _("Name of a personal site"), texts.banned_words),
    RuleLine("name_forms", "site", _("Form of a personal website's name"), texts.name_forms),
    RuleLine("extra_approvals", "site", _("Prior approval"), texts.approvals),
    RuleLine("review_days", "after", _("The authority's review"), texts.review),
    RuleLine("change_rules", "after", _("Can the filing be moved to another subject later?"), texts.changes),
)

IN_BRIEF = (
    "phones",
    "asks_password",
    "lead_rule",
    "admin_rule",
    "ages",
    "outsider_rule",
    "foreigners",
    "local_mobile",
    "domain_certificate",
    "holding_photo",
    "extra_papers",
    "papers_by_app",
    "photo_ways",
    "review_days",
)


def sections(province: Province) -> Iterator[tuple[Words, list[RuleText]]]:
    """The page of a province: each heading with the rules that say something there."""
    for key, title in SECTIONS.items():
        lines = [one for line in LINES if line.section == key and (one := _text_of(line, province)).texts]
        if lines:
            yield title, lines


def _text_of(line: RuleLine, province: Province) -> RuleText:
    by_reader = {nature: line.says(province, nature) for nature in EVERYBODY}
    if len(set(by_reader.values())) == 1:
        found: list[tuple[Words, str]] = [("", text) for text in set(by_reader.values())]
    else:
        found = [(READERS[nature], text) for nature, text in by_reader.items()]
    return RuleText(line.rule, line.label, tuple(each for each in found if each[1]), line.source(province))


def rules_in_brief(province: Province, nature: str) -> list[tuple[str, str]]:
    """The most important rules for this nature of subject as (label, sentence), for the start page and every step."""
    by_rule = {line.rule: line for line in LINES}
    matching = (str(_("Must match the existing filing")), texts.match(province, nature))
    brief = ((str(by_rule[rule].label), by_rule[rule].says(province, nature)) for rule in IN_BRIEF)
    return [matching, *(each for each in brief if each[1] and each[1] != str(answers.NOT_STATED))]
