"""The ministry's interface at the review desk: read-only rows, actions by permission, recorded looks."""

import json
import re
from dataclasses import asdict
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from lxml import html

from icpportal.accounts import roles
from icpportal.desk.event_lines import in_each_language
from icpportal.gateways import storage
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.miit.client.crypto import WireFile, pack, wrap
from icpportal.gateways.miit.codes.processing_codes import plain_words
from icpportal.gateways.miit.codes.return_codes import Way
from icpportal.gateways.miit.incoming import inbox
from icpportal.gateways.miit.line import bodies
from icpportal.gateways.miit.line.file_encryption import seal_body
from icpportal.gateways.miit.models import InboxFile, MinistryLine, Report, ReportState, TableRow
from icpportal.gateways.miit.operations import actions as operations
from icpportal.privacy.models import AccessNote
from icpportal.time_format import short_words
from tests.icpportal.gateways.miit.ministry_rows import DIGEST, ISP, PICTURE, START, file, report

pytestmark = pytest.mark.django_db
MODELS = ("report", "uploadfile", "inboxfile", "ministryline", "tablerow")
RECORD = (
    '<?xml version="1.0" encoding="GBK"?><DownloadData><ICP><BASJ><Dwmc>示例纸业</Dwmc></BASJ></ICP></DownloadData>'
)


def changelist(model: str) -> str:
    return reverse(f"admin:miit_{model}_changelist")


@pytest.fixture(autouse=True)
def no_second_factor(settings):
    settings.STAFF_SECOND_FACTOR = False
    settings.MIIT_XSD_DIR = ""


@pytest.fixture
def staff(client):
    """Signs in staff with a role, or with single permissions of the ministry's interface."""

    def sign_in(*codenames: str, role: str = "") -> Any:
        email = f"{role or 'op'}@example.com".replace(" ", ".")
        user = get_user_model().objects.create_user(email=email, password="a-long-password-1", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(content_type__app_label="miit", codename__in=codenames))
        if role:
            roles.ensure()
            roles.give(user, role)
        client.force_login(user)
        client.cookies["django_language"] = "en"
        return client

    return sign_in


@pytest.fixture
def operator(staff):
    return staff(role=roles.OPERATIONS)


def download(name="a.xml", xml=RECORD, **columns) -> InboxFile:
    packed = pack(xml.encode("gbk"), "a.xml")
    came = WireFile(name, wrap(packed.body, cipher=None), packed.digest)
    digest = name.ljust(64, "0")
    body, key = seal_body(json.dumps(asdict(came)).encode(), bound_to=inbox._place(ISP, digest))
    return InboxFile.objects.create(isp_id=ISP, name=name, digest=digest, body=body, key=key, **columns)


def cells(page: str, column: str) -> list[str]:
    """The cells of one column of a list."""
    return [cell.text_content() for cell in html.fromstring(page).xpath(f"//tbody//td[@class='field-{column}']")]


def act(client: Any, model: str, action: str, *rows: Any, **more: str) -> str:
    answer = client.post(
        changelist(model), {"action": action, "_selected_action": [str(row.pk) for row in rows], **more}
    )
    page = client.get(answer.url) if answer.status_code == 302 else answer
    return "\n".join(str(message) for message in page.context["messages"])


# --- who sees what ---


@pytest.mark.parametrize("model", MODELS)
def test_operations_read_every_register(operator, model):
    file(report(), 1)
    download()
    MinistryLine.objects.create(isp_id=ISP)
    TableRow.objects.create(table="Zxly", code=1, name="不再使用")

    assert operator.get(changelist(model)).status_code == 200


@pytest.mark.parametrize("role", [roles.REVIEWER, roles.LEAD_REVIEWER, roles.AUDITOR])
@pytest.mark.parametrize("model", MODELS)
def test_reviewers_and_auditors_find_no_register_of_the_ministry(staff, role, model):
    assert staff(role=role).get(changelist(model)).status_code == 403


@pytest.mark.parametrize(
    ("model", "actions"),
    [
        ("report", ["resend", "park", "unpark", "give_up"]),
        ("inboxfile", ["read_again", "give_up", "propose_closing", "confirm_closing", "decline_closing"]),
        ("ministryline", ["go_on", "go_on_sending", "go_on_fetching", "resync"]),
        ("uploadfile", []),
        ("tablerow", []),
    ],
)
def test_an_auditor_is_offered_no_action_and_operations_are(staff, model, actions):
    file(report(), 1)
    download()
    MinistryLine.objects.create(isp_id=ISP)
    TableRow.objects.create(table="Zxly", code=1, name="不再使用")

    refused = staff(role=roles.AUDITOR).get(changelist(model))
    form = staff(role=roles.OPERATIONS).get(changelist(model)).context.get("action_form")

    assert (refused.status_code, "action_form" in (refused.context or {})) == (403, False)
    assert ([name for name, _words in form.fields["action"].choices if name] if form else []) == actions


@pytest.mark.parametrize("action", ["resend", "park", "unpark", "delete_selected"])
def test_with_read_permission_only_no_action_runs(staff, action):
    row = report()

    act(staff(role=roles.AUDITOR), "report", action, row, reason="r")

    assert Report.objects.get().state == ReportState.QUEUED
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("model", MODELS)
def test_nothing_can_be_added_changed_or_deleted(staff, model):
    row = {
        "report": report,
        "uploadfile": lambda: file(report(), 1),
        "inboxfile": download,
        "ministryline": lambda: MinistryLine.objects.create(isp_id=ISP),
        "tablerow": lambda: TableRow.objects.create(table="Zxly", code=1, name="不再使用"),
    }[model]()
    client = staff(f"view_{model}", f"add_{model}", f"change_{model}", f"delete_{model}", "operate_ministry")

    change, add, delete = (f"admin:miit_{model}_{word}" for word in ("change", "add", "delete"))
    answers = [
        client.get(reverse(add)),
        client.post(reverse(change, args=[row.pk]), {"state": "accepted", "last_sequence": "7"}),
        client.post(reverse(delete, args=[row.pk]), {"post": "yes"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]


# --- reports ---


def test_a_report_is_shown_with_number_state_and_a_link_to_its_order(operator):
    row = report()
    file(row, 7)

    page = operator.get(changelist("report")).content.decode()
    one = operator.get(reverse("admin:miit_report_change", args=[row.pk])).content.decode()

    for text in (page, one):
        assert f'<a href="{reverse("admin:transfers_order_changelist")}?q=T7Q4-M2KX">T7Q4-M2KX</a>' in text
        assert "accepted" in text
    assert cells(page, "sequence") == ["7"]


def test_no_page_shows_sealed_data(operator):
    row = file(report(), 7)
    came = download()

    pages = [changelist(model) for model in MODELS]
    pages += [
        reverse("admin:miit_report_change", args=[row.report_id]),
        reverse("admin:miit_uploadfile_change", args=[row.pk]),
        reverse("admin:miit_inboxfile_change", args=[came.pk]),
    ]
    shown = "".join(operator.get(page).content.decode() for page in pages)

    assert [secret for secret in (DIGEST, PICTURE, row.key, row.report.payload, "示例纸业") if secret in shown] == []


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("state__exact=parked", ["B.1"]),
        ("kind__exact=cancellation", ["C.1"]),
        ("q=A.1", ["A.1"]),
        ("q=B", ["B.1"]),
        ("q=京ICP备11111111号-1", ["C.1"]),
        ("q=A", ["A.1"]),
        ("q=ICP备", []),
    ],
)
def test_reports_are_narrowed_and_found_by_whole_key_order_or_site(operator, query, keys):
    report(1, order="A")
    report(2, order="B", key="B.1", state="parked")
    report(3, order="C", key="C.1", kind="cancellation", site_number="京ICP备11111111号-1")

    found = operator.get(f"{changelist('report')}?{query}").context["cl"].queryset

    assert [row.key for row in found] == keys


def test_a_postponed_report_shows_the_ministrys_words_its_next_attempt_and_the_number_of_attempts(operator):
    goes = START + timedelta(hours=3)
    report(1, order="A", code="1042", tries=2, next_at=goes)
    report(2, order="B", key="B.1", state="accepted")

    page = operator.get(changelist("report")).content.decode()

    assert f"1042 {plain_words('1042')['en']}" in unescape(page)
    assert cells(page, "goes_at") == ["—", f"{short_words(goes)} · put off 2 times"]
    kinds = ["New access", "End of an access", "Verification material"]
    assert re.findall(r"kind__exact=\w+\">\s*([^<]+?)\s*<", page) == kinds


def test_parking_needs_a_reason_and_records_who_did_it(operator):
    row = report()

    without = act(operator, "report", "park", row)
    state = Report.objects.get().state
    words = act(operator, "report", "park", row, reason="the customer called")

    row.refresh_from_db()
    assert "Enter a reason next to the action." in without
    assert (state, row.state, row.reason) == (ReportState.QUEUED, ReportState.PARKED, "the customer called")
    assert "parked: 1" in words
    assert LogEntry.objects.get().object_id == str(row.pk)


def test_impossible_actions_are_reported_row_by_row_and_the_rest_is_done(operator):
    parked = report(1, order="A", state="parked")
    queued = report(2, order="B")

    words = act(operator, "report", "unpark", parked, queued)

    assert "back in the queue: 1" in words
    assert "B.2: This report is not parked." in words
    assert list(Report.objects.order_by("pk").values_list("state", flat=True)) == ["queued", "queued"]
    assert LogEntry.objects.count() == 1


def test_the_last_file_of_a_report_is_resent(operator, monkeypatch):
    asked: list[int] = []
    monkeypatch.setattr(operations, "resend", asked.append)
    row = report(1, order="A")
    file(row, 3)
    file(row, 8)
    without = report(2, order="B")

    words = act(operator, "report", "resend", row, without)

    assert asked == [8]
    assert "B.2: It has no number yet." in words


@pytest.mark.parametrize("trouble", [Retryable("connection refused"), Refused("the ministry refuses")])
def test_an_unresponsive_ministry_is_a_sentence_on_the_page(operator, monkeypatch, trouble):
    def fail(_sequence: int) -> None:
        raise trouble

    monkeypatch.setattr(operations, "resend", fail)
    row = report()
    file(row, 3)

    assert f"T7Q4-M2KX.1: {trouble}" in act(operator, "report", "resend", row)
    assert not LogEntry.objects.exists()


# --- contents ---


def content(client: Any, row: Any, **data: str) -> Any:
    address = reverse(f"admin:miit_{row._meta.model_name}_content", args=[row.pk])
    return client.post(address, data) if data else client.get(address)


@pytest.mark.parametrize(
    ("make", "shown"),
    [(lambda: file(report(), 7), "宁ICP备00000000号-1"), (download, "示例纸业")],
    ids=["sent", "came"],
)
def test_content_is_shown_after_a_step_and_the_look_is_recorded(operator, make, shown):
    row = make()

    before = content(operator, row)
    notes_before = AccessNote.objects.count()
    after = content(operator, row, reason="what did we send?")

    assert shown not in before.content.decode()
    assert "We record that you opened it" in before.content.decode()
    assert notes_before == 0
    assert shown in after.content.decode()
    assert "no-store" in after["Cache-Control"]
    note = AccessNote.objects.get()
    assert (note.actor.email, note.what, note.reference, note.reason) == (
        "operations@example.com", f"ministry {row._meta.model_name}", str(row), "what did we send?",
    )  # fmt: skip


def test_without_a_reason_nothing_is_shown_and_numbers_only_where_they_are_required(operator):
    row = file(report(), 7)
    number, mobile = "64010319900307123X", "13900001234"
    shown = json.dumps({"number": number, "mobile": mobile})
    admin.site._registry[type(row)].text_of = lambda _row: shown

    nothing = content(operator, row, reason="  ").content.decode()
    masked = content(operator, row, reason="complaint of the ministry").content.decode()
    full = content(operator, row, reason="complaint of the ministry", full="on").content.decode()
    del admin.site._registry[type(row)].text_of

    assert "nothing is shown without a reason" in nothing
    assert [mobile in page for page in (nothing, masked, full)] == [False, False, True]
    assert [number in page for page in (nothing, masked, full)] == [False, False, True]
    assert [note.what for note in AccessNote.objects.order_by("pk")] == [
        "ministry uploadfile",
        "ministry uploadfile in full",
    ]


def test_a_sent_file_is_shown_without_password_and_pictures(operator):
    page = content(operator, file(report(), 7), reason="r").content.decode()

    assert "*" * 32 in page
    assert [secret for secret in (DIGEST, PICTURE) if secret in page] == []


def test_a_download_that_does_not_open_is_shown_as_received(operator):
    row = download()
    came = WireFile("a.xml", "bm90IGEgemlw", "wrong")
    row.body, row.key = seal_body(json.dumps(asdict(came)).encode(), bound_to=inbox._place(ISP, row.digest))
    row.save()

    page = content(operator, row, reason="r").content.decode()

    assert "the hash does not match the file" in page
    assert "bm90IGEgemlw" in page


@pytest.mark.parametrize("make", [lambda: file(report(), 7), download], ids=["sent", "came"])
def test_a_forgotten_file_says_so_and_records_nothing(operator, make):
    row = make()
    type(row).objects.update(body=None, key="")

    page = content(operator, row, reason="r").content.decode()
    one = operator.get(reverse(f"admin:miit_{row._meta.model_name}_change", args=[row.pk])).content.decode()

    assert "Nobody can read it any more." in page
    assert "Erased: its key was destroyed" in one
    assert not AccessNote.objects.exists()


@pytest.mark.parametrize("make", [lambda: file(report(), 7), download], ids=["sent", "came"])
def test_who_may_not_operate_sees_no_content(staff, make):
    row = make()
    client = staff(role=roles.AUDITOR)

    assert [content(client, row).status_code, content(client, row, reason="r").status_code] == [403, 403]
    assert not AccessNote.objects.exists()


def test_who_may_operate_and_not_see_the_register_sees_no_content(staff):
    row = download()

    assert content(staff("operate_ministry"), row, reason="r").status_code == 403


def test_a_missing_file_has_no_content(operator):
    assert operator.get(reverse("admin:miit_inboxfile_content", args=[99])).status_code == 404


@pytest.fixture
def ministry_place(settings, tmp_path):
    files = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = {**settings.STORAGES, "ministry": {"BACKEND": files, "OPTIONS": {"location": tmp_path}}}
    return tmp_path


@pytest.mark.parametrize(
    ("make", "shown"),
    [(lambda: file(report(), 7), "宁ICP备00000000号-1"), (download, "示例纸业")],
    ids=["sent", "came"],
)
def test_content_is_shown_from_the_storage_and_an_unavailable_or_lost_file_is_reported(
    operator, make, shown, ministry_place, monkeypatch
):
    row = make()
    type(row).objects.update(**({"state": "processed"} if isinstance(row, InboxFile) else {}))
    bodies.store(now=START)
    row.refresh_from_db()
    assert row.body is None

    raw = html.fromstring(content(operator, row, reason="r").content.decode()).xpath("//pre[@class='raw']")
    assert [shown in each.text_content() for each in raw] == [True]
    with monkeypatch.context() as patched:
        patched.setattr(storage.place("ministry"), "open", lambda *_: _raise(OSError))
        assert "The storage of these files does not answer." in content(operator, row, reason="r").content.decode()
    storage.drop("ministry", row.stored_name)
    assert "not in the storage any more" in content(operator, row, reason="r").content.decode()
    assert AccessNote.objects.count() == 1


def _raise(error):
    raise error


@pytest.mark.parametrize("stored", [False, True])
def test_a_parked_download_is_read_again(operator, ministry_place, stored):
    """From the storage too."""
    understood = download("b.xml", state="parked", reason="x")
    processed = download("c.xml", state="processed")
    if stored:
        bodies.store(now=START)

    words = act(operator, "inboxfile", "read_again", understood, processed)

    assert "c.xml: It is not parked." in words
    assert "b.xml" not in [row.name for row in InboxFile.objects.filter(state="parked", reason="x")]


def test_a_damaged_download_and_no_other_is_given_up_at_the_review_desk(operator):
    damaged = download("b.xml", state="stored", damaged_at=START, reason="the hash does not match the file")
    parked = download("c.xml", state="parked")

    words = act(operator, "inboxfile", "give_up", damaged, parked)

    assert "confirmed with its next delivery: 1" in words
    assert "c.xml: No damaged download of this name is waited for." in words
    assert list(InboxFile.objects.order_by("pk").values_list("given_up", flat=True)) == [True, False]
    assert in_each_language(LogEntry.objects.get().change_message)["en"] == "confirmed with its next delivery"


@pytest.mark.parametrize(
    ("columns", "why", "to_do"),
    [
        (
            {"state": "parked", "reason": "HSRW is only stored; unknown JCDM/Qt_dms"},
            "HSRW is a kind of file for people to read: the portal only stores it; unknown JCDM/Qt_dms",
            "Read it and do what it asks, then choose",
        ),
        (
            {"state": "parked", "reason": "no reports fit operation 3, handle 1234"},
            "It answers a report that the portal does not know: handle 1234",
            "once its cause is gone; else act by hand",
        ),
        (
            {"state": "parked", "reason": "turned_down for TR-1.1, which was answered otherwise"},
            "Report TR-1.1 was answered before, and otherwise",
            "once its cause is gone; else act by hand",
        ),
        ({"state": "parked", "damaged_at": START}, "—", "Ask the authority for its content"),
        (
            {"state": "stored", "damaged_at": START, "reason": "the hash does not match the file"},
            "The hash does not match the file",
            "Nothing: we request it again.",
        ),
    ],
)
def test_a_download_that_needs_attention_says_since_when_why_and_what_to_do(operator, columns, why, to_do):
    at = timezone.now() - timedelta(days=2, hours=1)
    download("b.xml", **{"processed_at": at, **columns, **({"damaged_at": at} if "damaged_at" in columns else {})})

    page = operator.get(changelist("inboxfile")).content.decode()

    assert to_do in page
    assert "2 days 1 hour · " in page
    assert cells(page, "why") == [why]


# --- the line ---


def test_the_line_says_why_it_is_stopped_and_what_to_do(operator):
    because = "4: the ministry does not know our user name"
    line = MinistryLine.objects.create(isp_id=ISP, sending_stopped_at=START, sending_stopped_because=because)

    page = operator.get(reverse("admin:miit_ministryline_change", args=[line.pk])).content.decode()

    assert because in page
    assert "correct MIIT_USER, restart, then resume." in page


def test_the_line_is_resumed(operator):
    until = START + timedelta(days=1)
    why = {f"{way}_stopped_{what}": value for way in Way for what, value in (("at", START), ("because", "4: x"))}
    line = MinistryLine.objects.create(isp_id=ISP, sending_waits_until=until, **why)

    assert "resumed: 1" in act(operator, "ministryline", "go_on", line)
    line.refresh_from_db()
    assert (line.sending_stopped_at, line.fetching_stopped_at, line.sending_waits_until) == (None, None, None)


@pytest.mark.parametrize("way", list(Way))
def test_one_direction_of_the_line_is_resumed(operator, way):
    line = MinistryLine.objects.create(isp_id=ISP, sending_stopped_at=START, fetching_stopped_at=START)

    assert f"{way} resumed: 1" in act(operator, "ministryline", f"go_on_{way}", line)
    line.refresh_from_db()
    assert [other for other in Way if getattr(line, f"{other}_stopped_at") is None] == [way]


def test_the_last_accepted_number_is_requested_again(operator, monkeypatch):
    asked: list[int] = []
    monkeypatch.setattr(operations, "resync", lambda: asked.append(1))

    act(operator, "ministryline", "resync", MinistryLine.objects.create(isp_id=ISP))

    assert asked == [1]


# --- what the lists cost ---


def rows_of(model: str, number: int) -> None:
    if model == "report":
        file(report(number, order=f"O{number}"), number)
    elif model == "uploadfile":
        file(report(number), number)
    elif model == "inboxfile":
        download(f"{number}.xml")
    elif model == "ministryline":
        MinistryLine.objects.create(isp_id=ISP + number)
    else:
        TableRow.objects.create(table="Zxly", code=number, name="不再使用")


@pytest.mark.parametrize("model", MODELS)
def test_each_list_takes_as_many_queries_for_one_as_for_three(operator, model, django_assert_max_num_queries):
    costs = []
    for numbers in ((1,), (2, 3)):
        for number in numbers:
            rows_of(model, number)
        cache.clear()  # the desk's short cache would make the second list cheaper
        with django_assert_max_num_queries(15) as asked:
            operator.get(changelist(model))
        costs.append(len(asked))

    assert costs[0] == costs[1]


def test_no_list_reads_sealed_data(operator, django_assert_max_num_queries):
    file(report(), 1)
    download()

    with django_assert_max_num_queries(60) as asked:
        for model in MODELS:
            operator.get(changelist(model))

    assert not [query["sql"] for query in asked if '"payload"' in query["sql"] or '"body"' in query["sql"]]
