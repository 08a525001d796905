"""Loading: once, again, changed, interrupted, in parallel, and what the database holds afterwards."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from filings.legacy_import.dump import loader, passwords
from filings.legacy_import.dump.columns import COLUMNS
from filings.legacy_import.dump.loader import Totals, load
from filings.models import LegacyAccount, LegacyRecord
from tests.filings.legacy_import.dumps import EMAIL, HASH, PASSWORD, account, filing, load_rows, personal, several
from tests.transfers.together import together


def snapshot():
    """Every column of every row, with sealed ones opened."""
    return sorted(
        json.dumps({field.name: str(getattr(row, field.attname)) for field in model._meta.concrete_fields})
        for model in (LegacyAccount, LegacyRecord)
        for row in model.objects.all()
    )


def test_a_dump_becomes_accounts_and_records(old):
    totals, said = old(
        *several(3), personal(), {"kind": "account", "account_email": "b@x.cn", "account_password": HASH}
    )

    assert said == []
    assert totals == Totals(read=5, new=4, accounts_new=2)
    record = LegacyRecord.objects.get(domain="site2.com")
    assert (record.account, record.region, record.name) == (account(), "640106", "宁夏示例纸业有限公司")
    assert (record.subject_number, record.site_number) == ("宁ICP备00000000号", "宁ICP备00000000号-2")
    assert (record.filed_on, record.imported_at) == (date(2012, 3, 31), None)
    assert record.details["subject"]["lead_name"] == "林示范"
    assert LegacyRecord.objects.get(domain="example.cn").account is None
    assert passwords.is_right(PASSWORD, account().password)


def test_nothing_personal_is_stored_in_plain_text(old):
    old(filing(), personal())

    with connection.cursor() as cursor:
        rows = []
        for model in (LegacyAccount, LegacyRecord):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            rows += [str(row) for row in cursor.fetchall()]
    text = " ".join(rows)
    secrets = ("91649999000000019L", "林示范", "13900000001", "宁夏示例纸业", EMAIL, "119999199009090002", "赵样本")
    assert len(rows) == 3
    assert [secret for secret in (*secrets, PASSWORD, HASH, HASH[-32:]) if secret in text] == []


def test_loading_the_same_file_again_changes_nothing(old):
    rows = [*several(3), personal(), {"kind": "order", "account_email": "b@x.cn", "account_password": HASH}]
    old(*rows)
    before = snapshot()

    totals, said = old(*rows)

    assert (totals, said) == (Totals(read=5, same=4), [])
    assert snapshot() == before


def test_a_dry_run_reports_the_same_and_writes_nothing(tmp_path, db):
    rows = [*several(2), filing(domain="")]

    dry = load_rows(tmp_path / "dump.json", *rows, dry_run=True)

    assert snapshot() == []
    assert load_rows(tmp_path / "dump.json", *rows) == dry
    before = snapshot()
    assert load_rows(tmp_path / "dump.json", filing(domain="site1.com"), dry_run=True)[0] == Totals(read=1, changed=1)
    assert snapshot() == before


def test_a_changed_row_replaces_the_record_under_the_same_id(old):
    old(*several(2))
    before = LegacyRecord.objects.get(domain="site1.com")

    totals, _said = old(*several(1, lead_name="王范例"), several(2)[1])

    after = LegacyRecord.objects.get(domain="site1.com")
    assert totals == Totals(read=2, changed=1, same=1)
    assert (after.pk, after.created_at) == (before.pk, before.created_at)
    assert after.details["subject"]["lead_name"] == "王范例"


def test_an_imported_record_is_left_unchanged(old):
    old(*several(2))
    LegacyRecord.objects.filter(domain="site1.com").update(imported_at=timezone.now())
    before = LegacyRecord.objects.get(domain="site1.com").details

    totals, _said = old(*several(2, lead_name="王范例"))

    assert totals == Totals(read=2, changed=1, imported=1)
    assert LegacyRecord.objects.get(domain="site1.com").details == before


def test_an_import_that_comes_first_wins_over_a_load_that_read_earlier(old, monkeypatch):
    old(filing())
    begun = loader._fingerprint

    def imported_meanwhile(row):
        LegacyRecord.objects.update(imported_at=timezone.now() - timedelta(seconds=1))
        return begun(row)

    monkeypatch.setattr(loader, "_fingerprint", imported_meanwhile)
    old(filing(lead_name="王范例"))

    assert LegacyRecord.objects.get().details["subject"]["lead_name"] == "林示范"


def test_an_account_s_new_password_and_state_are_loaded(old):
    old(filing())
    other = "md5$cd$" + "0" * 32

    totals, _said = old(filing(account_password=other, account_active="0"))

    assert (totals.accounts_changed, totals.same) == (1, 1)
    assert not account().is_active
    assert not passwords.is_right(PASSWORD, account().password)


def test_an_open_order_is_noted_and_a_row_without_one_removes_the_note(old):
    row = {"account_email": EMAIL, "account_password": HASH}
    old({"kind": "order", **row})
    assert account().has_open_order

    old(filing())
    assert account().has_open_order

    old({"kind": "account", **row})
    assert not account().has_open_order


def test_bad_rows_are_reported_and_do_not_stop_the_good_ones(tmp_path, db):
    path = tmp_path / "dump.csv"
    rows = several(3)
    head = ",".join(rows[0])
    lines = [",".join(str(value) for value in row.values()) for row in rows]
    path.write_text("\n".join([head, lines[0], '"broken', lines[1], lines[2].replace("640106", "999999")]), "utf-8")
    said = []

    totals = load(path, say=said.append)

    assert totals == Totals(read=4, new=2, refused=2, left_out=0, accounts_new=1)
    assert [(each.row, each.field) for each in said if each.refuses] == [(2, "row"), (4, "region")]
    assert LegacyRecord.objects.count() == 2


@pytest.mark.parametrize(
    "value",
    [
        "9" * 4301,
        str(2**63),
        "\ud800",
        "fe80::1%\ud800",
        "a\x00b",
        "²",
        "pbkdf2_sha256$" + "9" * 280 + "$a$b",
        {"a": [7]},
    ],
    ids=["long number", "65 bits", "surrogate", "zone", "zero", "raised two", "dear hash", "object"],
)
def test_whatever_a_bad_column_contains_the_next_good_row_is_loaded(tmp_path, db, value):
    bad = [filing(**{"domain": f"site{n}.com", column.name: value}) for n, column in enumerate(COLUMNS)]
    path = tmp_path / "dump.json"
    path.write_text("\n".join(json.dumps(row) for row in (*bad, filing(domain="good.com"))), "utf-8")
    said = []

    totals = load(path, say=lambda finding: said.append(str(finding).encode()))

    assert (totals.read, totals.new + totals.refused) == (len(COLUMNS) + 1, len(COLUMNS) + 1)
    assert (LegacyRecord.objects.filter(domain="good.com").count(), bool(said)) == (1, True)


def test_two_rows_that_disagree_about_a_domain_or_account_are_reported_and_the_first_counts(old):
    other = "md5$cd$" + "0" * 32
    rows = [
        filing(),
        filing(lead_name="王范例"),
        filing(domain="example.net", account_password=other),
        filing(domain="example.org"),
        {"kind": "order", "account_email": EMAIL, "account_password": HASH},
        {"kind": "account", "account_email": EMAIL, "account_password": HASH},
    ]

    totals, said = old(*rows)

    assert [(each.row, each.field) for each in said] == [(2, "domain"), (3, "account_email"), (6, "kind")]
    assert all("1" in each.words or "5" in each.words for each in said)
    assert (totals.new, totals.refused, totals.accounts_new) == (2, 3, 1)
    assert LegacyRecord.objects.get(domain="example.com").details["subject"]["lead_name"] == "林示范"
    assert old(*rows)[0] == Totals(read=6, same=2, refused=3)


def test_a_killed_run_is_repeated_and_ends_like_a_single_one(old, tmp_path, monkeypatch):
    monkeypatch.setattr(loader, "BATCH", 2)
    rows = several(5)
    whole = QuerySet.bulk_create
    calls = []

    def killed(self, objs, *args, **kwargs):
        calls.append(objs)
        if len(calls) == 4:  # the records of the second batch
            raise KeyboardInterrupt
        return whole(self, objs, *args, **kwargs)

    monkeypatch.setattr(QuerySet, "bulk_create", killed)
    with pytest.raises(KeyboardInterrupt):
        old(*rows)
    monkeypatch.setattr(QuerySet, "bulk_create", whole)
    assert LegacyRecord.objects.count() == 2

    totals, _said = old(*rows)

    assert totals == Totals(read=5, new=3, same=2)
    assert LegacyRecord.objects.count() == 5


def test_each_account_of_a_long_dump_keeps_its_own_hash_and_the_same_file_again_none(old, monkeypatch):
    monkeypatch.setattr(loader, "BATCH", 2)
    rows = [{**row, "account_email": f"old{place}@example.com"} for place, row in enumerate(several(5))]

    totals, _said = old(*rows)
    again, _said = old(*rows)

    stored = LegacyAccount.objects.values_list("password", flat=True)
    assert (totals.accounts_new, again.accounts_changed, again.same) == (5, 0, 5)
    assert len(set(stored)) == 5
    assert all(passwords.is_right(PASSWORD, each) and HASH not in each for each in stored)


def test_a_slow_hash_with_a_salt_in_chinese_is_loaded_twice(old):
    row = filing(account_password="pbkdf2_sha256$20000$盐$" + "A" * 43 + "=")

    old(row)

    assert old(row)[0] == Totals(read=1, same=1)


@pytest.mark.django_db(transaction=True)
def test_two_loads_at_once_leave_each_row_once_and_readable(tmp_path):
    files = [tmp_path / "one.json", tmp_path / "two.json"]

    ends = together(*(lambda path=path: load_rows(path, *several(20)) for path in files))

    assert [type(end) for end in ends] == [tuple, tuple]
    assert (LegacyRecord.objects.count(), LegacyAccount.objects.count()) == (20, 1)
    assert {record.details["subject"]["lead_name"] for record in LegacyRecord.objects.all()} == {"林示范"}
    assert {record.account_id for record in LegacyRecord.objects.all()} == {account().pk}


def test_the_number_of_queries_grows_with_the_batches_not_with_the_rows(old):
    def cost(*rows):
        with CaptureQueriesContext(connection) as asked:
            old(*rows)
        return len(asked)

    old(filing())  # creates the account
    assert cost(*several(1)) == cost(*several(40)[5:])


def test_a_record_entered_by_hand_is_completed(old):
    from tests.filings.filed import KEY

    kept = LegacyRecord.objects.create(
        subject_key=KEY, domain="example.com", region="640106", name="宁夏示例纸业有限公司"
    )

    totals, _said = old(filing())

    assert (totals.new, totals.changed) == (0, 1)
    assert LegacyRecord.objects.get(pk=kept.pk).account == account()


def test_a_row_that_somebody_else_loads_at_the_same_time_stops_nothing(old, monkeypatch):
    begun = loader._fingerprint

    def loaded_meanwhile(row):
        LegacyRecord.objects.get_or_create(domain="site1.com", defaults={"subject_key": row.subject_key})
        return begun(row)

    monkeypatch.setattr(loader, "_fingerprint", loaded_meanwhile)
    old(*several(2))
    monkeypatch.undo()

    assert LegacyRecord.objects.count() == 2
    assert old(*several(2))[0] == Totals(read=2, changed=1, same=1)
