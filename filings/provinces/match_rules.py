"""The fields of an order that must equal the existing filing, by province and nature of subject.

A transfer changes nothing at the ministry: differences must be changed with the current provider first.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filings.equality import is_same_page, is_same_text
from filings.provinces import Province
from filings.provinces.choices import MustMatch
from icpportal.fields.types import Answers

Values = Answers


@dataclass(frozen=True)
class MatchField:
    """A field of the order, its page, its label in the reader's language, and how its values are compared."""

    name: str
    step: str
    label: Promise
    is_same: Callable[[str, str], bool] = is_same_text


_TYPE, _SUBJECT, _WEBSITE, _ADMINISTRATOR = "type", "subject", "website", "administrator"
FIELDS: Mapping[str, MatchField] = {
    each.name: each
    for each in (
        MatchField("name", _TYPE, _("Name of the subject")),
        MatchField("id_number", _TYPE, _("Document number")),
        MatchField("id_address", _SUBJECT, _("Address on the document")),
        MatchField("post_address", _SUBJECT, _("Mailing address")),
        MatchField("is_legal_rep", _SUBJECT, _("Subject lead is the legal representative")),
        MatchField("lead_name", _SUBJECT, _("Subject lead: name")),
        MatchField("lead_id_number", _SUBJECT, _("Subject lead: document number")),
        MatchField("lead_phone1", _SUBJECT, _("Subject lead: mobile")),
        MatchField("lead_email", _SUBJECT, _("Subject lead: email address")),
        MatchField("site_name", _WEBSITE, _("Website name")),
        MatchField("home_url", _WEBSITE, _("Home page address"), is_same_page),
        MatchField("admin_name", _ADMINISTRATOR, _("Website administrator: name")),
        MatchField("admin_id_number", _ADMINISTRATOR, _("Website administrator: document number")),
        MatchField("admin_phone1", _ADMINISTRATOR, _("Website administrator: mobile")),
        MatchField("admin_email", _ADMINISTRATOR, _("Website administrator: email address")),
    )
}
_LEAD, _ADMIN = ("lead_name", "lead_id_number"), ("admin_name", "admin_id_number")
NAMES: Mapping[str, tuple[str, ...]] = {
    MustMatch.NAME: ("name",),
    MustMatch.NUMBER: ("id_number",),
    MustMatch.PEOPLE: (*_LEAD, *_ADMIN),
    MustMatch.ADMINISTRATOR: _ADMIN,
    MustMatch.LEAD_IS_LEGAL: ("is_legal_rep",),
    MustMatch.ID_ADDRESS: ("id_address",),
    MustMatch.EVERYTHING: tuple(name for name in FIELDS if name != "is_legal_rep"),
}


def fields_to_match(province: Province, nature: str) -> tuple[MatchField, ...] | None:
    """The fields that must equal the existing filing here; () for none, None where the province does not say."""
    rules = province.must_match(nature)
    if rules is None:
        return None
    names = {name for rule in rules for name in NAMES[rule]}
    return tuple(each for each in FIELDS.values() if each.name in names)


def differs(field: MatchField, answers: Values, record: Values) -> bool:
    """Whether both sides have a value and the values differ, not only in how they are written."""
    ours, theirs = answers.get(field.name), record.get(field.name)
    return bool(ours) and bool(theirs) and not field.is_same(str(ours), str(theirs))


def differences(province: Province, nature: str, answers: Values, record: Values) -> list[MatchField]:
    """The fields that must match and do not, as far as the record is known."""
    return [each for each in fields_to_match(province, nature) or () if differs(each, answers, record)]
