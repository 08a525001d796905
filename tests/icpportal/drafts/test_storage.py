"""What two requests store of one page at the same moment: neither overwrites the other's part."""

from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from icpportal.drafts import storage
from icpportal.drafts.marks import Mark
from icpportal.drafts.models import PageDraft
from tests.transfers.builders import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_and_mark() -> tuple[Any, Mark]:
    request = RequestFactory().post("/page/")
    request.user = make_user()
    return request, Mark(str(request.user.pk), "/page/", "", ("name",))


def before_the_write(monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    """Has `act` done once, after a draft was read and before it is written."""
    read = storage.OF_KEY.first

    def first(**values: Any) -> PageDraft | None:
        found = read(**values)
        monkeypatch.setattr(storage.OF_KEY, "first", read)
        act()
        return found

    monkeypatch.setattr(storage.OF_KEY, "first", first)


def test_the_errors_of_a_refused_form_stay_when_its_page_saves_what_was_typed_at_this_moment(
    request_and_mark: tuple[Any, Mark], monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.keep_typed(*request_and_mark, {"name": ["Li"]})
    reply: Any = {"said": {"name": "too short"}}
    before_the_write(monkeypatch, lambda: storage.keep_reply(*request_and_mark, {"name": ["Lin"]}, reply))

    storage.keep_typed(*request_and_mark, {"name": ["Lin S"]})

    kept = PageDraft.objects.get()
    assert (kept.typed, kept.reply, kept.replied_at is not None) == ({"name": ["Lin S"]}, reply, True)


def test_a_draft_that_was_dropped_at_this_moment_is_written_again_with_the_errors(
    request_and_mark: tuple[Any, Mark], monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.keep_typed(*request_and_mark, {"name": ["Li"]})
    before_the_write(monkeypatch, PageDraft.objects.all().delete)

    storage.keep_reply(*request_and_mark, {"name": ["Lin"]}, {"said": {"name": "too short"}})

    assert PageDraft.objects.get().reply == {"said": {"name": "too short"}}


def test_a_page_is_stored_and_dropped_by_one_statement_each(request_and_mark: tuple[Any, Mark]) -> None:
    """A transaction around one statement costs two more."""
    with CaptureQueriesContext(connection) as asked:
        storage.keep_typed(*request_and_mark, {"name": ["Li"]})
    with CaptureQueriesContext(connection) as dropped:
        storage.drop(*request_and_mark)

    words = [[query["sql"].split()[0] for query in each.captured_queries] for each in (asked, dropped)]
    assert words == [["SELECT", "INSERT"], ["DELETE"]]
    assert not PageDraft.objects.exists()


def test_what_another_window_stored_at_this_moment_is_written_over(
    request_and_mark: tuple[Any, Mark], monkeypatch: pytest.MonkeyPatch
) -> None:
    before_the_write(monkeypatch, lambda: storage.keep_typed(*request_and_mark, {"name": ["Lin"]}))

    storage.keep_typed(*request_and_mark, {"name": ["Li"]})

    assert PageDraft.objects.get().typed == {"name": ["Li"]}


@pytest.mark.django_db(transaction=True)
def test_a_page_of_an_account_that_was_erased_at_this_moment_is_not_stored(
    request_and_mark: tuple[Any, Mark], monkeypatch: pytest.MonkeyPatch
) -> None:
    before_the_write(monkeypatch, request_and_mark[0].user.delete)

    storage.keep_typed(*request_and_mark, {"name": ["Li"]})

    assert not PageDraft.objects.exists()
