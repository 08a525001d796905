"""Files against rows: files without a row, rows without a file, and rounds made in batches."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from icpportal.gateways import storage
from tests.bad import aside
from tests.verification.documents import pictures
from verification.documents import rounds
from verification.documents.actions import examine
from verification.documents.rounds import Orphans, begin, current, delete_orphans, go_on, orphans
from verification.models import Document, FileRound


def soon(seconds: int = 21) -> datetime:
    return timezone.now() + timedelta(seconds=seconds)


def test_in_a_tidy_portal_nothing_is_an_orphan(received):
    received()
    examine(received().pk)
    refused = received(pictures.jpeg()[:5000])
    examine(refused.pk)

    assert orphans(soon(7200)) == Orphans()


def test_an_empty_storage_is_tidy(db):
    assert orphans(soon()) == Orphans()


def test_a_file_without_a_row_and_a_row_without_a_file_are_found(received, files):
    ready, lost = received(), received()
    examine(ready.pk)
    examine(lost.pk)
    lost.refresh_from_db()
    storage.drop("documents", lost.stored_name)
    stray = storage.keep("documents", "20261101/stray.jpg", b"stray")
    strange = storage.keep("quarantine", "20261102/stray", b"stray")

    found = orphans(soon(7200))

    assert found == Orphans(files=[("quarantine", strange), ("documents", stray)], documents=[lost.reference])
    assert delete_orphans(found) == 2
    assert orphans(soon(7200)) == Orphans(documents=[lost.reference])
    assert b"stray" not in files("documents") + files("quarantine")


def test_a_whole_missing_day_is_noticed(received, places):
    ready = received()
    examine(ready.pk)
    ready.refresh_from_db()
    for name in (ready.stored_name, ready.preview_name):
        storage.drop("documents", name)
    os.rmdir(places / "documents" / ready.stored_name[:8])

    assert orphans(soon(7200)) == Orphans(documents=[ready.reference])


def test_a_file_that_may_be_about_to_get_its_row_is_no_orphan(db):
    storage.keep("quarantine", "20261125/fresh", b"fresh")

    assert orphans(soon(3500)) == Orphans()
    assert orphans(soon(3700)).files == [("quarantine", "20261125/fresh")]


def test_a_days_orphans_take_as_many_queries_for_one_as_for_many(received, django_assert_num_queries):
    day = f"{datetime.now(UTC):%Y%m%d}"
    for number in range(30):
        storage.keep("documents", f"{day}/stray{number}", b"stray")
    examine(received().pk)

    # what was set aside, two columns of names, the ready rows until none is left; the test's savepoints
    with django_assert_num_queries(13):
        assert len(orphans(soon(7200)).files) == 30


def test_files_that_cannot_be_deleted_or_compared_stop_no_other(received, monkeypatch):
    for number in range(3):
        storage.keep("documents", f"2026110{number}/stray", b"stray")
    drop, of_day = storage.drop, storage.of_day
    monkeypatch.setattr(
        storage, "drop", lambda alias, name: 1 / 0 if name.startswith("20261101") else drop(alias, name)
    )
    monkeypatch.setattr(storage, "of_day", lambda alias, day: 1 / 0 if day == "20261102" else of_day(alias, day))

    found = orphans(soon(7200))

    assert [name for _place, name in found.files] == ["20261100/stray", "20261101/stray"]
    assert delete_orphans(found) == 1
    assert aside() == [("files.compared", "documents/20261102"), ("files.deleted", "documents/20261101/stray")]


# --- portions --------------------------------------------------------------------------------


def strays(number: int) -> list[str]:
    """So many files without a row, each on a different day."""
    days = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=place) for place in range(number)]
    return [storage.keep("documents", f"{day:%Y%m%d}/stray", b"stray") for day in days]


def test_a_run_checks_its_batch_and_the_next_continues_there(db, monkeypatch):
    monkeypatch.setattr(rounds, "NAMES_AT_ONCE", 2)
    names = strays(5)
    now = soon(7200)

    found = [[name for _place, name in go_on(current(now), now, names=2).files] for _ in range(4)]

    assert found == [names[:2], names[2:4], names[4:], names[:2]]  # the next round begins again
    ended, under_way = FileRound.objects.order_by("pk")
    assert (ended.ended_at, ended.looked, ended.files) == (now, 5, 5)
    assert (under_way.ended_at, under_way.place, under_way.at) == (None, "documents", names[1])


def test_a_run_ends_with_its_time(db, monkeypatch):
    monkeypatch.setattr(rounds, "NAMES_AT_ONCE", 2)
    strays(5)

    assert len(go_on(current(soon()), soon(7200), seconds=-1).files) == 2


@pytest.mark.parametrize("files", [60, 400])
def test_a_batch_takes_as_many_queries_however_many_files_and_days_there_are(
    db, monkeypatch, django_assert_num_queries, files: int
):
    """Three statements per day folder since the beginning."""
    monkeypatch.setattr(rounds, "NAMES_AT_ONCE", 20)
    monkeypatch.setattr(rounds, "is_old", lambda *_: False)
    strays(files)
    this = begin(soon())

    # what was set aside, mark and old keys of the empty quarantine, two columns of names twice, its progress;
    # the test's savepoints, two a folder and a look
    with django_assert_num_queries(1 + 2 + 4 + 1 + 2 * (40 + 2)):
        go_on(this, soon(7200), names=40)


def test_rows_without_a_file_are_found_in_batches_too(received, monkeypatch):
    monkeypatch.setattr(rounds, "NAMES_AT_ONCE", 1)
    documents = [received() for _ in range(3)]
    for document in documents:
        examine(document.pk)
        document.refresh_from_db()
    for document in documents[:2]:
        storage.drop("documents", document.stored_name)
    now, found = soon(7200), Orphans()
    this = current(now)

    while not this.ended_at:
        found += go_on(this, now, names=1)

    assert sorted(found.documents) == sorted(each.reference for each in documents[:2])
    assert (this.documents, sorted(this.lost)) == (2, sorted(found.documents))
    assert sorted(rounds.still_lost()) == sorted(found.documents)
    storage.keep("documents", documents[0].stored_name, b"found again")
    Document.objects.filter(pk=documents[1].pk).update(state="retired")
    assert rounds.still_lost() == []


def test_a_file_added_after_its_folder_was_listed_is_not_reported_missing(received, monkeypatch):
    document = received()
    examine(document.pk)
    monkeypatch.setattr(rounds, "listing", lambda _alias, _day: set())

    assert orphans(soon(7200)) == Orphans()


def test_two_processes_in_one_round_count_nothing_twice(db, monkeypatch):
    monkeypatch.setattr(rounds, "NAMES_AT_ONCE", 2)
    names = strays(3)
    now = soon(7200)
    first, second = current(now), current(now)

    go_on(first, now, names=2)
    go_on(second, now, names=2)

    kept = FileRound.objects.get()
    assert (kept.at, kept.looked, kept.files) == (names[1], 2, 2)


def test_a_storage_that_goes_down_keeps_the_progress(db, monkeypatch):
    monkeypatch.setattr(rounds, "NAMES_AT_ONCE", 1)
    names = strays(3)
    of_day = storage.of_day

    def goes_down(alias: str, day: str):
        if day == names[1][:8]:
            raise storage.StorageDown(alias)
        return of_day(alias, day)

    with monkeypatch.context() as patched:
        patched.setattr(storage, "of_day", goes_down)
        with pytest.raises(storage.StorageDown):
            go_on(current(soon()), soon(7200))

    assert FileRound.objects.get().at == names[0]
    assert [name for _place, name in go_on(current(soon()), soon(7200)).files] == names[1:]


def test_the_age_is_that_of_the_last_finished_round(db):
    now = soon()
    assert rounds.age(now) == timedelta(0)

    FileRound.objects.create(began_at=now - timedelta(days=9), place="rows")
    assert rounds.age(now) == timedelta(days=9)

    go_on(current(now), now)
    begin(now)
    assert rounds.age(now + timedelta(hours=1)) == timedelta(hours=1)
