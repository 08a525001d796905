"""One row of a dump, read: what it says, or which fields are in the way and what to do about each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from filings.certificate_numbers import fault
from filings.certificates import CERTIFICATES, INDIVIDUAL, certificate
from filings.keys import subject_key
from filings.legacy import passwords, states
from filings.legacy.columns import ACCOUNT as ACCOUNT_PAGE
from filings.legacy.columns import COLUMNS, ROW, SEPARATOR
from icpportal.entry.domains import is_gov_domain
from icpportal.entry.text import OUTER_SPACE, strip_outer
from icpportal.privacy.index import blind_index

REFUSED, WITHOUT, AS_IT_IS = "row refused", "taken without it", "taken as it is"
FILING, ACCOUNT, ORDER = "filing", "account", "order"
READERS = tuple((each.name, each.read, REFUSED if each.strict else WITHOUT) for each in COLUMNS)
PAGES = tuple((each.name, each.page) for each in COLUMNS if each.page not in (ROW, ACCOUNT_PAGE))
NEEDED = ("nature", "id_type", "id_number", "name", "region", "domain")


@dataclass(frozen=True)
class Finding:
    """What is wrong with one field of one row, in words that say what to do; never the value itself."""

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
    """A row in order: the account it names, and the filing if it is one."""

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
    details: dict[str, dict[str, Any]] = field(default_factory=dict)
    email_index: str = ""


def email_index(email: str) -> str:
    """What an account of the old platform is known by."""
    return blind_index("legacy account", email.lower()) if email else ""


def read(number: int, raw: Mapping[str, Any], *, today: date | None = None) -> tuple[Row | None, list[Finding]]:
    """The row, and what is to be said of it; `None` when it cannot be taken."""
    values, findings = _values(number, raw)
    kind = values.get("kind", FILING)
    if not any(finding.refuses for finding in findings):
        findings += [Finding(number, name, words) for name, words in _judged(kind, values)]
    if any(finding.refuses for finding in findings):
        return None, findings
    if kind == FILING:
        shape = fault(values["id_type"], values["id_number"], today=today)
        findings += [Finding(number, "id_number", shape.text, AS_IT_IS)] if shape else []
    return _row(number, kind, values), findings


def _values(number: int, raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[Finding]]:
    values: dict[str, Any] = {}
    findings = []
    for name, read_cell, effect in READERS:
        cell = raw.get(name)
        typed = cell.strip(OUTER_SPACE) if isinstance(cell, str) else _typed(cell)
        if not typed:
            continue
        try:
            values[name] = read_cell(typed)
        except ValidationError as problem:
            findings.append(Finding(number, name, problem.messages[0], effect))
    return values, findings


def _typed(value: Any) -> str:
    """A cell as text, whatever JSON made of it."""
    if isinstance(value, str):
        return strip_outer(value)
    if value is None:
        return ""
    if isinstance(value, list):
        return SEPARATOR.join(_typed(one) for one in value)
    return strip_outer(str(value).lower() if isinstance(value, bool) else str(value))


def _judged(kind: str, values: dict[str, Any]) -> list[tuple[str, str]]:
    """What of the row as a whole is in the way, by field."""
    return [*_account_faults(kind, values), *(_filing_faults(values) if kind == FILING else ())]


def _account_faults(kind: str, values: dict[str, Any]) -> list[tuple[str, str]]:
    filed_on = values.get("filed_on")
    if not values.get("account_email"):
        old = kind == FILING and filed_on is not None and filed_on < states.CLAIMED_BEFORE
        return [] if old else [("account_email", _("Name the account; only filings before June 2010 go without"))]
    if not values.get("account_password"):
        return [("account_password", _("Give the hash of the account's password"))]
    try:
        passwords.check(values["account_password"])
    except ValidationError as problem:
        return [("account_password", problem.messages[0])]
    return []


def _filing_faults(values: dict[str, Any]) -> list[tuple[str, str]]:
    found = [(name, _("Fill it in: a filing cannot be found without it")) for name in NEEDED if not values.get(name)]
    if found:
        return found
    _settle_certificates(values)
    kind = certificate(values["id_type"])
    if kind is None or kind.nature not in (values["nature"], ""):
        found.append(("id_type", _("This document does not belong to this nature of subject: correct one of them")))
    if is_gov_domain(values["domain"]):
        found.append(("domain", _("gov.cn domains are filed by telephone: leave the row out")))
    filed_on = values.get("filed_on")
    if filed_on is not None and filed_on > states.LAST_OF_OLD:
        found.append(("filed_on", _("Filings made after January 2017 need no import: leave the row out")))
    return found


def _settle_certificates(values: dict[str, Any]) -> None:
    """A document given by its Chinese name becomes its code, by the nature it belongs to."""
    for name, nature in (("id_type", values["nature"]), ("lead_id_type", INDIVIDUAL), ("admin_id_type", INDIVIDUAL)):
        word = values.get(name)
        if word and certificate(word) is None:
            fitting = (each.key for each in CERTIFICATES.values() if each.name_zh == word and each.nature == nature)
            values[name] = next(fitting, "")


def _row(number: int, kind: str, values: dict[str, Any]) -> Row:
    row = Row(
        number,
        kind,
        email=values.get("account_email", ""),
        email_index=email_index(values.get("account_email", "")),
        password=values.get("account_password", ""),
        active=values.get("account_active", True),
    )
    if kind == FILING:
        row.subject_key = subject_key(values["id_type"], values["id_number"])
        row.domain, row.region, row.name = values["domain"], values["region"], values["name"]
        row.subject_number, row.site_number = values.get("subject_number", ""), values.get("site_number", "")
        row.filed_on = values.get("filed_on")
        row.details = _details(values)
    return row


def _details(values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The answers by page, under the names of an order's steps."""
    pages: dict[str, dict[str, Any]] = {}
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


def _complete_person(page: dict[str, Any], prefix: str) -> None:
    """A person without a type of document has the usual one; one without a number is nobody the register can hold."""
    if page.get(f"{prefix}_id_number"):
        page[f"{prefix}_id_type"] = page.get(f"{prefix}_id_type") or "2"
