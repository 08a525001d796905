"""One current paper per side, even with concurrent uploads; nothing is replaced in a submitted order."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.rivals import just_before
from tests.transfers import states
from tests.transfers.builders import make_order, make_ready_document
from tests.transfers.desk import broken_file, photo_file
from tests.transfers.together import together, words
from transfers.documents import actions as paper_actions
from transfers.models import Order, OrderDocument
from verification.documents.examination import examine
from verification.documents.upload_messages import UploadRefused
from verification.models import Document


def living(order):
    return list(OrderDocument.objects.filter(order=order, retired_at=None).values_list("slot", "side"))


@pytest.mark.django_db
def test_a_new_picture_replaces_the_old_one_which_is_deleted():
    order = make_order()
    first = paper_actions.upload(order, slot="subject_id", file=photo_file())

    second = paper_actions.upload(order, slot="subject_id", file=photo_file())

    assert living(order) == [("subject_id", 1)]
    assert OrderDocument.objects.get(pk=second.pk).retired_at is None
    assert Document.objects.get(pk=first.document_id).state == "retired"
    assert Document.objects.get(pk=second.document_id).state == "checking"


@pytest.mark.django_db
def test_a_picture_that_a_reviewer_saw_stays_for_the_record():
    order = make_order(state=states.RETURNED)
    seen = make_ready_document(order, "subject_id")
    Order.objects.filter(pk=order.pk).update(submitted_at=timezone.now() + timedelta(seconds=1))

    paper_actions.upload(order, slot="subject_id", file=photo_file())

    assert Document.objects.get(pk=seen.pk).state == "ready"
    assert OrderDocument.objects.get(document=seen).retired_at is not None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "left"),
    [
        (["broken"], "good"),
        (["broken", "broken"], "good"),
        (["unread", "broken"], "good"),
        (["unread", "taken back"], "good"),
        (["unread", "broken", "taken back"], "nothing"),
        (["fine"], "the last"),
        (["unread", "fine"], "the last"),
        (["fine", "broken"], "the last"),
    ],
)
def test_a_good_picture_stays_until_another_one_was_read(sent, left, django_capture_on_commit_callbacks):
    order = make_order()
    good = make_ready_document(order, "subject_id")

    with django_capture_on_commit_callbacks(execute=True):
        for each in sent:
            if each == "taken back":
                paper_actions.remove(order, slot="subject_id")
                continue
            paper = paper_actions.upload(
                order, slot="subject_id", file=broken_file() if each == "broken" else photo_file()
            )
            good = good if each != "fine" else paper.document
            if each != "unread":
                examine(paper.document_id)

    stands = [] if left == "nothing" else [good.pk]
    assert list(OrderDocument.objects.filter(order=order, retired_at=None).values_list("document", flat=True)) == stands
    assert list(Document.objects.filter(state__in=("ready", "checking")).values_list("pk", flat=True)) == stands


@pytest.mark.django_db
def test_a_photo_that_a_reviewer_refused_does_not_return():
    order = make_order(state=states.PHOTO_DUE)
    make_ready_document(order, "photo")
    Order.objects.filter(pk=order.pk).update(entered_at=timezone.now())
    order.refresh_from_db()

    paper = paper_actions.upload(order, slot="photo", file=broken_file())
    examine(paper.document_id)

    assert list(OrderDocument.objects.filter(order=order, retired_at=None)) == [paper]


@pytest.mark.django_db
def test_a_refused_file_changes_nothing():
    order = make_order()
    kept = paper_actions.upload(order, slot="subject_id", file=photo_file())

    with pytest.raises(UploadRefused):
        paper_actions.upload(order, slot="subject_id", file=photo_file(width=50, height=50))

    assert list(OrderDocument.objects.filter(order=order, retired_at=None)) == [kept]


@pytest.mark.django_db
@pytest.mark.parametrize("state", [states.SUBMITTED, states.WITHDRAWN])
def test_an_order_that_left_its_state_accepts_nothing_and_loses_nothing(state):
    order = make_order()
    kept = paper_actions.upload(order, slot="subject_id", file=photo_file())
    Order.objects.filter(pk=order.pk).update(state=state)

    with pytest.raises(paper_actions.OrderChanged):
        paper_actions.upload(order, slot="subject_id", file=photo_file())
    with pytest.raises(paper_actions.OrderChanged):
        paper_actions.remove(order, slot="subject_id")

    assert list(OrderDocument.objects.filter(order=order, retired_at=None)) == [kept]
    assert sorted(Document.objects.values_list("state", flat=True)) == ["checking", "retired"]


@pytest.mark.django_db
def test_a_removed_picture_leaves_the_slot_empty_and_is_deleted():
    order = make_order()
    paper = paper_actions.upload(order, slot="subject_id", file=photo_file())

    removed = paper_actions.remove(order, slot="subject_id")

    assert (removed, living(order)) == (True, [])
    assert Document.objects.get(pk=paper.document_id).state == "retired"
    assert paper_actions.remove(order, slot="subject_id") is False


@pytest.mark.django_db
def test_a_paper_records_the_answers_it_was_made_for():
    order = make_order()

    statement = paper_actions.upload(order, slot="statement", file=photo_file())
    licence = paper_actions.upload(order, slot="subject_id", file=photo_file())

    assert (len(statement.mark), licence.mark) == (16, "")


@pytest.mark.django_db(transaction=True)
def test_concurrent_uploads_to_one_side_leave_one_current_paper():
    order = make_order()

    def upload():
        return paper_actions.upload(Order.objects.get(pk=order.pk), slot="subject_id", file=photo_file())

    ends = together(*[upload] * 4)

    assert words(ends) == ["done"] * 4
    assert living(order) == [("subject_id", 1)]
    assert sorted(Document.objects.values_list("state", flat=True)) == ["checking", "retired", "retired", "retired"]


@pytest.mark.django_db(transaction=True)
def test_a_picture_that_arrives_while_the_one_before_is_refused_keeps_its_slot():
    order = make_order()
    good = make_ready_document(order, "subject_id")
    broken = paper_actions.upload(order, slot="subject_id", file=broken_file())

    with just_before("UPDATE", lambda: paper_actions.upload(order, slot="subject_id", file=photo_file()), of=Order):
        assert examine(broken.document_id) == "refused"

    paper = OrderDocument.objects.get(order=order, retired_at=None)
    assert (paper.document.state, Document.objects.get(pk=good.pk).state) == ("checking", "ready")
    assert examine(paper.document_id) == "ready"
    assert list(Document.objects.filter(state="ready")) == [paper.document]


@pytest.mark.django_db(transaction=True)
def test_a_picture_examined_while_the_next_one_arrives_leaves_one_current_paper_and_no_stray():
    order = make_order()
    good = make_ready_document(order, "subject_id")
    broken = paper_actions.upload(order, slot="subject_id", file=broken_file())

    ends = together(
        lambda: examine(broken.document_id),
        lambda: paper_actions.upload(Order.objects.get(pk=order.pk), slot="subject_id", file=photo_file()),
    )

    assert words(ends) == ["done", "done"]
    last = Document.objects.get(state="checking")
    assert (living(order), Document.objects.get(pk=good.pk).state) == ([("subject_id", 1)], "ready")
    assert examine(last.pk) == "ready"
    assert list(Document.objects.filter(state="ready")) == [last]
    assert OrderDocument.objects.get(order=order, retired_at=None).document == last
