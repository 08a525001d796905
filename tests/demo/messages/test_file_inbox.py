"""The inbox of the demo's messages."""

import json
import os
import stat
from pathlib import Path

import pytest

from demo.messages import file_inbox

pytestmark = pytest.mark.usefixtures("own_inbox")


@pytest.fixture
def own_inbox(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def message(key: str, to: str = "13900000001", text: str = "hello") -> file_inbox.StoredMessage:
    return file_inbox.StoredMessage(key=key, channel="sms", to=to, text=text, at="2026-11-27T08:20:00+00:00")


def set_age(path: Path, seconds: int) -> None:
    os.utime(path, (seconds, seconds))


def test_a_message_is_read_back_as_it_was_stored():
    given = file_inbox.StoredMessage(
        key="k:1",
        channel="email",
        to="chen@example.com",
        text="𠮷 “quoted”\nsecond line",
        at="2026-11-27T08:20:00+00:00",
        subject="主题",
        attachments=[{"name": "deadline.ics", "type": "text/calendar", "text": "BEGIN:VCALENDAR"}],
    )

    file_inbox.put(given)

    assert file_inbox.read(file_inbox.names()) == [given]
    assert given.sent_at.isoformat() == "2026-11-27T08:20:00+00:00"


def test_the_same_key_twice_is_one_file_with_the_last_text():
    receipts = {file_inbox.put(message("k:1", text="first")), file_inbox.put(message("k:1", text="second"))}

    assert len(receipts) == 1
    assert [found.text for found in file_inbox.read(file_inbox.names())] == ["second"]
    assert len(list(file_inbox.folder().iterdir())) == 1


def test_file_names_reveal_no_address_and_no_key():
    file_inbox.put(message("../../etc/passwd", to="13900000001"))

    (path,) = file_inbox.folder().iterdir()
    assert path.parent == file_inbox.folder()
    assert "13900000001" not in path.name
    assert "passwd" not in path.name
    assert json.loads(path.read_text())["key"] == "../../etc/passwd"


def test_only_the_owner_can_read_the_folder():
    file_inbox.put(message("k:1"))

    assert stat.S_IMODE(file_inbox.folder().stat().st_mode) == 0o700


def test_messages_are_listed_newest_first_and_by_recipient():
    for number, (key, to) in enumerate([("a", "13900000001"), ("b", "13900000002"), ("c", "13900000001")]):
        file_inbox.put(message(key, to=to))
        (path,) = [path for path in file_inbox.names() if file_inbox.read([path])[0].key == key]
        set_age(path, 1_000 + number)

    everybody = [found.key for found in file_inbox.read(file_inbox.names())]
    one = [found.key for found in file_inbox.read(file_inbox.names(to="13900000001"))]
    nobody = file_inbox.names(to="1390000000")

    assert (everybody, one, nobody) == (["c", "b", "a"], ["c", "a"], [])


def test_a_message_deleted_while_reading_is_left_out():
    file_inbox.put(message("a"))
    file_inbox.put(message("b"))
    paths = file_inbox.names()
    paths[0].unlink()

    assert len(file_inbox.read(paths)) == 1


def test_an_empty_inbox_has_no_names():
    assert file_inbox.names() == []


def test_an_unfinished_file_is_not_listed():
    file_inbox.put(message("a"))
    (file_inbox.folder() / ".half.part").write_text("{")

    assert len(file_inbox.names()) == 1
