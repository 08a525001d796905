"""After three months a file is forgotten by destroying its key; what is still needed stays."""

from datetime import timedelta

import pytest

from icpportal.gateways.miit.line import retention
from icpportal.gateways.miit.line.file_encryption import Forgotten, open_body, seal_body
from icpportal.gateways.miit.line.outcome_queue import outcome_of, record
from icpportal.gateways.miit.line.sequence import read_stored
from icpportal.gateways.miit.models import InboxFile, Outcome, Report, UploadFile
from icpportal.gateways.miit.outgoing.sender import send_due
from icpportal.gateways.miit.types import AnswerKind
from icpportal.privacy.models import FileKey
from tests.icpportal.gateways.miit.sending_world import NOW, arrange, queue_reports

LATER = NOW + timedelta(days=101)


@pytest.fixture
def ministry(db, monkeypatch, settings):
    return arrange(monkeypatch, settings)


def download(name, *, state="processed", at=NOW):
    body, key = seal_body(b"{}", bound_to=f"miit.download:{name}")
    return InboxFile.objects.create(isp_id=1, name=name, digest=name, body=body, key=key, state=state, received_at=at)


def test_an_accepted_file_is_kept_for_its_time_and_then_cannot_be_read(ministry):
    queue_reports()
    send_due(now=NOW)

    assert retention.erase_expired(now=NOW + timedelta(days=99)) == 0
    assert read_stored(UploadFile.objects.get())
    assert retention.erase_expired(now=LATER) == 1
    file = UploadFile.objects.get()
    assert (file.body, file.key, FileKey.objects.count()) == (None, "", 0)
    with pytest.raises(Forgotten):
        read_stored(file)


def test_an_unsent_file_is_kept_however_old_it_is(ministry):
    queue_reports()
    ministry.uploads.extend(["lost before it arrived"] * 2)
    send_due(now=NOW)

    assert retention.erase_expired(now=LATER) == 0
    assert read_stored(UploadFile.objects.get())


def test_downloads_are_forgotten_when_they_are_finished(ministry):
    for state in ("stored", "acknowledged", "processed", "parked"):
        download(state, state=state)
    download("young", at=LATER)

    assert retention.forget(now=LATER) == retention.ErasureResult(uploads=0, downloads=1, reports=0)

    gone = InboxFile.objects.filter(key="", body=None).order_by("name")
    assert [file.name for file in gone] == ["processed"]
    kept = InboxFile.objects.get(name="stored")
    assert open_body(kept.body, kept.key, bound_to="miit.download:stored") == b"{}"


def test_the_content_of_a_report_is_deleted_as_soon_as_it_has_ended(ministry):
    rows = queue_reports(3)
    Report.objects.filter(pk=rows[0].pk).update(state="answered")
    Report.objects.filter(pk=rows[1].pk).update(state="superseded")

    assert retention.forget(now=NOW) == retention.ErasureResult(uploads=0, downloads=0, reports=2)
    assert [row.payload == "" for row in Report.objects.order_by("id")] == [True, True, False]


def test_a_processed_answer_is_forgotten_with_the_files(ministry):
    for once, taken in (("taken", NOW), ("waiting", None)):
        record(AnswerKind.GRANTED, once=once, report=None, words="林示范's number")
        Outcome.objects.filter(once=once).update(acknowledged_at=taken)
    taken, waiting = (Outcome.objects.get(once=once) for once in ("taken", "waiting"))
    assert outcome_of(str(taken.pk))

    assert retention.forget(now=LATER).answers == 1

    assert outcome_of(str(taken.pk)) is None
    assert outcome_of(str(waiting.pk))


def test_a_dry_run_counts_and_forgets_nothing(ministry):
    download("old")

    assert [retention.erase_expired(now=LATER, dry_run=True) for _ in range(2)] == [1, 1]
    assert InboxFile.objects.exclude(key="").count() == 1


def test_more_than_one_batch_is_forgotten(ministry, monkeypatch):
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for number in range(5):
        download(str(number))

    assert retention.erase_expired(now=LATER) == 5
    assert retention.erase_expired(now=LATER) == 0


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("model", "where", "index"),
    [
        (UploadFile, {"accepted_at__lt": NOW}, "upload_with_key"),
        (InboxFile, {"received_at__lt": NOW, "state": "processed"}, "download_with_key"),
        (Outcome, {"acknowledged_at__lt": NOW}, "outcome_with_payload"),
    ],
)
def test_old_files_are_found_by_an_index(db, model, where, index):
    content = "payload" if model is Outcome else "key"
    assert index in model.objects.filter(**where).exclude(**{content: ""}).order_by().values_list("pk").explain()
