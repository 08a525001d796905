"""Looks at personal data are recorded: one row per person, case and purpose, with a count."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from icpportal.accounts.roles import AUDITOR, OPERATIONS
from icpportal.privacy.actions import note_access
from icpportal.privacy.models import AccessNote
from tests.transfers.builders import make_lead_reviewer, make_reviewer, make_user, sign_in
from tests.transfers.together import together, words

LIST = reverse("admin:privacy_accessnote_changelist")


@pytest.mark.django_db
def test_the_first_look_writes_a_row_and_later_ones_raise_its_count_and_last_time() -> None:
    reviewer, monday = make_reviewer(), timezone.now() - timedelta(days=3)

    for days in range(3):
        note_access(
            actor=reviewer,
            what="order",
            reference="T7Q4-M2KX",
            reason="review",
            now=monday + timedelta(days=days),
            client="",
        )

    note = AccessNote.objects.get()
    assert (note.times, note.at, note.last_at) == (3, monday, monday + timedelta(days=2))


@pytest.mark.django_db
def test_another_person_case_or_purpose_is_a_separate_row() -> None:
    one, other = make_reviewer(), make_reviewer()
    look = {"actor": one, "what": "order", "reference": "T7Q4-M2KX", "reason": "review", "client": ""}

    for changes in ({}, {"actor": other}, {"reference": "T7Q4-M2KY"}, {"what": "photo"}, {"reason": "audit"}, {}):
        note_access(**{**look, **changes})

    assert sorted(AccessNote.objects.values_list("times", flat=True)) == [1, 1, 1, 1, 2]


@pytest.mark.django_db
def test_looks_on_the_server_without_an_account_stay_separate_rows() -> None:
    for _ in range(2):
        note_access(actor=None, what="ministry uploadfile", reference="T7Q4-M2KX", client="")

    assert list(AccessNote.objects.values_list("times", flat=True)) == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_two_concurrent_looks_are_one_row_that_counts_both() -> None:
    reviewer = make_reviewer()

    def look() -> AccessNote:
        return note_access(actor=reviewer, what="order", reference="T7Q4-M2KX", reason="review", client="")

    ends = together(look, look)

    assert words(ends) == ["done", "done"]
    assert AccessNote.objects.get().times == 2


@pytest.mark.django_db
def test_rows_from_before_the_count_stay_unchanged() -> None:
    reviewer = make_reviewer()
    for _ in range(2):  # as the migration leaves them: one row per look
        AccessNote.objects.create(actor=reviewer, what="order", reference="T7Q4-M2KX")

    for _ in range(2):
        note_access(actor=reviewer, what="order", reference="T7Q4-M2KX", client="")

    kept = AccessNote.objects.order_by("pk").values_list("times", "last_at")
    assert [(times, last is None) for times, last in kept] == [(1, True), (1, True), (2, False)]


@pytest.mark.django_db
def test_the_auditor_reads_how_often_and_when_last(client) -> None:
    reviewer = make_reviewer()
    first = timezone.now() - timedelta(days=40)
    for moment in (first, first + timedelta(days=30)):
        note_access(actor=reviewer, what="order", reference="T7Q4-M2KX", reason="review", now=moment, client="")
    note_access(actor=reviewer, what="order", reference="T7Q4-M2KY", reason="review", client="")
    client.cookies["django_language"] = "en"

    answer = sign_in(client, make_user(held_roles=(AUDITOR,), language="en")).get(LIST, {"q": "T7Q4-M2KX"})

    note = answer.context["cl"].result_list[0]
    html = answer.content.decode()
    assert len(answer.context["cl"].result_list) == 1
    assert (note.times, note.last_at - note.at) == (2, timedelta(days=30))
    assert [str(reviewer) in html, "Looks" in html, "Last look" in html] == [True] * 3
    assert re.search(r'<td class="field-times"[^>]*>2<', html)
    assert client.get(reverse("admin:privacy_accessnote_change", args=[note.pk])).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["reviewer", "lead", OPERATIONS])
def test_only_the_auditor_reads_who_looked(client, role: str) -> None:
    user = {"reviewer": make_reviewer, "lead": make_lead_reviewer}.get(
        role, lambda: make_user(held_roles=(OPERATIONS,))
    )()

    assert sign_in(client, user).get(LIST).status_code == 403
