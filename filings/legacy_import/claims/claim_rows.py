"""What a reviewer compares with the documents of a claim: the old record and the old account, in clear."""

from collections.abc import Iterable, Mapping
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings.legacy_import import comparison
from filings.legacy_import.claims import claims as claiming
from filings.models import LegacyAccount, LegacyClaim, LegacyRecord
from filings.provinces.match_rules import FIELDS
from filings.register.answer_values import text
from filings.register.certificates import INDIVIDUAL, certificate, type_label
from icpportal.desk.comparison import ComparisonLine, groups_of, line, value_html
from icpportal.fields.domains import display_domain
from icpportal.fields.types import Answer, Answers
from icpportal.privacy.crypto import Unreadable

ABOUT = {False: gettext_lazy("The record"), True: gettext_lazy("The old account")}
MOST = 50  # subjects shown of an old account
PEOPLE = ("lead_name", "lead_id_number", "lead_phone1", "lead_email",
          "admin_name", "admin_id_number", "admin_phone1", "admin_email")  # fmt: skip
UNREADABLE = gettext_lazy("Cannot be read")

Row = tuple[str, str]


def known_of(claim: LegacyClaim) -> list[ComparisonLine]:
    """The record and its account in clear, for people who may decide the claim.

    Names, numbers and contacts are shown whole because they are compared character by character. Below each contact is
    the applicant's own.
    """
    record = claim.record
    answers = _answers_by_field(_pages(record))
    document = "id_number" if is_of_individual(record) else "type.number"
    return [
        _typed_row(_("Asked for"), str(ABOUT[claiming.is_reset(record)])),
        *(_typed_row(label, value) for label, value in _account_rows(record)),
        _typed_row(_("Website number"), record.site_number),
        _typed_row(_("Name of the subject"), _readable(record, "name")),
        _typed_row(_("Type of document"), type_label(text(answers, "id_type"))),
        _typed_row(_("Document number"), str(answers.get("id_number", "")), document),
        *(each for name in PEOPLE if answers.get(name) for each in _person(claim, name, str(answers[name]))),
        _typed_row(_("Filed on"), str(record.filed_on or "")),
    ]


def is_of_individual(record: LegacyRecord) -> bool:
    """Whether the subject is a person, by its type of document; False when the record cannot be read."""
    found = certificate(text(_answers_by_field(_pages(record)), "id_type"))
    return found is not None and found.nature == INDIVIDUAL


def _typed_row(label: str, value: str, part: str = "") -> ComparisonLine:
    return ComparisonLine(label, value_html(part, value), is_code=bool(groups_of(part, value)), is_typed=True)


def _person(claim: LegacyClaim, name: str, value: str) -> Iterable[ComparisonLine]:
    yield _typed_row(str(FIELDS[name].label), value, name)
    if own := _own(claim, name):
        yield line(_("Applicant's account"), name, own, value)


def _own(claim: LegacyClaim, name: str) -> str:
    """The applicant's own mobile or address, to compare with the record's."""
    kind = name.rpartition("_")[2]
    return {"phone1": claim.owner.mobile or "", "email": claim.owner.email}.get(kind, "")


def _account_rows(record: LegacyRecord) -> list[Row]:
    """Everything in the account, in whatever name: accepting the account accepts all of it."""
    if not claiming.is_reset(record) or record.account is None:
        return []
    waiting_records = comparison.waiting(record.account_id)
    subjects = [list(group) for _key, group in groupby(waiting_records, key=lambda each: each.subject_key)]
    listed = enumerate(subjects[:MOST], 1)
    return [
        (_("Old account"), _readable(record.account, "email")),
        (_("Websites in it, still to be imported"), str(sum(map(len, subjects)))),
        (_("Subjects in this account: accept only if all of them are the applicant's"), str(len(subjects))),
        *((_("Subject %(number)s") % {"number": place}, _subject(records)) for place, records in listed),
    ]


def _subject(records: list[LegacyRecord]) -> str:
    """One subject of the account: name, document, websites."""
    answers = _answers_by_field(_pages(records[0]))
    sites = ", ".join(display_domain(each.domain) for each in records[:MOST])
    document = f"{type_label(text(answers, 'id_type'))} {answers.get('id_number', '')}".strip()
    return " · ".join(filter(None, (_readable(records[0], "name"), document, sites)))


def _readable(row: LegacyRecord | LegacyAccount, column: str) -> str:
    """A sealed value, or a note that it cannot be read, so that the rest of the page still works."""
    try:
        return str(getattr(row, column))
    except Unreadable:
        return str(UNREADABLE)


def _pages(record: LegacyRecord) -> Mapping[str, Answers]:
    """The record's answers by page; empty when they cannot be read."""
    try:
        return record.details if isinstance(record.details, dict) else {}
    except (Unreadable, ValueError):
        return {}


def _answers_by_field(pages: Mapping[str, Answers]) -> dict[str, Answer]:
    """All answers under the names of `match_rules.FIELDS`; an incomplete record is shown with what it has."""
    found: dict[str, Answer] = {}
    for page in _dicts(pages):
        found |= page
    return found


def _dicts(pages: Mapping[str, Answers]) -> Iterable[Answers]:
    return (
        pages[step] for step in ("website", "administrator", "subject", "type") if isinstance(pages.get(step), dict)
    )
