"""Proving an old account: the refusals, the limits, and nothing that reveals whether an account exists."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from filings.legacy_import import account_proof
from filings.legacy_import.account_proof import SENTENCES, Proof, Why, prove, refusal
from filings.legacy_import.dump import passwords
from filings.legacy_import.dump.rows import email_index
from filings.models import LegacyAccount, LegacyImport, LegacyRecord
from tests.filings.legacy_import.dumps import EMAIL, HASH, PASSWORD, account, filing, personal

NOW = timezone.now()
ROW = {"account_email": EMAIL, "account_password": HASH}


def why(owner, email=EMAIL, password=PASSWORD):
    return prove(owner, email, password).why


def test_the_right_pair_opens_the_account(old, lin):
    old(filing())

    assert prove(lin, EMAIL, PASSWORD) == Proof(account())
    assert prove(lin, EMAIL.upper(), PASSWORD) == Proof(account())


# --- the refusals (docs/sources.md#the-import-from-the-old-platform) -----------------------------


def test_an_account_that_was_imported_elsewhere_is_refused_with_the_day(old, lin, chen):
    old(filing())
    LegacyImport.objects.create(owner=chen, account=account(), holds=True, state="imported", entered_at=NOW)

    assert prove(lin, EMAIL, PASSWORD) == Proof(why=Why.IMPORTED, when=NOW)
    assert prove(chen, EMAIL, PASSWORD) == Proof(account())


def test_an_account_whose_records_are_all_gone_was_imported(old, lin):
    old(filing())
    LegacyRecord.objects.update(imported_at=NOW)

    assert prove(lin, EMAIL, PASSWORD) == Proof(why=Why.IMPORTED, when=NOW)


def test_an_account_without_a_filing_is_refused(old, lin):
    old({"kind": "account", **ROW}, personal())

    assert why(lin) == Why.EMPTY


def test_an_account_that_was_never_activated_is_refused(old, lin):
    old(filing(account_active="0"))

    assert why(lin) == Why.INACTIVE


def test_an_account_with_only_an_open_order_is_refused(old, lin):
    old({"kind": "order", **ROW})

    assert why(lin) == Why.OPEN_ORDER


def test_an_open_order_beside_a_filing_blocks_nobody(old, lin):
    old(filing(), {"kind": "order", **ROW})

    assert why(lin) is None


@pytest.mark.parametrize(("only_one", "expected"), [(True, Why.HAS_SUBJECT), (False, None)])
def test_a_second_old_account_is_refused_only_where_the_operator_limits_them(old, lin, settings, only_one, expected):
    settings.IMPORT_ONE_OLD_ACCOUNT = only_one
    old(filing(), filing(account_email="first@example.com", domain="example.net"))
    LegacyImport.objects.create(owner=lin, account=account("first@example.com"), holds=True, state="imported")

    assert why(lin) == expected


def test_each_refusal_has_its_own_text():
    said = {refusal(each).messages[0] for each in Why}

    assert set(SENTENCES) == set(Why)
    assert len(said) == len(Why)


# --- who does not have the password learns nothing -------------------------------------------------


@pytest.fixture
def crowd(old):
    """Accounts in every state, with a wrong password for each; the last is unknown."""
    emails = ["good@x.cn", "off@x.cn", "empty@x.cn", "order@x.cn"]
    rows = [{"account_email": email, "account_password": HASH} for email in emails]
    old(
        filing(account_email=emails[0]),
        {"kind": "account", **rows[1], "account_active": "0"},
        {"kind": "account", **rows[2]},
        {"kind": "order", **rows[3]},
    )
    return [*emails, "nobody@x.cn"]


def test_a_wrong_password_and_an_unknown_account_get_one_answer(crowd, lin, settings):
    settings.LIMITS = {**settings.LIMITS, "import_account": (100, 60)}

    assert {prove(lin, email, "wrong") for email in crowd} == {Proof(why=Why.WRONG)}


def test_a_wrong_password_and_an_unknown_account_cost_the_same_work(crowd, lin, monkeypatch):
    checks = []
    right = passwords.is_right
    monkeypatch.setattr(passwords, "is_right", lambda typed, stored: checks.append(stored) or right(typed, stored))
    prove(lin, "warm@x.cn", "wrong")  # creates the limits' rows

    for email in crowd:
        prove(lin, email, "wrong")  # creates its limit's row too
    costs = set()
    for email in crowd:
        before = len(checks)
        with CaptureQueriesContext(connection) as asked:
            prove(lin, email, "wrong")
        costs.add((len(asked), len(checks) - before))

    assert len(costs) == 1
    assert {number for _queries, number in costs} == {1}


def test_an_unknown_account_is_checked_against_a_neighbouring_hash_and_never_admitted(old, lin):
    old(filing())
    unknown = [f"u{n}@x.cn" for n in range(40)]
    beside = [email_index(email) > account().email_index for email in unknown]

    assert {why(lin, email, PASSWORD) for email in unknown} == {Why.WRONG}
    assert len(set(beside)) == 2  # before it in the index, and after it


def test_without_any_account_the_same_work_is_done(db, lin, monkeypatch):
    done = []
    monkeypatch.setattr(passwords, "decoy_check", done.append)

    assert why(lin) == Why.WRONG
    assert done == [PASSWORD]
    assert LegacyAccount.objects.count() == 0


# --- limits -----------------------------------------------------------------------------------------


def test_tries_count_against_our_account_and_a_right_one_is_given_back(old, lin, chen, settings):
    settings.LIMITS = {**settings.LIMITS, "import_account": (2, 60), "import_old_account": (100, 60)}
    old(filing())

    answers = [why(lin, password=typed) for typed in (PASSWORD, PASSWORD, PASSWORD, "a", "b", PASSWORD)]

    assert answers == [None, None, None, Why.WRONG, Why.WRONG, Why.TOO_MANY]
    assert why(chen) is None


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
def test_tries_count_against_the_old_account_whoever_makes_them_and_whether_it_exists(old, lin, chen, settings, email):
    settings.LIMITS = {**settings.LIMITS, "import_old_account": (2, 60)}
    old(filing())

    answers = [why(owner, email.upper() if n % 2 else email, "a") for n, owner in enumerate((lin, chen, lin))]

    assert answers == [Why.WRONG, Why.WRONG, Why.TOO_MANY]


def test_a_pause_shows_its_end_and_ends(old, lin, settings):
    settings.LIMITS = {**settings.LIMITS, "import_account": (1, 60)}
    old(filing())
    prove(lin, EMAIL, "a", now=NOW)

    assert prove(lin, EMAIL, PASSWORD, now=NOW) == Proof(why=Why.TOO_MANY, when=NOW + timedelta(seconds=60))
    assert prove(lin, EMAIL, PASSWORD, now=NOW + timedelta(seconds=60)).account == account()


def test_a_proof_is_valid_for_a_day(lin):
    mine = LegacyImport(owner=lin, proved_at=NOW)

    assert account_proof.is_fresh(mine, NOW + timedelta(hours=23, minutes=59))
    assert not account_proof.is_fresh(mine, NOW + timedelta(days=1))
