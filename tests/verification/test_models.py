"""The database's own constraints, and the text representation of rows."""

import pytest
from django.db import IntegrityError, connection
from django.utils import translation

from verification.documents.upload_messages import SENTENCES, reason_of
from verification.models import Consent, Document, DocumentState, PhoneProof

pytestmark = pytest.mark.django_db


def document(**more: object) -> Document:
    return Document.objects.create(**{"kind": "lead_id", "holder": "H", "size": 1, "width": 1, "height": 1, **more})


def test_a_document_without_a_file_cannot_be_ready():
    with pytest.raises(IntegrityError):
        document(state=DocumentState.READY)


def test_a_reference_is_unique():
    first = document()

    with pytest.raises(IntegrityError):
        document(reference=first.reference)


def test_a_person_has_one_current_consent_to_a_text():
    Consent.objects.create(holder="H", person_key="lead", version="1", language="en")

    with pytest.raises(IntegrityError):
        Consent.objects.create(holder="H", person_key="lead", version="1", language="en")


def test_a_person_has_one_proof_of_a_mobile():
    row = {"holder": "H", "person_key": "lead", "mobile": "13900000001", "mobile_index": "a", "asked_at": NOW}
    PhoneProof.objects.create(**row)

    with pytest.raises(IntegrityError):
        PhoneProof.objects.create(**row)


NOW = "2026-11-25T08:20:00Z"


def test_no_row_is_represented_by_a_name_or_a_complete_reference():
    row = document(display_name="陈样例.jpg")

    assert str(row) == f"lead_id {row.reference[:6]}…"


@pytest.mark.parametrize("reason", sorted(SENTENCES))
def test_every_reason_has_a_sentence(reason: str):
    with translation.override("en"):
        assert str(reason_of(document(reason=reason)))


def test_no_reason_and_an_unknown_one_give_no_sentence():
    assert reason_of(document()) == reason_of(document(reason="gone")) == ""


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (Document.objects.filter(state=DocumentState.CHECKING).order_by("created_at"), "documents_to_examine"),
        (Document.objects.filter(to_clear=True).order_by("decided_at"), "documents_to_clear"),
    ],
)
def test_the_sweep_reads_only_due_rows(query, index: str):
    if connection.vendor == "postgresql":  # with a handful of rows it would not bother
        connection.cursor().execute("SET LOCAL enable_seqscan = off")

    assert index in query.explain()
