"""Loading a dump of the old platform: row by row in batches, each batch whole or not at all; safe to repeat.

A row that is in the register of old records and says the same changes nothing; one that says something else replaces
it, unless the record was imported meanwhile. A bad row is told and never stops the good ones.
"""

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from filings.legacy import files, passwords
from filings.legacy.rows import ACCOUNT, FILING, ORDER, WITHOUT, Finding, Row, read
from filings.legacy.seen import Seen
from filings.models import LegacyAccount, LegacyRecord
from icpportal.privacy.fields import sealed
from icpportal.privacy.index import blind_index

BATCH = 1000
THREADS = 4  # for hashing, which lets the others run

Say = Callable[[Finding], None]


@dataclass
class Totals:
    """What became of the rows; nothing personal."""

    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    imported: int = 0  # already imported, left alone
    refused: int = 0
    left_out: int = 0  # fields that could not be read in rows that were taken
    accounts_new: int = 0
    accounts_changed: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in asdict(self).items())


def load(path: Path, *, say: Say, encoding: str = "", dry_run: bool = False) -> Totals:
    """Read the file and keep what it says; with `dry_run` only say what would happen. Raises `files.NotADump`."""
    totals = Totals()
    seen = Seen()
    rows = files.rows(path, encoding=encoding)
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            while batch := list(islice(rows, BATCH)):
                good = _good(batch, seen, totals, say)
                _Batch(good, totals, pool).keep(dry_run=dry_run)
    finally:
        seen.close()
    return totals


def _good(batch: Iterable[files.Raw], seen: Seen, totals: Totals, say: Say) -> list[Row]:
    good = []
    for number, raw in batch:
        totals.read += 1
        row, findings = (None, [_broken(number)]) if raw is None else read(number, raw)
        repeated = _repeated(row, seen) if row is not None else None
        if repeated is not None:
            row, findings = None, [*findings, repeated]
        for finding in findings:
            say(finding)
        totals.refused += row is None
        totals.left_out += sum(finding.effect == WITHOUT for finding in findings) if row is not None else 0
        if row is not None:
            good.append(row)
    return good


def _broken(number: int) -> Finding:
    return Finding(number, "row", _("The row cannot be read: compare its quotes and commas with the first line"))


def _repeated(row: Row, seen: Seen) -> Finding | None:
    """What an earlier row of the same file has said otherwise, or already."""
    if row.email:
        account = blind_index("legacy row", f"{row.password}\x1f{row.active}")
        first, said = seen.first(f"account {row.email_index}", row.number, account)
        if said != account:
            words = _("Row %(row)s says something else about this account: keep one of them")
            return Finding(row.number, "account_email", words % {"row": first})
    key, name = (f"domain {row.domain}", "domain") if row.kind == FILING else (f"kind {row.email_index}", "kind")
    first, _said = seen.first(key, row.number)
    if first != row.number:
        words = _("Row %(row)s is about the same one: keep one of them")
        return Finding(row.number, name, words % {"row": first})
    return None


class _Batch:
    """Some rows on their way into the database."""

    def __init__(self, rows: list[Row], totals: Totals, pool: ThreadPoolExecutor) -> None:
        self.rows, self.totals, self.pool = rows, totals, pool
        self.by_email = {row.email_index: row for row in rows if row.email}
        self.orders = {row.email_index: row.kind == ORDER for row in rows if row.kind in (ORDER, ACCOUNT)}
        self.filings = {row.domain: row for row in rows if row.kind == FILING}

    def keep(self, *, dry_run: bool) -> None:
        """Compare with what is there and write what differs, in one transaction."""
        accounts = {each.email_index: each for each in LegacyAccount.objects.filter(email_index__in=self.by_email)}
        new = [self._account(index) for index in self.by_email if index not in accounts]
        changed = self._changed_accounts(accounts)
        records = {
            each.domain: each
            for each in LegacyRecord.objects.filter(domain__in=self.filings).only(
                "domain", "fingerprint", "imported_at"
            )
        }
        self.totals.accounts_new += len(new)
        self.totals.accounts_changed += len(changed)
        if not dry_run:
            self._hash(new, changed)
        with transaction.atomic():
            if not dry_run:
                self._write_accounts(new, changed)
            self._write_records(records, dry_run=dry_run)

    # --- accounts ---

    def _account(self, index: str) -> LegacyAccount:
        row = self.by_email[index]
        return LegacyAccount(
            email=row.email, email_index=index, is_active=row.active, has_open_order=self.orders.get(index, False)
        )

    def _changed_accounts(self, accounts: dict[str, LegacyAccount]) -> list[tuple[LegacyAccount, bool]]:
        """Those that say something new, and whether their password does."""
        there = list(accounts.values())
        same = self.pool.map(lambda it: passwords.is_same(self.by_email[it.email_index].password, it.password), there)
        changed = []
        for account, same_password in zip(there, same, strict=True):
            row, order = self.by_email[account.email_index], self.orders.get(account.email_index)
            wanted = (row.active, account.has_open_order if order is None else order)
            if not same_password or wanted != (account.is_active, account.has_open_order):
                account.is_active, account.has_open_order = wanted
                changed.append((account, not same_password))
        return changed

    def _hash(self, new: list[LegacyAccount], changed: list[tuple[LegacyAccount, bool]]) -> None:
        todo = [*new, *(account for account, other_password in changed if other_password)]
        hashed = self.pool.map(passwords.kept, [self.by_email[account.email_index].password for account in todo])
        for account, password in zip(todo, hashed, strict=True):
            account.password = password

    def _write_accounts(self, new: list[LegacyAccount], changed: list[tuple[LegacyAccount, bool]]) -> None:
        LegacyAccount.objects.bulk_create(new, ignore_conflicts=True)
        for account, _password in changed:
            LegacyAccount.objects.filter(pk=account.pk).update(
                password=account.password, is_active=account.is_active, has_open_order=account.has_open_order
            )

    # --- records ---

    def _write_records(self, there: dict[str, LegacyRecord], *, dry_run: bool) -> None:
        ids = dict(LegacyAccount.objects.filter(email_index__in=self.by_email).values_list("email_index", "pk"))
        new = []
        for domain, row in self.filings.items():
            known, mark = there.get(domain), _fingerprint(row)
            if known is None:
                self.totals.new += 1
                new.append(_filled(LegacyRecord(domain=domain), row, mark, ids))
            elif known.fingerprint == mark:
                self.totals.same += 1
            elif known.imported_at is not None:
                self.totals.imported += 1
            else:
                self.totals.changed += 1
                if not dry_run:
                    _replace(_filled(known, row, mark, ids))
        if not dry_run:
            LegacyRecord.objects.bulk_create(new, ignore_conflicts=True)


def _fingerprint(row: Row) -> str:
    """Whether two rows say the same about a filing; keyed, so that nobody can guess what."""
    said = [row.email_index, row.subject_key, row.domain, row.region, row.name, row.subject_number, row.site_number]
    told = json.dumps([*said, str(row.filed_on), row.details], sort_keys=True, ensure_ascii=False)
    return blind_index("legacy record", told)


def _filled(record: LegacyRecord, row: Row, mark: str, ids: dict[str, UUID]) -> LegacyRecord:
    record.account_id = ids.get(row.email_index) if row.email else None
    record.subject_key, record.region, record.name = row.subject_key, row.region, row.name
    record.subject_number, record.site_number, record.filed_on = row.subject_number, row.site_number, row.filed_on
    record.details, record.fingerprint = row.details, mark
    return record


def _replace(record: LegacyRecord) -> None:
    """Write a changed row, unless it is imported at this moment."""
    columns = ("account_id", "subject_key", "region", "subject_number", "site_number", "filed_on", "fingerprint")
    LegacyRecord.objects.filter(pk=record.pk, imported_at__isnull=True).update(
        **{name: getattr(record, name) for name in columns},
        name=sealed(record, "name"),
        details=sealed(record, "details"),
    )
