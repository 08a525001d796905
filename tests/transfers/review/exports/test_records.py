"""No list of orders leaves the desk, and none is allowed, without its entry in the log of looks."""

from typing import Any

import pytest

from icpportal.accounts.models import User
from icpportal.privacy.models import AccessNote
from tests.transfers.builders import make_lead_reviewer
from tests.transfers.review.exports.test_exports import ask, fetch, make_waiting
from transfers.models import ListExport
from transfers.review.exports import actions, columns

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> User:
    return make_lead_reviewer()


@pytest.fixture
def log_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_look: Any) -> None:
        raise OSError("the log cannot be written")

    monkeypatch.setattr(actions, "note_access", refuse)


def test_a_list_that_could_not_be_written_is_fetched_later_and_then_recorded(
    lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_waiting(actions.ALONE + 1)
    ask(lead)
    ListExport.objects.update(is_granted=True)
    export = ListExport.objects.get()

    with monkeypatch.context() as broken:
        broken.setattr(columns, "head", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            fetch(lead, export)
    before = AccessNote.objects.filter(what=actions.EXPORTED).count()
    answer = fetch(lead, export)

    assert (before, AccessNote.objects.filter(what=actions.EXPORTED).count()) == (0, 1)
    assert "attachment" in answer.get("Content-Disposition", "")


@pytest.mark.usefixtures("log_is_down")
def test_a_list_whose_allowing_could_not_be_recorded_still_waits(lead: User) -> None:
    make_waiting(actions.ALONE + 1)
    ask(lead)

    with pytest.raises(OSError, match="cannot be written"):
        actions.answer(ListExport.objects.get(), actor=make_lead_reviewer(), granted=True, client="")

    export = ListExport.objects.get()
    assert (export.is_granted, export.answered_at) == (False, None)
