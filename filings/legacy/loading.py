"""Loading a dump of the old platform: row by row in batches, each batch whole or not at all; safe to repeat.

A row that is in the register of old records and says the same changes nothing; one that says something else replaces
it, unless the record was imported meanwhile. A bad row is told and never stops the good ones.
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

from filings.legacy import files, passwords
from filings.legacy.hashing import Beside
from filings.legacy.rows import ACCOUNT, FILING, ORDER, WITHOUT, Finding, Row, read
from filings.legacy.seen import Seen
from filings.models import LegacyAccount, LegacyRecord
from icpportal.privacy.fields import sealed
from icpportal.privacy.index import blind_index

BATCH = 1000

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
    """Read the file and keep what it says; with `dry_run` only say what would happen.

    Raises `files.NotADump`, and `BrokenExecutor` when a process that hashes was killed: what was kept by then stays.
    """
    totals, seen, beside = Totals(), Seen(), Beside()
    rows, today = files.rows(path, encoding=encoding), timezone.localdate()
    try:
        waiting: _Batch | None = None
        while batch := list(islice(rows, BATCH)):
            if len(batch) == BATCH:
                beside.hand_out()
            good = _good(batch, seen, totals, say, today)  # while others hash for the batch before
            if waiting is not None:
                waiting.keep()
            waiting = _Batch(good, totals, beside, dry_run=dry_run)
        if waiting is not None:
            waiting.keep()
    finally:
        beside.close()
        seen.close()
    return totals


def _good(batch: Iterable[files.Raw], seen: Seen, totals: Totals, say: Say, today: date) -> list[Row]:
    good = []
    for number, raw in batch:
        totals.read += 1
        row, findings = (None, [_broken(number)]) if raw is None else read(number, raw, today=today)
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
    """Some rows on their way into the database: compared with what is there, hashed meanwhile, then written."""

    def __init__(self, rows: list[Row], totals: Totals, beside: Beside, *, dry_run: bool) -> None:
        self.totals, self.dry_run = totals, dry_run
        self.by_email = {row.email_index: row for row in rows if row.email}
        self.orders = {row.email_index: row.kind == ORDER for row in rows if row.kind in (ORDER, ACCOUNT)}
        self.filings = {row.domain: row for row in rows if row.kind == FILING}
        self.there = list(LegacyAccount.objects.filter(email_index__in=self.by_email))
        known = {account.email_index for account in self.there}
        self.new = [index for index in self.by_email if index not in known]
        given = [] if dry_run else [(self.by_email[index].password,) for index in self.new]
        self.hashes = beside.each(passwords.kept, given)
        said = [(self.by_email[it.email_index].password, it.password) for it in self.there]
        self.same = beside.each(passwords.is_same, said)

    def keep(self) -> None:
        """Count what differs and write it, in one transaction."""
        changed = self._changed_accounts()
        records = {
            each.domain: each
            for each in LegacyRecord.objects.filter(domain__in=self.filings).only(
                "domain", "fingerprint", "imported_at"
            )
        }
        self.totals.accounts_new += len(self.new)
        self.totals.accounts_changed += len(changed)
        with transaction.atomic():
            if not self.dry_run:
                self._write_accounts(changed)
            self._write_records(records)

    # --- accounts ---

    def _account(self, index: str, password: str) -> LegacyAccount:
        row = self.by_email[index]
        return LegacyAccount(
            email=row.email,
            email_index=index,
            password=password,
            is_active=row.active,
            has_open_order=self.orders.get(index, False),
        )

    def _changed_accounts(self) -> list[LegacyAccount]:
        """Those that say something new, filled with it."""
        changed = []
        for account, same_password in zip(self.there, self.same, strict=True):
            row, order = self.by_email[account.email_index], self.orders.get(account.email_index)
            wanted = (row.active, account.has_open_order if order is None else order)
            if not same_password or wanted != (account.is_active, account.has_open_order):
                account.is_active, account.has_open_order = wanted
                account.password = account.password if same_password else passwords.kept(row.password)
                changed.append(account)
        return changed

    def _write_accounts(self, changed: list[LegacyAccount]) -> None:
        new = [self._account(index, password) for index, password in zip(self.new, self.hashes, strict=True)]
        LegacyAccount.objects.bulk_create(new, ignore_conflicts=True)
        for account in changed:
            LegacyAccount.objects.filter(pk=account.pk).update(
                password=account.password, is_active=account.is_active, has_open_order=account.has_open_order
            )

    # --- records ---

    def _write_records(self, there: dict[str, LegacyRecord]) -> None:
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
                if not self.dry_run:
                    _replace(_filled(known, row, mark, ids))
        if not self.dry_run:
            LegacyRecord.objects.bulk_create(new, ignore_conflicts=True)


def _fingerprint(row: Row) -> str:
    """Whether two rows say the same about a filing; keyed, so that nobody can guess what."""
    said = [row.email_index, row.subject_key, row.domain, row.region, row.name, row.subject_number, row.site_number]
    told = json.dumps([*said, str(row.filed_on), row.details], ensure_ascii=False)  # in the columns' order
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
