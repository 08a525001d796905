"""Loads a dump of the old platform in batches, each in one transaction; safe to repeat.

A row that says what is already stored changes nothing; a different one replaces it, unless the record was imported
since. A bad row is reported and never stops the others.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from filings.legacy_import.dump import files, passwords
from filings.legacy_import.dump.rows import ACCOUNT, FILING, ORDER, WITHOUT, Finding, Row, read
from filings.models import LegacyAccount, LegacyRecord
from icpportal.privacy.blind_index import blind_index
from icpportal.privacy.fields import seal_value

BATCH = 1000
ACCOUNT_COLUMNS = ("password", "is_active", "has_open_order")
OPEN_COLUMNS = ("subject_key", "region", "subject_number", "site_number", "filed_on")
SEALED_COLUMNS = ("name", "details")

Say = Callable[[Finding], None]
Seen = dict[str, tuple[int, str]]  # the first row about an account or a domain, and what it said


@dataclass
class Totals:
    """Counts of what happened to the rows; nothing personal."""

    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    imported: int = 0  # already imported, left alone
    refused: int = 0
    left_out: int = 0  # unreadable fields of rows that were loaded
    accounts_new: int = 0
    accounts_changed: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in asdict(self).items())


def load(
    path: Path, *, say: Say, encoding: str = "", tell: Callable[[str], object] | None = None, dry_run: bool = False
) -> Totals:
    """Reads the file and stores its rows; with `dry_run`, only reports what would happen. Raises `InvalidDump`.

    `say` gets each problem of a row, `tell` the encoding that was recognised.
    """
    totals, today = Totals(), timezone.localdate()
    rows, seen = files.rows(path, encoding=encoding, tell=tell), Seen()
    while batch := list(islice(rows, BATCH)):
        _keep(_good(batch, seen, totals, say, today), totals, dry_run=dry_run)
    return totals


def _good(batch: Iterable[files.Raw], seen: Seen, totals: Totals, say: Say, today: date) -> list[Row]:
    good = []
    for number, raw in batch:
        totals.read += 1
        row, findings = (None, [_unreadable_row(number)]) if raw is None else read(number, raw, today=today)
        repeated = _find_repetition(row, seen) if row is not None else None
        if repeated is not None:
            row, findings = None, [*findings, repeated]
        for finding in findings:
            say(finding)
        totals.refused += row is None
        totals.left_out += sum(finding.effect == WITHOUT for finding in findings) if row is not None else 0
        if row is not None:
            good.append(row)
    return good


def _unreadable_row(number: int) -> Finding:
    return Finding(number, "row", _("The row cannot be read: compare its quotes and commas with the first line"))


def _find_repetition(row: Row, seen: Seen) -> Finding | None:
    """A finding when an earlier row of the same file is about the same account or domain."""
    if row.email:
        account = f"{row.password} {row.active}"
        first, content = seen.setdefault(f"account {row.email_index}", (row.number, account))
        if content != account:
            words = _("Row %(row)s says something else about this account: keep one of them")
            return Finding(row.number, "account_email", words % {"row": first})
    key, name = (f"domain {row.domain}", "domain") if row.kind == FILING else (f"kind {row.email_index}", "kind")
    first, _said = seen.setdefault(key, (row.number, ""))
    if first != row.number:
        words = _("Row %(row)s is about the same one: keep one of them")
        return Finding(row.number, name, words % {"row": first})
    return None


def _keep(rows: list[Row], totals: Totals, *, dry_run: bool) -> None:
    """Counts what differs from the stored rows and writes it, in one transaction."""
    new, changed = _accounts(rows, dry_run=dry_run)
    totals.accounts_new += len(new)
    totals.accounts_changed += len(changed)
    with transaction.atomic():
        if not dry_run:
            LegacyAccount.objects.bulk_create(new, ignore_conflicts=True)
            for account in changed:  # one by one: `bulk_update` takes half as long again
                values = {name: getattr(account, name) for name in ACCOUNT_COLUMNS}
                LegacyAccount.objects.filter(pk=account.pk).update(**values)
        _keep_records([row for row in rows if row.kind == FILING], totals, dry_run=dry_run)


def _accounts(rows: list[Row], *, dry_run: bool) -> tuple[list[LegacyAccount], list[LegacyAccount]]:
    """Returns new accounts, and existing ones with what changed filled in."""
    by_email = {row.email_index: row for row in rows if row.email}
    orders = {row.email_index: row.kind == ORDER for row in rows if row.kind in (ORDER, ACCOUNT)}
    by_index = {each.email_index: each for each in LegacyAccount.objects.filter(email_index__in=by_email)}
    new: list[LegacyAccount] = []
    changed: list[LegacyAccount] = []
    for index, row in by_email.items():
        account = by_index.get(index) or LegacyAccount(email=row.email, email_index=index)
        same_password = passwords.is_same(row.password, account.password)
        status = (row.active, orders.get(index, account.has_open_order))
        if same_password and status == (account.is_active, account.has_open_order):
            continue
        account.is_active, account.has_open_order = status
        if not same_password and not dry_run:
            account.password = passwords.stored_hash(row.password)
        (changed if index in by_index else new).append(account)
    return new, changed


def _keep_records(rows: list[Row], totals: Totals, *, dry_run: bool) -> None:
    emails = {row.email_index for row in rows if row.email}
    ids = dict(LegacyAccount.objects.filter(email_index__in=emails).values_list("email_index", "pk"))
    domains = [row.domain for row in rows]
    marked = LegacyRecord.objects.filter(domain__in=domains).only("domain", "fingerprint", "imported_at")
    existing, new = {each.domain: each for each in marked}, []
    for row in rows:
        known, mark = existing.get(row.domain), _fingerprint(row)
        if known is None:
            totals.new += 1
            new.append(_fill(LegacyRecord(domain=row.domain), row, mark, ids))
        elif known.fingerprint == mark:
            totals.same += 1
        elif known.imported_at is not None:
            totals.imported += 1
        else:
            totals.changed += 1
            if not dry_run:
                _replace(_fill(known, row, mark, ids))
    if not dry_run:
        LegacyRecord.objects.bulk_create(new, ignore_conflicts=True)


def _fingerprint(row: Row) -> str:
    """A keyed digest of what a row says: equal for rows that say the same, useless for guessing."""
    values = [row.email_index, row.subject_key, row.domain, row.region, row.name, row.subject_number, row.site_number]
    content = json.dumps([*values, str(row.filed_on), row.details], ensure_ascii=False)  # in the order of the columns
    return blind_index("legacy record", content)


def _fill(record: LegacyRecord, row: Row, mark: str, ids: dict[str, UUID]) -> LegacyRecord:
    record.account_id, record.fingerprint = ids.get(row.email_index), mark
    for name in (*OPEN_COLUMNS, *SEALED_COLUMNS):
        setattr(record, name, getattr(row, name))
    return record


def _replace(record: LegacyRecord) -> None:
    """Writes a changed row, unless it is being imported at this moment."""
    LegacyRecord.objects.filter(pk=record.pk, imported_at__isnull=True).update(
        **{name: getattr(record, name) for name in ("account_id", "fingerprint", *OPEN_COLUMNS)},
        **{name: seal_value(record, name) for name in SEALED_COLUMNS},
    )
