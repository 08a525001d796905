"""The reasons the portal ships with: a row and a migration that writes it (docs/how-to.md)."""

import pytest
from django.utils.translation import override

from transfers.documents.slots import SLOTS
from transfers.models import ReasonVersion, ReturnReason
from transfers.returns.labels import FORMS
from transfers.review import catalogue
from transfers.review.cases.parts.parts import choices_for
from transfers.review.reasons.queries import in_force

pytestmark = pytest.mark.django_db
ROW = ("site_logo", "website.site_name", "网站标志不符合要求", "The logo does not meet the rules", "标志不符", "logo")


def offered(part: str) -> dict[str, str]:
    return dict(choices_for(part, in_force().values()))


def test_every_row_fits_a_part_that_an_order_has() -> None:
    fields = {f"{step}.{name}" for step, form in FORMS.items() for name in form.base_fields}
    parts = {*fields, *FORMS, *(f"paper.{key}" for key in SLOTS), "paper", "photo"}

    assert {part for _key, fits, *_words in catalogue.ROWS for part in fits.split()} - parts == set()


def test_a_row_that_is_added_is_offered_for_its_part_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "ROWS", (*catalogue.ROWS, ROW))

    assert catalogue.seed(ReturnReason, ReasonVersion) == 1

    with override("en"):
        assert offered("website.site_name")["site_logo"] == "The logo does not meet the rules"
        assert "site_logo" not in offered("subject.lead_name")
    with override("zh-hans"):
        assert offered("website.site_name")["site_logo"] == "网站标志不符合要求"


def test_what_staff_edited_stays_when_the_rows_are_written_again() -> None:
    ReturnReason.objects.filter(key="telephone").update(text_en="Call us back")

    assert catalogue.seed(ReturnReason, ReasonVersion) == 0

    assert ReturnReason.objects.get(key="telephone").text_en == "Call us back"
