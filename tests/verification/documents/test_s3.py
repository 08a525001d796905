"""The same tests with both storages in S3, on a real endpoint."""

import os
import socket
import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import IncompleteReadError
from botocore.response import StreamingBody
from django.utils import timezone
from moto.server import ThreadedMotoServer

from icpportal.gateways import storage
from tests import fresh
from tests.verification.documents import pictures
from verification.documents import examination
from verification.documents.actions import examine, receive, retire
from verification.documents.file_access import NotReady, open_ready, response
from verification.documents.rounds import Orphans, delete_orphans, orphans
from verification.documents.upload_messages import UploadRefused
from verification.models.documents import Document, DocumentState

KEYS = {"aws_access_key_id": "invented", "aws_secret_access_key": "invented", "region_name": "cn-north-1"}


@pytest.fixture(scope="module")
def endpoint():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str, settings):
    """An empty bucket, with both storages in it as configured by the settings."""
    client = boto3.client("s3", endpoint_url=endpoint, **KEYS)
    client.create_bucket(Bucket="papers", CreateBucketConfiguration={"LocationConstraint": "cn-north-1"})
    options = {
        "bucket_name": "papers",
        "endpoint_url": endpoint,
        "region_name": "cn-north-1",
        "access_key": "invented",
        "secret_key": "invented",
        "default_acl": None,
        "querystring_auth": True,
        "querystring_expire": 60,
        "file_overwrite": False,
    }
    backend = "storages.backends.s3.S3Storage"
    settings.STORAGES = {
        **settings.STORAGES,
        **{
            name: {"BACKEND": backend, "OPTIONS": {**options, "location": name}}
            for name in ("documents", "quarantine", "ministry")
        },
    }
    yield client
    for key in keys(client):
        client.delete_object(Bucket="papers", Key=key)
    client.delete_bucket(Bucket="papers")


def keys(client) -> list[str]:
    return [one["Key"] for one in client.list_objects_v2(Bucket="papers").get("Contents", [])]


def after(document: Document) -> Document:
    return Document.objects.get(pk=document.pk)


def test_a_picture_goes_through_quarantine_to_documents(received, bucket):
    document = received(pictures.heic())
    assert keys(bucket) == [f"quarantine/{document.quarantine_name}"]

    assert examine(document.pk) == "ready"

    ready = after(document)
    assert sorted(keys(bucket)) == sorted([f"documents/{ready.stored_name}", f"documents/{ready.preview_name}"])
    with open_ready(ready) as picture:
        assert pictures.open_image(picture.read()).size == (1200, 900)
    assert b"".join(response(ready).streaming_content)[:3] == b"\xff\xd8\xff"


def test_no_trace_of_a_picture_is_unencrypted_in_the_bucket_or_on_the_way_to_it(traces, bucket):
    traces.also(lambda: {key: bucket.get_object(Bucket="papers", Key=key)["Body"].read() for key in keys(bucket)})

    traces.of_an_upload()

    assert {path.partition("/")[0] for path in traces.seen} >= {"quarantine", "documents"}
    assert traces.plain() == []


def test_no_object_can_be_read_without_the_portal(received, bucket):
    document = received()

    acl = bucket.get_object_acl(Bucket="papers", Key=f"quarantine/{document.quarantine_name}")

    assert [grant["Permission"] for grant in acl["Grants"]] == ["FULL_CONTROL"]
    assert "AllUsers" not in repr(acl)


def test_retiring_deletes_the_objects(received, bucket, django_capture_on_commit_callbacks):
    document = received()
    examine(document.pk)

    with django_capture_on_commit_callbacks(execute=True):
        retire(document)

    assert keys(bucket) == []
    with pytest.raises(NotReady):
        open_ready(document)


def test_a_missing_object_is_missing_and_no_outage(received, bucket):
    document = received()
    bucket.delete_object(Bucket="papers", Key=f"quarantine/{document.quarantine_name}")

    assert examine(document.pk) == "refused"

    assert after(document).reason == "upload_failed"
    with pytest.raises(storage.Missing):
        storage.read("documents", "20261125/nothing.jpg")
    assert storage.changed_at("documents", "20261125/nothing.jpg") is None
    storage.drop("documents", "20261125/nothing.jpg")


def test_a_bucket_that_is_not_there_is_an_outage_and_no_upload_is_lost(received, bucket, settings, monkeypatch):
    document = received()
    monkeypatch.setitem(settings.STORAGES["quarantine"]["OPTIONS"], "bucket_name", "misspelt")
    settings.STORAGES = {**settings.STORAGES}

    assert examine(document.pk) == "waiting"
    assert (after(document).reason, after(document).quarantine_name) == ("", document.quarantine_name)


def test_a_ready_picture_whose_object_is_gone_is_not_ready(received, bucket):
    document = received()
    examine(document.pk)
    bucket.delete_object(Bucket="papers", Key=f"documents/{after(document).stored_name}")

    with pytest.raises(NotReady):
        open_ready(document)


def test_a_picture_that_breaks_off_on_its_way_from_the_bucket_is_an_outage(received, bucket, monkeypatch):
    document = received()
    with monkeypatch.context() as broken:
        broken.setattr(StreamingBody, "read", break_off)
        assert examine(document.pk) == "waiting"
    assert examine(document.pk) == "ready"

    monkeypatch.setattr(StreamingBody, "read", break_off)
    with pytest.raises(storage.StorageDown) as caught:
        response(after(document))

    assert caught.value.explanation == "documents does not answer, refuses us or has no room (an answer broke off)"


def break_off(*_given: object, **_named: object) -> bytes:
    """The connection ends within the content of a file."""
    raise IncompleteReadError(actual_bytes=1, expected_bytes=2)


def test_orphans_are_found_in_the_bucket(received, bucket):
    examine(received().pk)
    stray = storage.keep("documents", "20261101/stray.jpg", b"stray")
    later = timezone.now() + timedelta(hours=2)

    found = orphans(later)

    assert found == Orphans(files=[("documents", stray)])
    delete_orphans(found)
    assert orphans(later) == Orphans()


def test_an_endpoint_that_is_down_refuses_the_upload_and_lets_examination_wait(received, bucket, settings, monkeypatch):
    document = received()
    down = {
        name: {**one, "OPTIONS": {**one["OPTIONS"], "endpoint_url": "http://127.0.0.1:9", "client_config": QUICK}}
        for name, one in settings.STORAGES.items()
        if name in (storage.QUARANTINE, storage.DOCUMENTS)
    }
    up = settings.STORAGES
    settings.STORAGES = {**up, **down}

    with pytest.raises(UploadRefused) as caught:
        receive(kind="lead_id", upload=pictures.upload(pictures.jpeg()), holder="T7Q4-M2KX")
    outcome = examine(document.pk)

    assert caught.value.code == "storage_down"
    assert outcome == "waiting"
    assert (after(document).state, after(document).tries) == (DocumentState.CHECKING, 0)
    settings.STORAGES = up
    assert examination.examine(document.pk) == "ready"


@pytest.fixture
def silent_bucket(settings, monkeypatch, steady_cache):
    """A bucket that takes calls and answers none, for pages alone; lists the calls."""
    monkeypatch.setattr(storage, "SLOW_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
        calls, taken = [], True

        def take() -> None:
            with suppress(OSError):
                while taken:
                    calls.append(server.accept()[0])

        threading.Thread(target=take, daemon=True).start()
        options = {**settings.STORAGES["documents"]["OPTIONS"], "endpoint_url": f"http://{host}:{port}"}
        options["client_config"] = boto3.session.Config(read_timeout=0.2, retries={"total_max_attempts": 1})
        on_pages = {**settings.STORAGES["documents"], "OPTIONS": options}
        settings.STORAGES = {**settings.STORAGES, "documents_on_pages": on_pages}
        yield calls
        taken = False
        for call in calls:
            call.close()


def test_a_bucket_that_hangs_holds_one_picture_of_a_page_and_no_worker(received, bucket, silent_bucket):
    document = received()
    assert examine(document.pk) == "ready"

    for _picture in range(3):
        with pytest.raises(storage.StorageDown):
            response(after(document), preview=True)

    assert len(silent_bucket) == 1
    with open_ready(after(document)) as picture:
        assert picture.read(3) == b"\xff\xd8\xff"


def test_a_bucket_that_hangs_holds_one_upload_and_no_further_one(db, bucket, silent_bucket, settings):
    settings.STORAGES = {**settings.STORAGES, "quarantine_on_pages": settings.STORAGES["documents_on_pages"]}

    for _upload in range(3):
        with pytest.raises(UploadRefused, match=r"try again in a few minutes|几分钟"):
            receive(kind="lead_id", upload=pictures.upload(pictures.jpeg()), holder="T7Q4-M2KX")

    assert len(silent_bucket) == 1


SCRIPT = """
import django
django.setup()
from django.core.files.base import ContentFile
from icpportal.gateways import storage
for place, name in (("documents", "20261125/one"), ("quarantine", "20261125/two")):
    print(storage.place(place).save(name, ContentFile(b"one")))
with storage.open_on_page("documents", "20261125/one") as source:
    print(source.read())
print(storage.place("exports_on_pages").location, storage.place("quarantine_on_pages").location)
"""


@pytest.fixture
def environment(endpoint: str, tmp_path: Path) -> dict[str, str]:
    """Of a process whose settings name the bucket."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "icpportal.settings",
        "VAR_DIR": str(tmp_path),
        "S3_BUCKET": "papers",
        "S3_ENDPOINT_URL": endpoint,
        "S3_REGION": "cn-north-1",
        "S3_ACCESS_KEY": "invented",
        "S3_SECRET_KEY": "invented",
    }


@pytest.mark.usefixtures("steady_cache")  # Redis is that of the new process too, and knows of a bucket that was silent
def test_the_environment_alone_puts_both_storages_into_the_bucket(bucket, environment):
    done = fresh.run("-c", SCRIPT, folder=Path.cwd(), environment=environment)

    assert done.stdout == "20261125/one\n20261125/two\nb'one'\nexports quarantine\n", done.stderr
    assert keys(bucket) == ["documents/20261125/one", "quarantine/20261125/two"]


BROKEN_ONCE = """
import django
django.setup()
from botocore.exceptions import ConnectionClosedError
from django.core.files.base import ContentFile
from icpportal.gateways import storage

uploads = storage.place("quarantine_on_pages")
attempts = []

def break_off_once(**_named):
    attempts.append("put")
    if len(attempts) == 1:
        raise ConnectionClosedError(endpoint_url="")

uploads.connection.meta.client.meta.events.register("before-send.s3.PutObject", break_off_once)
print(uploads.save("20261125/one", ContentFile(b"one")), attempts)
"""


def test_an_upload_is_sent_once_more_where_the_bucket_breaks_off_for_a_moment(bucket, environment):
    done = fresh.run("-c", BROKEN_ONCE, folder=Path.cwd(), environment=environment)

    assert done.stdout == "20261125/one ['put', 'put']\n", done.stderr
    assert keys(bucket) == ["quarantine/20261125/one"]


QUICK = boto3.session.Config(connect_timeout=1, retries={"max_attempts": 0})
