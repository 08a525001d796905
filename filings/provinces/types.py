"""The shape of a province's rules: one frozen value a province, each rule with its source.

A row states only what differs from the defaults here. What depends on the year (phones, documents by app, the photo,
ages on later pages) is laid over the rows by a profile: see `profiles.py`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta

from filings.provinces.choices import (
    BOTH_ROLES,
    EVERYBODY,
    INDIVIDUAL,
    SUBJECT_LEAD,
    AdminRule,
    Change,
    Extra,
    HolderRule,
    LeadRule,
    LocalMobile,
    MustMatch,
    OutsiderRule,
    kind_of,
)
from icpportal.fields.types import Words

COLLECTION = "AlibabaCloudDocs/icp"  # a public collection of help pages; references give a path in it
ADDRESS = re.compile(r"(?:a copy at )?(https?://\S+)")
SITE_2018 = "http://www.miitbeian.gov.cn/"
MINISTRY_SITE = "https://beian.miit.gov.cn/"  # its present address; filed websites link to it


@dataclass(frozen=True)
class PaperFacts:
    """What the documents of an order depend on.

    `…_id_region` is the province code inside the person's ID card number, "" for a document without one (passport,
    travel permit), None until answered. `approvals` are keys of `site_codes.APPROVALS`. `new_domains` counts the
    domains that the order adds to the provider's record: a transfer adds its own. `by_app` means that the applicant
    sends the documents by phone.
    """

    nature: str
    same_person: bool = True
    is_legal_rep: bool = True
    admin_is_legal_rep: bool | None = None
    approvals: tuple[str, ...] = ()
    finance: bool = False
    by_app: bool = False
    lead_id_region: str | None = None
    admin_id_region: str | None = None
    lead_age: int | None = None
    admin_age: int | None = None
    holder_is_person: bool = False
    domains_in_order: int = 1
    new_domains: int = 1
    domains_of_subject: int = 1
    sites_of_subject: int = 1

    @property
    def is_individual(self) -> bool:
        return kind_of(self.nature) == INDIVIDUAL

    @property
    def one_person(self) -> bool:
        """Whether lead and administrator are one: always for an individual."""
        return self.is_individual or self.same_person

    @property
    def legal_rep_is_admin(self) -> bool:
        if self.admin_is_legal_rep is not None:
            return self.admin_is_legal_rep
        return self.one_person and self.is_legal_rep

    def age_of(self, role: str) -> int | None:
        return self.lead_age if role == SUBJECT_LEAD or self.one_person else self.admin_age


@dataclass(frozen=True)
class Source:
    """Where a rule was read, and the day from which it holds (as exact as the source is)."""

    reference: str
    date: str

    @property
    def title(self) -> str:
        """The document's name for readers: the last part, without the folders of a collection."""
        named = ADDRESS.sub("", self.reference).strip(" ,") or self.url.partition("://")[2]
        return named.rpartition("/")[2].removesuffix(".md") if named.startswith(COLLECTION) else named

    @property
    def url(self) -> str:
        """The document's address: its own, or its place in the public collection."""
        address = ADDRESS.search(self.reference)
        return address[1] if address else f"https://github.com/{COLLECTION}"


@dataclass(frozen=True)
class PhoneRule:
    """Whose mobile the ministry's site verifies (短信核验), and in how much time."""

    people: tuple[str, ...]
    window: timedelta

    @property
    def hours(self) -> int:
        return int(self.window.total_seconds() // 3600)


@dataclass(frozen=True)
class AgeRule:
    """A person younger than `years` is refused or, if a `paper` is named, must show it."""

    years: int
    natures: tuple[str, ...] = EVERYBODY
    roles: tuple[str, ...] = BOTH_ROLES
    paper: str = ""


@dataclass(frozen=True)
class DomainCertificateRule:
    """When the certificate of the domain (域名证书) has to be uploaded."""

    natures: tuple[str, ...] = EVERYBODY
    new_only: bool = False
    from_in_order: int = 0
    from_of_subject: int = 0


@dataclass(frozen=True)
class StatementExtra:
    """One more thing on the statement, and on whose statement."""

    what: Extra
    natures: tuple[str, ...] = EVERYBODY


@dataclass(frozen=True)
class ChangeRules:
    """Whether a filing may pass from one subject to another here. (A transfer itself never changes the subject.)"""

    organisation_to_individual: Change = Change.NO
    individual_to_other: Change = Change.NO
    individual_to_organisation: Change = Change.IF_LEGAL


@dataclass(frozen=True)
class SitesPerOrder:
    """How many websites one order may hold; None means no limit."""

    organisation: int | None = None
    individual: int | None = None
    first_filing: int | None = None


@dataclass(frozen=True)
class ExtraPaper:
    """A document of this province without a slot of its own: it goes into the slot `other`, named by `key`."""

    key: str
    when: str = "always"  # a name in `papers.CONDITIONS`


@dataclass(frozen=True)
class Note:
    """A sentence for the applicant that no machine checks; `text` is translated."""

    text: Words
    date: str = ""


@dataclass(frozen=True)
class Province:
    """The rules of one provincial communications administration (通信管理局) under one profile.

    `code` is the two-digit GB/T 2260 code ("14" Shanxi 山西, "61" Shaanxi 陕西: never the English name as a key).
    `None` in `must_match_…` means: the province's page does not say.
    """

    code: str
    name_zh: str
    name_en: str
    short_zh: str
    abbreviation: str
    region: str
    page: Source

    filing_site: str = SITE_2018
    code_site: str = ""  # the province's own page for the ministry's codes, if it has one
    phones: PhoneRule | None = None
    asks_password: bool = True
    papers_by_app: bool = False
    photo_ways: tuple[str, ...] = ("backdrop", "place")
    review_days: tuple[int, int] = (3, 20)

    lead_rule: LeadRule = LeadRule.MUST_BE_LEGAL
    admin_rule: AdminRule = AdminRule.NOT_STATED
    legal_name_words: tuple[str, ...] = ()
    local_mobile: LocalMobile = LocalMobile.NO
    mobile_explained_by: tuple[str, ...] = ()
    outsider_rule: OutsiderRule = OutsiderRule.NOT_STATED
    student_card: bool = False  # of students, instead of the residence permit
    foreigners: bool = True
    ages: tuple[AgeRule, ...] = ()
    temporary_id: bool = True
    permit_back: bool = False  # at the phone verification, a travel permit's number is that on its back

    must_match_organisation: tuple[MustMatch, ...] | None = (MustMatch.NAME, MustMatch.NUMBER)
    must_match_individual: tuple[MustMatch, ...] | None = (MustMatch.NAME, MustMatch.NUMBER)
    change_certificate: bool = False
    change_rules: ChangeRules = ChangeRules()

    domain_holder: HolderRule = HolderRule.NAME_ONLY
    domain_days: int = 90
    domain_certificate: DomainCertificateRule | None = None
    domains_per_site: int | None = None
    mainland_registrar: bool = False
    sites_per_order: SitesPerOrder = SitesPerOrder()
    banned_words: tuple[str, ...] = ()
    name_forms: tuple[str, ...] = ()
    extra_approvals: tuple[str, ...] = ()

    statement: tuple[StatementExtra, ...] = ()
    holding_photo: bool = False
    commitment: tuple[str, ...] = ()
    extra_papers: tuple[ExtraPaper, ...] = ()

    profile: str = ""
    notes: tuple[Note, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict, hash=False)

    @property
    def authority_zh(self) -> str:
        return f"{self.name_zh}通信管理局"

    @property
    def authority_en(self) -> str:
        return f"{self.name_en} Communications Administration"

    @property
    def codes_entered_at(self) -> str:
        """The address of the page for the ministry's codes: the province's own, else the ministry's."""
        return self.code_site or self.filing_site

    def age_rules(self, nature: str, role: str) -> tuple[AgeRule, ...]:
        """The rules about the age of this person (`subject_lead` or `administrator`); an individual is both in one."""
        kind = kind_of(nature)
        return tuple(rule for rule in self.ages if kind in rule.natures and (role in rule.roles or kind == INDIVIDUAL))

    def youngest(self, nature: str, role: str) -> int | None:
        """The age below which this person is refused whatever documents they have; None when there is none."""
        return max((rule.years for rule in self.age_rules(nature, role) if not rule.paper), default=None)

    def age_papers(self, nature: str, role: str) -> tuple[AgeRule, ...]:
        """The rules by which this person needs a document while young, where being young is not refused anyway."""
        least = self.youngest(nature, role) or 0
        return tuple(rule for rule in self.age_rules(nature, role) if rule.paper and rule.years > least)

    def lead_must_be_legal(self, nature: str, name: str = "") -> bool:
        """Whether the subject lead must be the legal representative; in Liaoning the subject's name decides."""
        if kind_of(nature) == INDIVIDUAL:
            return False
        if self.lead_rule == LeadRule.CONDITIONAL:
            return self.has_legal_name_word(name)
        return self.lead_rule == LeadRule.MUST_BE_LEGAL

    def admin_must_be_legal(self, nature: str, name: str = "") -> bool:
        """Whether the website administrator must be the legal representative, with no letter instead."""
        organisation = kind_of(nature) != INDIVIDUAL
        return organisation and self.admin_rule == AdminRule.CONDITIONAL and self.has_legal_name_word(name)

    def has_legal_name_word(self, name: str) -> bool:
        return any(word in name for word in self.legal_name_words)

    def texts(self, nature: str, role: str) -> bool:
        """Whether the ministry texts a code to this person; an individual is both people in one."""
        people = self.phones.people if self.phones else ()
        return role in people or (bool(people) and kind_of(nature) == INDIVIDUAL)

    def asks_local_mobile(self, nature: str) -> bool:
        """Whether the mobiles must be of this province."""
        if self.local_mobile == LocalMobile.INDIVIDUAL_ONLY:
            return kind_of(nature) == INDIVIDUAL
        return self.local_mobile == LocalMobile.YES

    def may_explain_mobile(self, nature: str) -> bool:
        """Whether a mobile of another province is accepted with a reason in the remarks."""
        return kind_of(nature) in self.mobile_explained_by

    def statement_extras(self, nature: str) -> tuple[Extra, ...]:
        """What this nature's authenticity statement needs besides signature and seal."""
        return tuple(extra.what for extra in self.statement if kind_of(nature) in extra.natures)

    def source(self, rule: str) -> Source:
        """Where this rule was read: its own source, else the province's page."""
        return self.sources.get(rule, self.page)

    def name(self, *, chinese: bool) -> str:
        return self.short_zh if chinese else self.name_en

    def must_match(self, nature: str) -> tuple[MustMatch, ...] | None:
        """What must equal the existing filing for this nature of subject."""
        return self.must_match_individual if kind_of(nature) == INDIVIDUAL else self.must_match_organisation


WHO_IT_IS = ("code", "name_zh", "name_en", "short_zh", "abbreviation", "region", "page", "profile", "notes", "sources")
RULES = tuple(each.name for each in fields(Province) if each.name not in WHO_IT_IS)
