"""Django's lists, forms, histories and errors at the desk: our look, and nothing done by accident."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from filings.models import Subject
from icpportal.accounts import roles
from icpportal.gateways.miit.models import Report, ReportState
from tests.icpportal.gateways.miit.ministry_rows import report
from tests.transfers.builders import make_lead_reviewer, make_order, make_reviewer, make_user, sign_in
from tests.transfers.onfile import make_filed, subject_of

pytestmark = pytest.mark.django_db
REPORTS = "/admin/miit/report/"


@pytest.fixture
def operations(client: Client, settings: Any) -> Client:
    """Signed in as operations, in English."""
    settings.STAFF_SECOND_FACTOR = False
    roles.ensure()
    return _english(client, make_user("ops@example.com", held_roles=(roles.OPERATIONS,)))


def _english(client: Client, user: Any) -> Client:
    user.language = "en"
    user.save(update_fields=["language"])
    client.cookies["django_language"] = "en"
    return sign_in(client, user)


def _page(client: Client, url: str) -> str:
    answer = client.get(url, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_every_list_and_form_of_operations_uses_the_desks_one_style_sheet_and_script(operations: Client) -> None:
    lists = re.findall(r'href="(/admin/[a-z]+/[a-z]+/)"', _page(operations, "/admin/registers/"))
    forms = [f"{url}add/" for url in lists if f'href="{url}add/"' in _page(operations, "/admin/registers/")]

    assert len(lists) > 10
    assert len(forms) > 2
    for url in (*lists, *forms):
        page = _page(operations, url)
        assert re.findall(r'(?:href|src)="([^"]+\.(?:css|js))"', page) == ["/static/css/desk.css", "/static/js/desk.js"]
        assert "<img" not in page
        assert "Select " not in page


def test_enter_in_the_reason_of_a_list_does_nothing_and_says_so(operations: Client) -> None:
    row = report()
    page = _page(operations, REPORTS)
    first = re.search(r'<button[^>]*name="(\w+)" value="(\w*)"', page.partition('id="changelist-form"')[2])
    assert first is not None
    typed = {"action": "park", "reason": "looks odd", "_selected_action": [row.pk]}

    entered = operations.post(REPORTS, typed | {first[1]: first[2]}, follow=True)
    assert "Nothing was done" in entered.content.decode()
    assert Report.objects.get().state == ReportState.QUEUED

    operations.post(REPORTS, typed | {"index": "0"})
    assert Report.objects.get().state == ReportState.PARKED


@pytest.mark.parametrize("typed", [{"action": "park"}, {"action": "", "reason": "looks odd"}, {"_save": ""}])
def test_ticks_stay_when_an_action_on_them_is_refused(operations: Client, typed: dict[str, str]) -> None:
    row, _other = report(1), report(2)

    page = operations.post(REPORTS, typed | {"index": "0", "_selected_action": [row.pk]}, follow=True).content.decode()

    boxes = re.findall(r'<input[^>]*name="_selected_action"[^>]*>', page)
    ticked = [re.findall(r'value="(\w+)"', box)[0] for box in boxes if "checked" in box.split("class=")[0]]
    assert (ticked, len(boxes)) == ([str(row.pk)], 2)


def test_changes_of_a_row_are_in_its_history(operations: Client) -> None:
    row = report()
    operations.post(REPORTS, {"action": "park", "reason": "odd", "_selected_action": [row.pk], "index": "0"})

    page = _page(operations, reverse("admin:miit_report_change", args=[row.pk]))
    assert (history := reverse("admin:miit_report_history", args=[row.pk])) in page
    assert re.search(r"<b>[^<]+</b>\s+parked", _page(operations, history))


def test_read_only_rows_offer_no_history(client: Client) -> None:
    subject = subject_of(make_filed(make_user("lin@example.com"), with_papers=False))
    desk = _english(client, make_reviewer())
    row = reverse("admin:filings_subject_change", args=[subject.pk])

    assert "history" not in _page(desk, row).lower()
    assert desk.get(row.replace("change", "history")).status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("admin:filings_subject_history", args=[subject.pk])
    assert not admin.site._registry[Subject].has_history


def test_the_history_of_an_order_is_its_timeline(client: Client) -> None:
    order = make_order(submitted_at=timezone.now())
    history = reverse("admin:transfers_order_history", args=[order.pk])

    assert "What happened so far" in _page(_english(client, make_lead_reviewer()), history)
    assert sign_in(Client(), order.owner).get(history).status_code == 404


def test_the_history_of_a_missing_row_does_not_exist(operations: Client) -> None:
    assert operations.get(reverse("admin:miit_report_history", args=[77])).status_code == 404
    assert not LogEntry.objects.filter(action_flag=CHANGE).exists()


def test_errors_at_the_desk_are_shown_in_the_desks_frame_and_nowhere_else(operations: Client) -> None:
    for url, status, words in (
        ("/admin/filings/subject/", 403, "You do not have access"),
        ("/admin/nothing/", 404, "Page not found"),
    ):
        answer = operations.get(url)
        page = answer.content.decode()
        assert answer.status_code == status
        assert words in page
        assert "css/desk.css" in page

    assert "css/desk.css" not in operations.get("/nothing/").content.decode()
    assert "css/desk.css" not in Client().get("/admin/nothing/").content.decode()


@pytest.mark.parametrize(("language", "heading"), [("en", "Accounts"), ("zh-hans", "账号")])
def test_the_page_of_one_group_of_lists_is_titled_as_the_group(operations: Client, language: str, heading: str) -> None:
    operations.cookies["django_language"] = language

    page = _page(operations, "/admin/accounts/")

    assert f"<h1>{heading}</h1>" in page
    assert ["administration" in page, "账号 管理" in page] == [False, False]


def test_the_column_of_outside_systems_is_not_called_as_the_theme_of_the_device(operations: Client) -> None:
    operations.cookies["django_language"] = "zh-hans"

    table = _page(operations, "/admin/").partition("外部系统</h2>")[2].partition("</thead>")[0]

    assert ["跟随系统" in table, '<th scope="col">系统</th>' in table] == [False, True]


@pytest.mark.parametrize("make", [make_lead_reviewer, lambda: make_user(held_roles=(roles.OPERATIONS,))])
def test_an_empty_form_of_the_desk_names_each_thing_to_enter(client: Client, settings: Any, make: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False
    roles.ensure()
    said: dict[str, list[str]] = {}
    for language in ("en", "zh-hans"):
        person = make()
        _english(client, person)
        client.cookies["django_language"] = language
        asked = RequestFactory().get("/admin/")
        asked.user = person
        for model, shown in admin.site._registry.items():
            if shown.has_add_permission(asked):
                answer = client.post(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add"), {})
                errors = answer.context["adminform"].form.errors if answer.context else {}
                said.setdefault(model.__name__, []).extend(words for found in errors.values() for words in found)

    assert [
        name for name, words in said.items() if {"This field is required.", "这个字段是必填项。"} & set(words)
    ] == []
    wanted = {"Choose the cause", "Enter what was found", "请选择原因", "请填写核查情况"}
    assert wanted <= set(said.get("CauseCancellation", wanted))
