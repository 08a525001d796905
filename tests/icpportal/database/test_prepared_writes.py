"""A statement compiled once writes the rows for the current parameters each time, and no others."""

import uuid
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import CharField, F, UUIDField
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from icpportal.codes.models import Allowance
from icpportal.database.prepared import CompiledDelete, insert_unless_there, insert_whole
from icpportal.database.prepared_updates import CompiledUpdate
from icpportal.models import Heartbeat
from icpportal.privacy.blind_index import blind_index, names
from icpportal.privacy.models import FileKey
from tests.verification.test_models import document
from verification.models.documents import Document

pytestmark = pytest.mark.django_db
KEY = CharField()
TRIED = CompiledUpdate(
    lambda pk, kind: Document.objects.filter(pk=pk, kind=kind),
    {"tries": F("tries") + 1, "lease": None},
    pk=UUIDField(),
    kind=CharField(),
)


def test_an_update_writes_the_row_that_its_query_finds_and_no_other():
    one, other = document(lease=uuid.uuid4()), document(lease=uuid.uuid4())

    assert TRIED.run(pk=one.pk, kind=one.kind) == 1
    assert TRIED.run(pk=other.pk, kind="another") == 0

    assert [(each.tries, each.lease) for each in (again(one), again(other))] == [(1, None), (0, other.lease)]


def test_each_run_of_an_update_can_write_other_columns_of_any_type():
    one, now = document(), datetime(2026, 12, 1, tzinfo=UTC)

    TRIED.run({"advice": [{"key": "%s", "box": [0, 1]}], "decided_at": now}, pk=one.pk, kind=one.kind)
    TRIED.run({"reason": "50 % 'off' %s"}, pk=one.pk, kind=one.kind)
    TRIED.run({"decided_at": None}, pk=str(one.pk), kind=one.kind)

    written = again(one)
    assert (written.tries, written.reason, written.decided_at) == (3, "50 % 'off' %s", None)
    assert written.advice == [{"key": "%s", "box": [0, 1]}]


def test_a_text_that_stands_for_several_is_compared_with_each(settings):
    settings.BLIND_INDEX_KEY_FALLBACKS = ["another key, of which there is no mark"]
    index = blind_index("a counter", "one")
    stored, other = names(index)[1], "0" * 64
    began_at = datetime(2026, 12, 1, tzinfo=UTC)
    insert_whole([Allowance(name=name, key=key, began_at=began_at) for name in "ab" for key in (stored, other)])
    raised = CompiledUpdate(
        lambda key, name: Allowance.objects.filter(key=key, name=name), {"used": F("used") + 1}, key=KEY, name=KEY
    )
    dropped = CompiledDelete(lambda key: Allowance.objects.filter(key=key), key=KEY)

    assert raised.run({"began_at": began_at}, key=index, name="a") == 1
    assert raised.first(key=index, name="a").used == 2
    assert list(Allowance.objects.filter(used__gt=0).values_list("name", "key")) == [("a", stored)]
    assert (dropped.run(key=index), dropped.run(key=index)) == (2, 0)
    assert set(Allowance.objects.values_list("key", flat=True)) == {other}


def test_a_row_is_inserted_unless_another_has_its_place_and_that_is_no_error():
    one, other = (Heartbeat(name="one", at=datetime(2026, 12, day, tzinfo=UTC)) for day in (1, 2))

    with CaptureQueriesContext(connection) as statements:
        assert [insert_unless_there(each) for each in (one, other)] == [True, False]

    assert [query["sql"].split()[0] for query in statements.captured_queries] == ["INSERT", "INSERT"]
    assert [each._state.adding for each in (one, other)] == [False, True]
    assert Heartbeat.objects.get().at == one.at


def test_after_an_error_that_is_caught_the_rest_of_its_transaction_is_not_written_either():
    one = document()

    with transaction.atomic():
        with suppress(IntegrityError):
            TRIED.run({"reference": document().reference}, pk=one.pk, kind=one.kind)
        with pytest.raises(TransactionManagementError):
            Document.objects.filter(pk=one.pk).update(reason="later")


def test_the_written_row_equals_djangos_and_is_none_where_nothing_was_found():
    one, lease = document(display_name="扫描件.jpg"), uuid.uuid4()
    taken = CompiledUpdate(
        lambda pk, kind: Document.objects.filter(pk=pk, kind=kind),
        {"tries": F("tries") + 1},
        pk=UUIDField(),
        kind=CharField(),
    )

    for _time in range(2):  # the second time from the cache
        written = taken.first({"lease": lease}, pk=one.pk, kind=one.kind)

        assert {**vars(written), "_state": None} == {**vars(again(one)), "_state": None}
        assert (written._state.db, written._state.adding, written.lease) == ("default", False, lease)
    assert taken.first(pk=one.pk, kind="another") is None


def test_a_delete_takes_one_statement_and_only_the_rows_of_its_query():
    for name in ("one", "other"):
        Heartbeat.objects.create(name=name, at=datetime(2026, 12, 1, tzinfo=UTC))
    named = CompiledDelete(lambda name: Heartbeat.objects.filter(name=name), name=CharField())

    with CaptureQueriesContext(connection) as statements:
        assert (named.run(name="one"), named.run(name="one")) == (1, 0)

    assert len(statements) == 2
    assert [each.name for each in Heartbeat.objects.all()] == ["other"]


def test_a_parameter_that_is_transformed_before_comparison_is_refused():
    lost = CompiledDelete(lambda name: Heartbeat.objects.filter(name__icontains=name), name=CharField())

    with pytest.raises(ValueError, match="name"):
        lost.run(name="one")


def test_several_rows_are_inserted_whole_by_one_statement():
    rows = [FileKey(place="documents", name=f"day/{each}", wrapped=f"'%s' {each}") for each in range(3)]

    with CaptureQueriesContext(connection) as statements:
        insert_whole(rows)

    assert len(statements) == 1
    columns = ("id", "place", "name", "wrapped", "created_at")
    written = FileKey.objects.order_by("name").values_list(*columns)
    assert list(written) == [tuple(getattr(row, column) for column in columns) for row in rows]


def test_of_many_rows_only_those_are_left_out_whose_place_another_has():
    there, *rows = [FileKey(place="documents", name=f"day/{each}") for each in range(3)]
    insert_whole([there])
    same = FileKey(id=there.pk, place="documents", name="another")

    with CaptureQueriesContext(connection) as statements:
        insert_whole([same, *rows], unless_there=True)

    assert len(statements) == 1
    assert [row._state.adding for row in (same, *rows)] == [True] * 3  # not told which were left out
    assert set(FileKey.objects.values_list("name", flat=True)) == {row.name for row in [there, *rows]}


def test_a_row_that_was_inserted_whole_can_be_saved_and_is_not_inserted_again():
    row = FileKey(place="documents", name="day/1", wrapped="1")
    insert_whole([row])

    row.name = "day/2"
    row.save(update_fields=["name"])

    assert (row._state.adding, row._state.db) == (False, "default")
    assert [each.name for each in FileKey.objects.all()] == ["day/2"]


def test_a_row_that_is_inserted_whole_is_written_as_djangos_with_its_sealed_and_default_columns():
    made = [
        Document(kind="lead_id", holder="T7Q4-M2KX", display_name="扫描件.jpg", size=1, width=2, height=3)
        for _each in range(2)
    ]
    for row in made[1:]:
        row.save(force_insert=True)

    insert_whole(made[:1])

    own, theirs = [again(row) for row in made]
    assert made[0].display_name == own.display_name == theirs.display_name == "扫描件.jpg"
    assert made[0].likeness == own.likeness == theirs.likeness == ""
    differ = dict.fromkeys(("_state", "id", "reference", "display_name", "created_at"))
    assert {**vars(own), **differ} == {**vars(theirs), **differ}
    assert "扫" not in Document.objects.filter(pk=own.pk).values_list("display_name", flat=True).get()


def test_rows_whose_keys_the_database_makes_have_them_when_they_are_inserted_whole():
    rows = [Allowance(name=name, key="1", began_at=datetime(2026, 12, 1, tzinfo=UTC)) for name in ("one", "other")]

    insert_whole(rows)

    assert {row.pk: row.name for row in rows} == dict(Allowance.objects.values_list("pk", "name"))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_whole([Allowance(name="one", key="1", began_at=datetime(2026, 12, 1, tzinfo=UTC))])


def again(row: Document) -> Document:
    return Document.objects.get(pk=row.pk)
