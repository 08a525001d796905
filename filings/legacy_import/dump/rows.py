"""Parses one row of a dump: its values, or which fields are wrong and what to do about each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from filings.legacy_import.dump import passwords
from filings.legacy_import.dump.columns import ACCOUNT as ACCOUNT_PAGE
from filings.legacy_import.dump.columns import COLUMNS, ROW, SEPARATOR, Cell
from filings.models import legacy_states as states
from filings.models.legacy import LegacyAccount
from filings.register.blind_keys import subject_key
from filings.register.certificate_numbers import fault
from filings.register.certificates import CERTIFICATES, INDIVIDUAL, certificate
from icpportal.fields.domains import is_gov_domain
from icpportal.fields.text import OUTER_SPACE, strip_outer
from icpportal.fields.types import Json
from icpportal.privacy.blind_index import blind_index

REFUSED, WITHOUT, AS_IT_IS = "row refused", "taken without it", "taken as it is"
FILING, ACCOUNT, ORDER = "filing", "account", "order"
READERS = tuple((each.name, each.read, REFUSED if each.strict else WITHOUT) for each in COLUMNS)
PAGES = tuple((each.name, each.page) for each in COLUMNS if each.page not in (ROW, ACCOUNT_PAGE))
NEEDED = ("nature", "id_type", "id_number", "name", "region", "domain")


@dataclass(frozen=True)
class Finding:
    """What is wrong with one field of one row, as a sentence that says what to do; never the value itself."""

    row: int
    field: str
    words: str
    effect: str = REFUSED

    @property
    def refuses(self) -> bool:
        return self.effect == REFUSED

    def __str__(self) -> str:
        return f"row {self.row} · {self.field} · {self.words} · {self.effect}"


@dataclass
class Row:
    """A valid row: the account it names, and the filing if it has one."""

    number: int
    kind: str = FILING
    email: str = ""
    password: str = ""
    active: bool = True
    subject_key: str = ""
    domain: str = ""
    region: str = ""
    name: str = ""
    subject_number: str = ""
    site_number: str = ""
    filed_on: date | None = None
    details: dict[str, dict[str, Cell]] = field(default_factory=dict)
    email_index: str = ""


def email_index(email: str) -> str:
    """The blind index by which an account of the old platform is found."""
    return blind_index("legacy account", email.lower()) if email else ""


def index_of(account: LegacyAccount) -> str:
    """The blind index of an account's stored address."""
    return email_index(account.email)


def read(number: int, raw: Mapping[str, Json], *, today: date | None = None) -> tuple[Row | None, list[Finding]]:
    """Returns the row and the findings about it; `None` for the row when it cannot be used."""
    values, findings = _values(number, raw)
    kind = _text(values, "kind") or FILING
    if not any(finding.refuses for finding in findings):
        findings += [Finding(number, name, words) for name, words in _row_faults(kind, values)]
    if any(finding.refuses for finding in findings):
        return None, findings
    if kind == FILING:
        shape = fault(_text(values, "id_type"), _text(values, "id_number"), today=today)
        findings += [Finding(number, "id_number", shape.text, AS_IT_IS)] if shape else []
    return _row(number, kind, values), findings


def _values(number: int, raw: Mapping[str, Json]) -> tuple[dict[str, Cell], list[Finding]]:
    values: dict[str, Cell] = {}
    findings = []
    for name, read_cell, effect in READERS:
        cell = raw.get(name)
        typed = cell.strip(OUTER_SPACE) if isinstance(cell, str) else _cell_text(cell)
        if not typed:
            continue
        try:
            values[name] = read_cell(typed)
        except ValidationError as problem:
            findings.append(Finding(number, name, problem.messages[0], effect))
        except ValueError:  # raised by a library; its message may quote the value
            findings.append(Finding(number, name, _("This cannot be read: correct it, or leave it empty"), effect))
    return values, findings


def _text(values: Mapping[str, Cell], name: str) -> str:
    found = values.get(name, "")
    return found if isinstance(found, str) else ""


def _day(values: Mapping[str, Cell], name: str) -> date | None:
    found = values.get(name)
    return found if isinstance(found, date) else None


def _cell_text(value: Json) -> str:
    """A cell as text, whatever type JSON gave it."""
    if isinstance(value, str):
        return strip_outer(value)
    if value is None:
        return ""
    if isinstance(value, list):
        return SEPARATOR.join(_cell_text(one) for one in value)
    return strip_outer(str(value).lower() if isinstance(value, bool) else str(value))


def _row_faults(kind: str, values: dict[str, Cell]) -> list[tuple[str, str]]:
    """What is wrong with the row as a whole, by field."""
    return [*_account_faults(kind, values), *(_filing_faults(values) if kind == FILING else ())]


def _account_faults(kind: str, values: dict[str, Cell]) -> list[tuple[str, str]]:
    filed_on = _day(values, "filed_on")
    if not values.get("account_email"):
        old = kind == FILING and filed_on is not None and filed_on < states.CLAIMED_BEFORE
        return [] if old else [("account_email", _("Enter the account; only filings before June 2010 can go without"))]
    if not values.get("account_password"):
        return [("account_password", _("Enter the hash of the account's password"))]
    try:
        passwords.check(_text(values, "account_password"))
    except ValidationError as problem:
        return [("account_password", problem.messages[0])]
    return []


def _filing_faults(values: dict[str, Cell]) -> list[tuple[str, str]]:
    found = [(name, _("Fill this in: we cannot find a filing without it")) for name in NEEDED if not values.get(name)]
    if found:
        return found
    _settle_certificates(values)
    kind = certificate(_text(values, "id_type"))
    if kind is None or kind.nature not in (values["nature"], ""):
        found.append(("id_type", _("This document does not belong to this nature of subject: correct one of them")))
    if is_gov_domain(_text(values, "domain")):
        found.append(("domain", _("gov.cn domains are filed by telephone: leave the row out")))
    filed_on = _day(values, "filed_on")
    if filed_on is not None and filed_on > states.LAST_OF_OLD:
        found.append(("filed_on", _("Filings made after January 2017 need no import: leave the row out")))
    return found


def _settle_certificates(values: dict[str, Cell]) -> None:
    """Replaces a document's Chinese name by its code, resolved by the nature it belongs to."""
    for name, nature in (("id_type", values["nature"]), ("lead_id_type", INDIVIDUAL), ("admin_id_type", INDIVIDUAL)):
        word = _text(values, name)
        if word and certificate(word) is None:
            fitting = (each.key for each in CERTIFICATES.values() if each.name_zh == word and each.nature == nature)
            values[name] = next(fitting, "")


def _row(number: int, kind: str, values: dict[str, Cell]) -> Row:
    row = Row(
        number,
        kind,
        email=_text(values, "account_email"),
        email_index=email_index(_text(values, "account_email")),
        password=_text(values, "account_password"),
        active=values.get("account_active") is not False,
    )
    if kind == FILING:
        row.subject_key = subject_key(_text(values, "id_type"), _text(values, "id_number"))
        row.domain, row.region, row.name = (_text(values, name) for name in ("domain", "region", "name"))
        row.subject_number, row.site_number = _text(values, "subject_number"), _text(values, "site_number")
        row.filed_on = _day(values, "filed_on")
        row.details = _details(values)
    return row


def _details(values: dict[str, Cell]) -> dict[str, dict[str, Cell]]:
    """The answers by page, under the names of an order's steps."""
    pages: dict[str, dict[str, Cell]] = {}
    for name, page in PAGES:
        if name in values:
            pages.setdefault(page, {})[name] = values[name]
    for page, prefix in (("subject", "lead"), ("administrator", "admin")):
        _complete_person(pages.get(page, {}), prefix)
    if not pages.get("administrator", {}).get("admin_id_number"):
        pages["administrator"] = {"same_person": "yes"}
    if pages.get("website", {}).get("approval_number"):
        pages["website"]["needs_approval"] = "yes"
    return pages


def _complete_person(page: dict[str, Cell], prefix: str) -> None:
    """Gives a person without a document type the usual one; drops one without a number: it cannot be stored."""
    if page.get(f"{prefix}_id_number"):
        page[f"{prefix}_id_type"] = page.get(f"{prefix}_id_type") or "2"
