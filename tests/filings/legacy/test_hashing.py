"""Work that is handed out comes back in order, and who does it is gone afterwards."""

import multiprocessing
import os

from filings.legacy import loading, passwords
from filings.legacy.hashing import PIECE, Beside
from filings.models import LegacyAccount
from tests.filings.legacy.dumps import HASH, PASSWORD, several


def own_process(text: str) -> tuple[str, int]:
    return text, os.getpid()


def test_work_is_done_here_until_it_is_handed_out():
    beside = Beside()
    assert list(beside.each(own_process, [("a",)])) == [("a", os.getpid())]

    beside.hand_out()
    texts = [str(number) for number in range(PIECE * 2 + 1)]
    done = list(beside.each(own_process, [(text,) for text in texts]))
    beside.close()

    assert [text for text, _process in done] == texts
    assert os.getpid() not in {process for _text, process in done}
    assert multiprocessing.active_children() == []


def test_a_long_dump_is_hashed_by_others_and_its_passwords_are_right(old, monkeypatch):
    monkeypatch.setattr(loading, "BATCH", 2)
    rows = [{**row, "account_email": f"old{place}@example.com"} for place, row in enumerate(several(5))]

    totals, _said = old(*rows)
    again, _said = old(*rows)

    stored = LegacyAccount.objects.values_list("password", flat=True)
    assert (totals.accounts_new, again.accounts_changed, again.same) == (5, 0, 5)
    assert len(set(stored)) == 5
    assert all(passwords.is_right(PASSWORD, each) and HASH not in each for each in stored)
    assert multiprocessing.active_children() == []
