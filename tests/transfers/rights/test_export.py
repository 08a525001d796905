"""Requests for a copy of one's own data: built by a worker, fetched only by the owner, deleted after its time."""

import io
import json
import re
import uuid
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as portal
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, storages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from icpportal import tasks
from icpportal.accounts.models import User
from icpportal.alarms.models import Alarm
from icpportal.audit.models import AuditEntry
from icpportal.codes.models import Allowance
from icpportal.gateways import storage
from icpportal.operations.reconcile import reconcile
from icpportal.operations.retention import retain
from icpportal.outbox.models import Message
from icpportal.privacy.models import FileKey
from tests.rivals import just_before
from tests.transfers import states
from tests.transfers.builders import make_order, make_ready_document, make_reviewer, make_user, sign_in
from tests.transfers.cancels import make_website, prove_again
from tests.transfers.desk import fill_papers
from tests.transfers.outside import cost
from transfers.models import Order
from transfers.orders.machine import note
from transfers.rights import closure, export_files, sweep
from transfers.rights.exports import actions as copies
from transfers.rights.models import DataExport
from verification.models.documents import Document

pytestmark = pytest.mark.django_db
URL = reverse("data-export")
DAY = timedelta(days=1)
SECRETS = ("Abc12345", "0123456789abcdef0123456789abcdef", "b3b1f7f0-5b1e-4d59-8b43-2f9d3bb1a001", "Gao Yang")


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Path) -> Path:
    """Copies are in a folder of the test."""
    there = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "exports"}}
    settings.STORAGES = {**settings.STORAGES, "exports": there}
    return tmp_path / "exports"


def lying(place: Path) -> list[Path]:
    return [path for path in place.rglob("*") if path.is_file()]


def somebody(**columns: Any) -> tuple[User, Order]:
    """A person with an order of which everything exists, secrets of the portal too."""
    user = make_user("lin.owner@example.com", mobile="13812345678", **columns)
    order = make_order(user, state=states.SUBMITTED, domain="example.com")
    fill_papers(order)
    make_ready_document(order, "photo")
    order.password_digest, order.service_code = SECRETS[1], SECRETS[2]
    order.answers = {**order.answers, "filing_password": {"filing_password": SECRETS[0]}}
    order.save()
    reviewer = make_reviewer()
    reviewer.name = SECRETS[3]
    reviewer.save()
    note(order, "call", by="reviewer", actor=reviewer)
    return user, order


def text_of_page(client: Client) -> str:
    answer = client.get(URL)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def build() -> None:
    tasks.build_export(str(DataExport.objects.get(ready_at=None, failed_at=None).pk))


def fetch(client: Client) -> Any:
    return client.get(reverse("data-export-file", args=[DataExport.objects.get().pk]))


def open_zip(answer: Any) -> zipfile.ZipFile:
    body = b"".join(answer.streaming_content)
    assert int(answer["Content-Length"]) == len(body)
    return zipfile.ZipFile(io.BytesIO(body))


def test_the_owner_sees_the_progress_is_notified_and_finds_everything_in_the_file(client: Client, place: Path) -> None:
    user, order = somebody()
    make_website(user, domain="filed.example.com")
    other = make_order(make_user(), domain="elsewhere.com", answers={})
    prove_again(client, user)
    assert "Request a copy" in text_of_page(client)

    assert client.post(URL).url == URL
    assert "Requested" in text_of_page(client)
    assert client.get(URL).content.decode().count(f'data-poll="{URL}"') == 1
    build()

    page = text_of_page(client)
    assert "Ready" in page
    assert "Can be fetched until" in page
    told = Message.objects.filter(template="data_export_ready")
    assert {message.channel for message in told} == {"email", "site"}
    assert {message.payload["context"]["url"] for message in told} == {f"{portal.PUBLIC_BASE_URL}{URL}"}
    copy = open_zip(fetch(client))
    assert copy.testzip() is None
    data, read = json.loads(copy.read("data.json")), copy.read("data.html").decode()
    assert (data["format"], data["account"]["email"], data["account"]["mobile"]) == (1, user.email, user.mobile)
    assert (data["account"]["language"], dict(portal.LANGUAGES)[user.language] in read) == (user.language, True)
    (mine,) = (each for each in data["orders"] if each["reference"] == order.reference)
    assert mine["answers"]["type"]["id_number"] == "91649999000000019L"
    assert mine["answers"]["administrator"]["admin_id_number"] == "649999198806060008"
    assert mine["answers"]["subject"]["lead_phone1"] == "13900000001"
    assert data["filings"][0]["websites"][0]["domain"] == "filed.example.com"
    files = [paper["file"] for paper in mine["documents"]]
    assert f"papers/{order.reference}/Subject lead's document back.jpg" in files
    assert sorted(files) == sorted(name for name in copy.namelist() if name.startswith("papers/"))
    assert copy.read(files[0])[:2] == b"\xff\xd8"
    assert all(word in read for word in ("林示范", "649999198806060008", "Subject lead", "Our reviewer", 'lang="en"'))
    assert "<script" not in read
    assert "src=" not in read
    everything = read + json.dumps(data, ensure_ascii=False)
    assert [word for word in (*SECRETS, other.domain, other.reference, order.subject_key) if word in everything] == []


def test_the_readable_page_and_the_names_of_files_are_in_the_readers_language(client: Client) -> None:
    user, order = somebody(language="zh-hans")
    prove_again(client, user)
    client.cookies["django_language"] = "zh-hans"
    client.post(URL)
    build()

    copy = open_zip(fetch(client))

    assert f"papers/{order.reference}/主体负责人证件 背面.jpg" in copy.namelist()
    read = copy.read("data.html").decode()
    assert ('lang="zh-Hans"' in read, "网站负责人" in read) == (True, True)
    assert json.loads(copy.read("data.json"))["orders"][0]["answers"]["website"]["site_name"] == "示例纸业官网"


def test_no_part_of_it_is_stored_in_plain_text_and_no_round_takes_it_for_an_orphan(
    client: Client, place: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(export_files, "PART", 1000)
    user, _order = somebody()
    prove_again(client, user).post(URL)
    settings.SEAL_FILES = False  # as beside a version that reads no sealed pictures
    build()

    export, files = DataExport.objects.get(), lying(place)
    assert len(files) == export.parts > 3
    assert all(path.read_bytes().startswith(b"\x89ICPSEAL") for path in files)
    found = reconcile(now=timezone.now() + 2 * DAY, everything=True)
    assert [one for one in found.findings if one.kind in ("file", "document") and "exports" in str(one)] == []
    assert lying(place) == files
    assert open_zip(fetch(client)).testzip() is None


def test_strangers_staff_and_people_without_a_proof_of_identity_get_nothing(client: Client) -> None:
    user, _order = somebody()
    prove_again(client, user).post(URL)
    build()
    file = reverse("data-export-file", args=[DataExport.objects.get().pk])
    stranger = prove_again(Client(), make_user())
    stranger.post(URL)

    assert stranger.get(file).status_code == 404
    assert prove_again(Client(), make_reviewer()).get(file).status_code == 404
    assert "/account/step-up/" in sign_in(Client(), user).get(file).url
    assert Client().get(file).status_code == 302
    assert prove_again(Client(), user).get(reverse("data-export-file", args=[uuid.uuid4()])).status_code == 404
    assert DataExport.objects.get(user=user).downloads == 0


def test_each_fetch_is_counted_and_the_first_one_is_an_audit_entry(client: Client) -> None:
    user, _order = somebody()
    prove_again(client, user).post(URL)
    build()
    client.head(reverse("data-export-file", args=[DataExport.objects.get().pk]))
    for _time in range(2):
        open_zip(fetch(client))

    assert "2 times" in text_of_page(client)
    entries = AuditEntry.objects.filter(act="export", actor=user).order_by("pk")
    assert [entry.what for entry in entries] == ["own data asked for", "own data"]


def test_after_seven_days_the_file_is_not_served_and_the_job_deletes_it_with_its_keys(
    client: Client, place: Path
) -> None:
    user, _order = somebody()
    prove_again(client, user).post(URL)
    build()
    file, now = reverse("data-export-file", args=[DataExport.objects.get().pk]), timezone.now()

    assert retain(now=now + 7 * DAY - timedelta(minutes=1)).done["own_copies"] == 0
    assert lying(place)
    with time_machine.travel(now + 7 * DAY + timedelta(minutes=1), tick=False):
        assert prove_again(client, user).get(file).status_code == 404
        assert "Request a copy" in text_of_page(client)
        assert retain(dry_run=True).done["own_copies"] == 1
        assert retain().done["own_copies"] == 1
    assert (lying(place), DataExport.objects.count()) == ([], 0)
    assert not FileKey.objects.filter(place="exports").exists()


def test_a_second_request_shows_the_copy_being_built_and_a_new_copy_replaces_the_old_one(
    client: Client, place: Path
) -> None:
    user, _order = somebody()
    prove_again(client, user).post(URL)
    client.post(URL)
    build()
    first = DataExport.objects.get()

    client.post(URL)
    assert DataExport.objects.count() == 2
    build()

    assert DataExport.objects.get().pk != first.pk
    assert not any(first.stored_name in str(path) for path in lying(place))


def test_your_data_says_how_far_the_copy_is(client: Client) -> None:
    user = make_user()
    client.cookies["django_language"] = "en"
    prove_again(client, user)
    before = client.get(reverse("your-data")).content.decode()

    client.post(URL)
    after = client.get(reverse("your-data")).content.decode()

    assert ["Being put together" in page or ">Requested<" in page for page in (before, after)] == [False, True]


def test_requests_a_day_are_limited(client: Client, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "data_exports": (1, 86_400)}
    user, _order = somebody()
    prove_again(client, user).post(URL)
    build()

    assert "several copies today" in re.sub(r"\s+", " ", client.post(URL, follow=True).content.decode())
    assert DataExport.objects.count() == 1


def test_two_presses_at_once_ask_for_one_copy_and_count_once() -> None:
    user = make_user()

    with just_before("SAVEPOINT", lambda: copies.ask(user)):
        copies.ask(user)

    assert DataExport.objects.count() == 1
    assert Allowance.objects.get(name="data_exports").used == 1


def test_the_second_of_two_presses_gets_the_copy_of_the_first_though_it_is_ready_by_then() -> None:
    user = make_user()

    with (
        just_before("SAVEPOINT", lambda: copies.ask(user)),
        just_before("UPDATE", lambda: DataExport.objects.update(ready_at=timezone.now()), of=Allowance),
    ):
        found = copies.ask(user)

    assert found == DataExport.objects.get()


def test_a_killed_workers_copy_is_built_again_and_its_rest_is_deleted(
    client: Client, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_files, "PART", 1000)
    user, _order = somebody()
    prove_again(client, user).post(URL)
    real, seen = storage.keep, []

    def killed(alias: str, name: str, content: bytes) -> str:
        seen.append(real(alias, name, content))
        if len(seen) == 3:  # the file is there, and its row does not say so
            raise SystemExit
        return seen[-1]

    with monkeypatch.context() as dying:
        dying.setattr(storage, "keep", killed)
        with pytest.raises(SystemExit):
            build()
    DataExport.objects.update(lease=uuid.uuid4(), leased_until=timezone.now() + timedelta(minutes=2))
    assert len(lying(place)) == 3

    sweep.sweep()
    assert DataExport.objects.get().ready_at is None, "another worker may still be at it"
    later = timezone.now() + timedelta(minutes=3)
    sweep.sweep(now=later)

    export = DataExport.objects.get()
    assert (export.ready_at, export.done) == (later, export.total)
    assert len(lying(place)) == export.parts
    assert open_zip(fetch(client)).testzip() is None


@pytest.mark.django_db(transaction=True)  # within one, a row that fails takes back its try
def test_what_fails_again_and_again_is_told_to_operations_and_said_on_the_page(
    client: Client, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, _order = somebody()
    prove_again(client, user).post(URL)

    def fails(*_given: Any) -> str:
        raise ValueError

    with monkeypatch.context() as broken:
        broken.setattr(storage, "keep", fails)
        build()
        assert "being tried again" in text_of_page(client)
        assert Alarm.objects.filter(cause="rights.row_failed:ValueError").exists()
        for hours in (1, 2, 3):
            with time_machine.travel(timezone.now() + timedelta(hours=hours)):
                sweep.sweep()

    assert "The copy could not be made" in text_of_page(client)
    client.post(URL)
    build()
    assert open_zip(fetch(client)).testzip() is None


@pytest.mark.django_db(transaction=True)
def test_an_outage_of_the_storage_only_delays_the_copy_and_operations_are_told(
    client: Client, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, _order = somebody()
    prove_again(client, user).post(URL)

    def down(*_given: Any) -> str:
        raise storage.StorageDown("exports")

    with monkeypatch.context() as away:
        away.setattr(storage, "keep", down)
        build()
        for hours in range(1, 6):
            with time_machine.travel(timezone.now() + timedelta(hours=hours)):
                sweep.sweep()
    assert "being tried again" in text_of_page(client)
    assert Alarm.objects.filter(cause="rights.row_failed:StorageDown").exists()

    with time_machine.travel(timezone.now() + timedelta(hours=9)):
        sweep.sweep()
    assert open_zip(fetch(client)).testzip() is None


class Silent(FileSystemStorage):
    """A bucket that answers nobody."""

    def _open(self, name: str, mode: str = "rb") -> File:
        raise TimeoutError(name, mode)


def test_a_bucket_that_hangs_is_given_up_as_soon_as_on_any_page(client: Client, settings: Any) -> None:
    user, _order = somebody()
    prove_again(client, user).post(URL)
    build()
    hurried = {"BACKEND": f"{__name__}.Silent"}
    settings.STORAGES = {**settings.STORAGES, "exports_on_pages": hurried}
    client.raise_request_exception = False

    assert fetch(client).status_code == 503

    del storages.backends["exports_on_pages"]
    assert open_zip(fetch(client)).testzip() is None


def test_a_paper_that_went_in_the_meantime_is_said_not_to_be_there(client: Client) -> None:
    user, order = somebody()
    prove_again(client, user).post(URL)
    gone = order.papers.filter(slot="photo").get().document
    storages["documents"].delete(gone.stored_name)
    build()

    copy = open_zip(fetch(client))
    (mine,) = json.loads(copy.read("data.json"))["orders"]
    assert [paper["file"] for paper in mine["documents"] if paper["slot"] == "photo"] == [None]


def test_a_closed_account_leaves_no_copy_and_none_is_built_for_it(
    client: Client, place: Path, django_capture_on_commit_callbacks: Any
) -> None:
    user = make_user()
    prove_again(client, user).post(URL)
    build()
    client.post(URL)
    waiting = DataExport.objects.get(ready_at=None)
    closure.ask(user)

    tasks.build_export(str(waiting.pk))
    assert not DataExport.objects.filter(pk=waiting.pk).exists()
    with django_capture_on_commit_callbacks(execute=True):
        closure.sweep()

    assert (lying(place), DataExport.objects.count()) == ([], 0)


@pytest.mark.usefixtures("steady_cache")
def test_the_page_asks_the_same_before_and_after(client: Client) -> None:
    user, _order = somebody()
    prove_again(client, user).get(URL)
    empty = cost(lambda: client.get(URL))
    client.post(URL)
    build()

    assert cost(lambda: client.get(URL)) - empty <= 1  # the note on the bell


def test_a_picture_in_the_copy_has_the_ending_of_its_format(client: Client, place: Path) -> None:
    user, order = somebody()
    paper = Document.objects.filter(holder=order.reference, kind="photo").get()
    paper.stored_name = storages["documents"].save("photo.png", ContentFile(b"\x89PNG\r\n\x1a\n"))
    paper.save()
    prove_again(client, user)
    client.post(URL)
    build()

    copy = open_zip(fetch(client))

    (name,) = (name for name in copy.namelist() if name.endswith(".png"))
    assert copy.read(name).startswith(b"\x89PNG")
    assert name in copy.read("data.json").decode()
