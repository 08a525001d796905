"""What staff see of verifications: read-only, masked rows."""

from datetime import UTC, datetime

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.urls import reverse

from verification import admin as pages
from verification import consents
from verification.models import Consent, Document, PhoneProof

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 8, 20, tzinfo=UTC)
SHOWN = (Document, Consent, PhoneProof)


@pytest.fixture
def rows():
    document = Document.objects.create(
        kind="lead_id",
        holder="T7Q4-M2KX",
        display_name="陈样例身份证.jpg",
        size=1000,
        width=1200,
        height=900,
        quarantine_name="20261125/secret",
    )
    consent = consents.give(holder="T7Q4-M2KX", person_key="lead", client="192.0.2.7")
    proof = PhoneProof.objects.create(
        holder="T7Q4-M2KX", person_key="lead", mobile="13900000002", mobile_index="a" * 64, asked_at=NOW
    )
    return document, consent, proof


@pytest.fixture
def staff(client):
    """A user with every permission."""
    user = get_user_model().objects.create_superuser(email="ops@example.com", password="a long password")
    client.force_login(user)
    return client


def test_nobody_adds_changes_or_deletes_here_whatever_their_permissions(rf, django_user_model):
    request = rf.get("/")
    request.user = django_user_model(is_superuser=True, is_staff=True, is_active=True)

    for model in SHOWN:
        page = admin.site._registry[model]
        assert isinstance(page, pages.ReadOnly)
        assert page.has_view_permission(request)
        assert not page.has_add_permission(request)
        assert not page.has_change_permission(request)
        assert not page.has_delete_permission(request)
        assert "delete_selected" not in page.get_actions(request)


@pytest.mark.parametrize("model", SHOWN)
def test_lists_and_rows_show_no_name_no_mobile_and_no_path_of_a_file(staff, rows, model):
    row = next(row for row in rows if isinstance(row, model))
    name = f"admin:verification_{model._meta.model_name}"

    listed = staff.get(reverse(f"{name}_changelist")).content.decode()
    opened = staff.get(reverse(f"{name}_change", args=[row.pk])).content.decode()

    for page in (listed, opened):
        for secret in ("陈样例", "13900000002", "secret", "192.0.2.7", "a" * 64):
            assert secret not in page
    assert "T7Q4-M2KX" in opened


def test_a_mobile_is_shown_masked(staff, rows):
    listed = staff.get(reverse("admin:verification_phoneproof_changelist")).content.decode()

    assert "139****0002" in listed


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_of_documents_takes_as_many_queries_for_one_as_for_three(
    staff, django_assert_max_num_queries, count: int
):
    for number in range(count):
        Document.objects.create(kind="lead_id", holder=f"H{number}", size=1, width=1, height=1)
    address = reverse("admin:verification_document_changelist")
    staff.get(address)

    with django_assert_max_num_queries(8):
        staff.get(address)
