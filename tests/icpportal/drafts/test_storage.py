"""What two requests store of one page at the same moment: neither overwrites the other's part."""

from typing import Any

import pytest
from django.test import RequestFactory

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
