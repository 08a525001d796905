"""The built-in reasons: a row and a migration that writes it (docs/how-to.md)."""

from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client
from django.utils.translation import override

from tests.transfers import states
from tests.transfers.builders import make_order, make_reviewer
from tests.transfers.review.desk import case_of, english, page
from transfers.documents.slots import SLOTS
from transfers.models import ReasonVersion, ReturnReason
from transfers.returns.labels import FORMS
from transfers.review import catalogue, leases
from transfers.review.reasons.offered_reasons import OfferedReasons
from transfers.review.reasons.queries import in_force

pytestmark = pytest.mark.django_db
ROW = ("site_logo", "website.site_name", "网站标志不符合要求", "The logo does not meet the rules", "标志不符", "logo")


PHONES_AND_REMARKS = ("subject.lead_phone1", "administrator.admin_phone1", "subject.remark", "website.site_remark")
APPROVAL, NEED = "approval_missing", "website.needs_approval"


def reasons_for(part: str) -> dict[str, str]:
    return dict(OfferedReasons(in_force().values()).choices_for(part))


def test_every_row_belongs_to_an_existing_part_of_an_order() -> None:
    fields = {f"{step}.{name}" for step, form in FORMS.items() for name in form.base_fields}
    parts = {*fields, *FORMS, *(f"paper.{key}" for key in SLOTS), "paper", "photo"}

    assert {part for _key, fits, *_words in catalogue.ROWS for part in fits.split()} - parts == set()


def test_a_mobile_of_another_province_is_returned_at_the_phones_alone() -> None:
    """At the remarks it asked for another mobile, which was locked."""
    offered = [part for part in PHONES_AND_REMARKS if "phone_elsewhere" in reasons_for(part)]

    assert offered == ["subject.lead_phone1", "administrator.admin_phone1"]


def test_an_added_row_is_offered_for_its_part_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "ROWS", (*catalogue.ROWS, ROW))

    assert catalogue.seed(ReturnReason, ReasonVersion) == 1

    with override("en"):
        assert reasons_for("website.site_name")["site_logo"] == "The logo does not meet the rules"
        assert "site_logo" not in reasons_for("subject.lead_name")
    with override("zh-hans"):
        assert reasons_for("website.site_name")["site_logo"] == "网站标志不符合要求"


def test_edits_by_staff_stay_when_the_rows_are_written_again() -> None:
    ReturnReason.objects.filter(key="telephone").update(text_en="Call us back")

    assert catalogue.seed(ReturnReason, ReasonVersion) == 0

    assert ReturnReason.objects.get(key="telephone").text_en == "Call us back"


def as_first_shipped() -> ReturnReason:
    """The reason in portals installed before it was used for orders without an approval."""
    reason = ReturnReason.objects.get(key=APPROVAL)
    reason.versions.all().delete()
    reason.fields = reason.fields.removeprefix(f"{NEED} ")
    reason.save()
    catalogue.first_version(ReasonVersion, reason)
    return reason


def widen() -> None:
    import_module("transfers.migrations.0047_missing_approval").widen(apps, None)


def test_a_missing_approval_can_be_named_on_an_order_that_claims_to_need_none() -> None:
    assert APPROVAL in reasons_for(NEED)


def test_an_existing_portal_gets_it_as_a_new_version() -> None:
    reason = as_first_shipped()
    assert APPROVAL not in reasons_for(NEED)

    widen()
    widen()

    assert APPROVAL in reasons_for(NEED)
    assert [(version.number, NEED in version.fields) for version in reason.versions.all()] == [(2, True), (1, False)]


def test_a_leads_words_on_a_missing_approval_stay() -> None:
    reason = as_first_shipped()
    reason.versions.create(number=2, text_zh="另述", text_en="Other words", short_zh="另述", short_en="other")

    widen()

    assert [version.number for version in reason.versions.all()] == [2, 1]


def test_a_chinese_word_in_an_english_reason_is_marked_on_the_case(client: Client) -> None:
    """A screen reader spells it otherwise."""
    ReasonVersion.objects.filter(reason__key="telephone").update(text_en="Write 电话 as on the certificate")
    me, order = make_reviewer(), make_order(state=states.SUBMITTED)
    leases.take_over(order, me)

    html = page(english(client, me), case_of(order))

    assert 'Write <span lang="zh-Hans">电话</span> as on the certificate' in html
