"""Reports and answers as sealed JSON for the rows of `models.py`, and back."""

import json
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from typing import Any

from icpportal.gateways.miit.types import (
    AccessReport,
    AddressRange,
    Attachment,
    CancellationReport,
    FiledAccess,
    FiledContact,
    FiledRecord,
    FiledSite,
    Level,
    MaterialReport,
    Owner,
    Purpose,
    Report,
    ReportKind,
    StruckRecord,
)
from icpportal.privacy.crypto import seal, unseal


def seal_value(value: Any, *, bound_to: str) -> str:
    """A dataclass or plain JSON value as sealed text."""
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    return seal(json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode(), bound_to=bound_to)


def unseal_value(token: str, *, bound_to: str) -> Any:
    """The JSON value behind sealed text."""
    return json.loads(unseal(token, bound_to=bound_to))


def _attachments(rows: list[dict[str, Any]]) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(**{**row, "purpose": Purpose(row["purpose"]), "owner": Owner(row["owner"])}) for row in rows
    )


def _addresses(rows: list[dict[str, str]]) -> tuple[AddressRange, ...]:
    return tuple(AddressRange(**row) for row in rows)


def _access(value: dict[str, Any]) -> AccessReport:
    return AccessReport(
        **{
            **value,
            "places": tuple(value["places"]),
            "methods": tuple(value["methods"]),
            "addresses": _addresses(value["addresses"]),
            "attachments": _attachments(value["attachments"]),
        }
    )


def _material(value: dict[str, Any]) -> MaterialReport:
    return MaterialReport(key=value["key"], attachments=_attachments(value["attachments"]))


READERS: dict[ReportKind, Callable[[dict[str, Any]], Report]] = {
    ReportKind.ACCESS: _access,
    ReportKind.CANCELLATION: lambda value: CancellationReport(**value),
    ReportKind.MATERIAL: _material,
}


def report_from(kind: str, value: dict[str, Any]) -> Report:
    """The report that `seal_value(report)` took apart."""
    return READERS[ReportKind(kind)](value)


def _filed_access(value: dict[str, Any]) -> FiledAccess:
    given = {"places": tuple(value["places"]), "methods": tuple(value["methods"])}
    return FiledAccess(**{**value, **given, "addresses": _addresses(value["addresses"])})


def _filed_site(value: dict[str, Any]) -> FiledSite:
    tuples = {name: tuple(value[name]) for name in ("names", "domains", "content", "languages")}
    accesses = tuple(_filed_access(row) for row in value["accesses"])
    return FiledSite(
        **{**value, **tuples, "administrator": FiledContact(**value["administrator"]), "accesses": accesses}
    )


def record_from(value: dict[str, Any]) -> FiledRecord:
    """A filed record that was taken apart."""
    sites = tuple(_filed_site(row) for row in value["sites"])
    return FiledRecord(**{**value, "lead": FiledContact(**value["lead"]), "sites": sites})


def struck_from(value: dict[str, Any]) -> StruckRecord:
    """What was struck off, again."""
    return StruckRecord(Level(value["level"]), value["id"])
