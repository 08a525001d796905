"""What was typed into a page and not saved: kept for its owner, shown again, and never a secret."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from icpportal.drafts import storage
from icpportal.drafts.models import PageDraft
from tests.transfers.builders import make_order, make_user, sign_in, subject_answers, website_answers
from tests.transfers.outside import as_sent, errors, page_of, reload
from transfers.models import Order

pytestmark = pytest.mark.django_db
GATES = ("service_code", "filing_password")
NOTE = "data-forget"
KEEP, FORGET = "/drafts/", "/drafts/forget/"


def draft() -> Order:
    return make_order(province="64", steps=GATES)


def mark_in(client: Client, page: str) -> str:
    """The page's token as it is rendered now."""
    return str(client.get(page).context["page_draft"].mark)


def value(answer: Any, field: str) -> Any:
    return answer.context["form"][field].value()


def subject_fields(**changes: Any) -> dict[str, Any]:
    return as_sent(subject_answers(**changes))


def test_what_was_typed_is_shown_when_the_page_is_opened_again_and_called_unsaved(client: Client) -> None:
    order = draft()
    page = page_of(order, "subject")
    mark = mark_in(sign_in(client, order.owner), page)

    answer = client.post(KEEP, {"page_draft": mark, "lead_name": "林半句", "is_legal_rep": "yes"})

    shown = client.get(page)
    assert (answer.status_code, len(answer["Saved-At"])) == (204, 5)
    assert value(shown, "lead_name") == "林半句"
    assert NOTE in shown.content.decode()
    assert errors(shown) == {}


def test_keeping_what_is_typed_changes_neither_the_order_nor_its_events(client: Client) -> None:
    order = draft()
    page = page_of(order, "subject")
    mark = mark_in(sign_in(client, order.owner), page)
    before = (reload(order).version, reload(order).answers, order.events.count())

    client.post(KEEP, {"page_draft": mark, "lead_name": "林半句"})

    assert (reload(order).version, reload(order).answers, order.events.count()) == before


def test_a_kept_draft_is_no_change_to_another_window_that_saves(client: Client) -> None:
    order = draft()
    page = page_of(order, "website")
    first = sign_in(client, order.owner).get(page)
    client.post(KEEP, {"page_draft": first.context["page_draft"].mark, "site_name": "半句"})

    saved = client.post(page, as_sent(website_answers(order.domain)) | {"seen": first.context["seen"]})

    assert (saved.status_code, reload(order).answer("website")["site_name"]) == (302, "示例纸业官网")


def test_entries_from_before_another_window_saved_are_compared_before_they_are_saved(client: Client) -> None:
    order = draft()
    page = page_of(order, "website")
    first = sign_in(client, order.owner).get(page)
    client.post(
        page, as_sent(website_answers(order.domain, site_name="示例纸业首页")) | {"seen": first.context["seen"]}
    )
    late = as_sent(website_answers(order.domain, site_name="示例纸业商城")) | {"seen": first.context["seen"]}
    client.post(KEEP, {**late, "page_draft": first.context["page_draft"].mark})

    again = client.get(page)
    answer = client.post(page, late | {"seen": again.context["seen"]})

    assert value(again, "site_name") == "示例纸业商城"
    assert errors(answer) == {"__all__": ["changed_elsewhere"]}
    assert "示例纸业首页" in answer.content.decode()


def test_a_saved_page_leaves_no_draft(client: Client) -> None:
    order = draft()
    page = page_of(order, "subject")
    mark = mark_in(sign_in(client, order.owner), page)
    client.post(KEEP, {"page_draft": mark, "lead_name": "林半句"})

    client.post(page, {**subject_fields(), "page_draft": mark})

    assert not PageDraft.objects.exists()
    assert value(client.get(page), "lead_name") == "林示范"


def test_a_draft_equal_to_the_saved_page_is_not_called_unsaved(client: Client) -> None:
    order = make_order(province="64", steps=(*GATES, "subject"))
    page = page_of(order, "subject")
    mark = mark_in(sign_in(client, order.owner), page)

    client.post(KEEP, {**subject_fields(investor=""), "page_draft": mark})

    assert NOTE not in client.get(page).content.decode()


def test_the_reader_can_go_back_to_the_saved_page(client: Client) -> None:
    order = make_order(province="64", steps=(*GATES, "subject"))
    page = page_of(order, "subject")
    mark = mark_in(sign_in(client, order.owner), page)
    client.post(KEEP, {"page_draft": mark, "lead_name": "林半句"})

    answer = client.post(FORGET, {"page_draft": mark})

    assert (answer.status_code, answer.url) == (302, page)
    assert value(client.get(page), "lead_name") == "林示范"


# --- a form that was refused ---


def test_a_refused_page_is_redirected_to_and_shows_its_errors_however_often_it_is_loaded(client: Client) -> None:
    order = draft()
    page = page_of(order, "subject")
    sign_in(client, order.owner)

    refused = client.post(page, subject_fields(lead_phone1="12"), follow=False)

    assert (refused.status_code, refused.url) == (302, page)
    for _reload in range(2):
        shown = client.get(page)
        assert (value(shown, "lead_phone1"), value(shown, "lead_name")) == ("12", "林示范")
        assert list(errors(shown)) == ["lead_phone1"]


def test_a_field_that_was_changed_since_the_refusal_is_not_called_wrong_any_more(client: Client) -> None:
    order = draft()
    page = page_of(order, "subject")
    wrong = subject_fields(lead_phone1="12", lead_emergency="13")
    sign_in(client, order.owner).post(page, wrong)
    mark = mark_in(client, page)
    kept = []

    for typed in ({}, {"lead_phone1": "13900000001"}, {"lead_phone1": "13900000001", "lead_emergency": "13900000002"}):
        client.post(KEEP, {**wrong, **typed, "page_draft": mark})
        shown = client.get(page)
        kept.append((set(errors(shown)), NOTE in shown.content.decode()))

    assert kept == [({"lead_phone1", "lead_emergency"}, False), ({"lead_emergency"}, False), (set(), True)]
    assert value(shown, "lead_phone1") == "13900000001"


def test_an_address_that_needs_no_answer_any_more_is_not_called_missing(client: Client) -> None:
    order = draft()
    page = page_of(order, "subject")
    sign_in(client, order.owner).post(page, {**subject_fields(), "post_same": "", "post_address": ""})
    refused, mark = client.get(page), mark_in(client, page)
    ticked = {name: value for name, value in subject_fields(post_same=True).items() if name != "post_address"}

    client.post(KEEP, {**ticked, "page_draft": mark})

    assert [set(errors(each)) for each in (refused, client.get(page))] == [{"post_address"}, set()]


def test_the_errors_of_a_refused_page_follow_the_language(client: Client) -> None:
    order = draft()
    page = page_of(order, "subject")
    sign_in(client, order.owner).post(page, subject_fields(lead_phone1=""), headers={"accept-language": "en"})

    said = [
        list(client.get(page, headers={"accept-language": language}).context["form"].errors["lead_phone1"])
        for language in ("en", "zh-hans")
    ]

    assert said == [["Enter the number of contact 1"], ["请填写联系方式1"]]


def test_the_errors_are_shown_for_a_quarter_of_an_hour_and_the_entries_stay(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = draft()
    page = page_of(order, "subject")
    sign_in(client, order.owner).post(page, subject_fields(lead_phone1="12"))
    PageDraft.objects.update(replied_at=timezone.now() - timedelta(minutes=16))

    shown = client.get(page)

    assert (errors(shown), value(shown, "lead_phone1")) == ({}, "12")


def test_a_wrong_filing_password_costs_one_attempt_however_often_its_page_is_loaded(
    client: Client, ministry: Any
) -> None:
    order = make_order(province="64", steps=("service_code",))
    page = page_of(order, "filing_password")
    sign_in(client, order.owner).post(page, {"filing_password": "Wrong1"})

    said = [str(client.get(page).context["form"].errors["filing_password"]) for _load in range(3)]

    assert len(set(said)) == 1
    assert "还可尝试 4 次" in said[0]
    assert len(ministry.asked) == 1


def test_no_draft_contains_a_filing_password(client: Client, ministry: Any) -> None:
    order = make_order(province="64", steps=("service_code",))
    page = page_of(order, "filing_password")
    mark = mark_in(sign_in(client, order.owner), page)

    client.post(page, {"filing_password": "Wrong1", "page_draft": mark})
    client.post(KEEP, {"filing_password": "Wrong1", "page_draft": mark})

    drafts = list(PageDraft.objects.all())
    assert drafts
    assert not any("Wrong1" in f"{each.typed}{each.reply}" for each in drafts)
    assert "Wrong1" not in client.get(page).content.decode()


# --- without script ---


def test_the_language_switch_keeps_what_is_typed(client: Client) -> None:
    order = draft()
    page = page_of(order, "subject")
    shown = sign_in(client, order.owner).get(page)
    button = 'form="page-form" formaction="/language/"'

    answer = client.post(
        "/language/",
        {**subject_fields(lead_name="林半句"), "page_draft": shown.context["page_draft"].mark, "language": "zh-hans"},
    )

    again = client.get(page)
    assert button in shown.content.decode()
    assert (answer.status_code, answer.url) == (302, page)
    assert (value(again, "lead_name"), again.headers["Content-Language"]) == ("林半句", "zh-hans")


def test_a_form_sent_after_the_session_ended_is_there_after_signing_in_again(client: Client) -> None:
    order = draft()
    page = page_of(order, "subject")
    mark = mark_in(sign_in(client, order.owner), page)
    client.logout()

    answer = client.post(page, {**subject_fields(lead_name="林半句"), "page_draft": mark})

    assert answer.url.startswith(reverse("account_login"))
    assert value(sign_in(client, order.owner).get(page), "lead_name") == "林半句"


def test_what_was_corrected_and_sent_after_the_session_ended_is_not_called_wrong(client: Client) -> None:
    order = draft()
    page = page_of(order, "subject")
    mark = mark_in(sign_in(client, order.owner), page)
    client.post(page, {**subject_fields(lead_emergency="1390000000"), "page_draft": mark})
    refused = client.get(page)
    client.logout()

    client.post(page, {**subject_fields(), "page_draft": mark})

    shown = sign_in(client, order.owner).get(page)
    assert [set(errors(each)) for each in (refused, shown)] == [{"lead_emergency"}, set()]
    assert value(shown, "lead_emergency") == subject_fields()["lead_emergency"]
    assert [NOTE in each.content.decode() for each in (refused, shown)] == [False, True]


# --- for whom, how much, how long ---


def test_nobody_else_sees_a_draft(client: Client) -> None:
    order, other = draft(), draft()
    mark = mark_in(sign_in(client, order.owner), page_of(order, "subject"))
    client.post(KEEP, {"page_draft": mark, "lead_name": "林半句"})

    shown = sign_in(Client(), other.owner).get(page_of(other, "subject"))

    assert value(shown, "lead_name") != "林半句"


def test_an_invented_token_keeps_nothing(client: Client) -> None:
    order = draft()
    mark = mark_in(sign_in(client, order.owner), page_of(order, "subject"))

    answer = client.post(KEEP, {"page_draft": f"{mark[:-1]}{'a' if mark[-1] != 'a' else 'b'}", "lead_name": "林半句"})

    assert (answer.status_code, PageDraft.objects.count()) == (410, 0)


def test_an_unknown_field_is_not_kept(client: Client) -> None:
    order = draft()
    mark = mark_in(sign_in(client, order.owner), page_of(order, "subject"))

    client.post(KEEP, {"page_draft": mark, "lead_name": "林半句", "password": "no field of this page"})

    assert set(PageDraft.objects.get().typed) == {"lead_name"}


def test_the_length_of_drafts_and_the_number_of_saves_are_limited(client: Client, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "page_drafts": (2, 600)}
    order = draft()
    mark = mark_in(sign_in(client, order.owner), page_of(order, "subject"))

    answers = [
        client.post(KEEP, {"page_draft": mark, "lead_name": text}).status_code
        for text in ("长" * storage.LARGEST, "林半句", "林半句再")
    ]

    assert answers == [413, 204, 429]
    assert PageDraft.objects.get().typed == {"lead_name": ["林半句"]}


def test_a_draft_is_sealed_in_the_database(client: Client) -> None:
    order = draft()
    mark = mark_in(sign_in(client, order.owner), page_of(order, "subject"))
    client.post(KEEP, {"page_draft": mark, "lead_name": "林半句"})

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM drafts_pagedraft")
        row = str(cursor.fetchall())

    assert "林半句" not in row
    assert page_of(order, "subject") not in row


def test_a_draft_is_deleted_after_its_time_with_its_account_and_with_its_order() -> None:
    user, now = make_user(), timezone.now()
    for key, owner, holder, expires_at in (
        ("over", None, "", now - timedelta(seconds=1)),
        ("of the account", user, "", now + timedelta(days=1)),
        ("of the order", None, "AB12-CD34", now + timedelta(days=1)),
        ("stays", None, "", now + timedelta(days=1)),
    ):
        PageDraft.objects.create(key=key, owner=owner, holder=holder, expires_at=expires_at)

    gone = storage.forget_old()
    user.delete()
    storage.forget("AB12-CD34")

    assert (gone, [each.key for each in PageDraft.objects.all()]) == (1, ["stays"])
