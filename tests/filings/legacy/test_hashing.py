"""Work that is handed out comes back in order, and who does it is gone afterwards."""

import multiprocessing
import multiprocessing.synchronize
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor
from pathlib import Path

import pytest

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


KILLED = """
import multiprocessing, os, signal
from filings.legacy.hashing import Beside
beside = Beside()
beside.hand_out()
list(beside.each(os.path.basename, [("a",)]))
print(*[child.pid for child in multiprocessing.active_children()], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_who_is_killed_leaves_nobody_behind():
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", KILLED], cwd=root, stdout=subprocess.PIPE, text=True, timeout=120)
    others = [Path(f"/proc/{process}") for process in done.stdout.split()]

    assert others
    ends = time.monotonic() + 30
    while any(each.exists() for each in others) and time.monotonic() < ends:
        time.sleep(0.05)
    assert not any(each.exists() for each in others)


def test_without_shared_memory_the_work_is_done_here(monkeypatch):
    def refused(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(multiprocessing.synchronize.SemLock, "__init__", refused)
    beside = Beside()

    beside.hand_out()

    assert list(beside.each(own_process, [("a",)])) == [("a", os.getpid())]


def killed(text):
    os.kill(os.getpid(), signal.SIGKILL)


def test_one_that_is_killed_is_told_and_keeps_nobody_waiting():
    beside = Beside()
    beside.hand_out()

    with pytest.raises(BrokenExecutor):
        list(beside.each(killed, [("a",)]))
    beside.close()

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
