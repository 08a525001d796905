"""The tray in which the demo's messages lie."""

import json
import os
import stat
from pathlib import Path

import pytest

from icpportal.gateways.sms import tray

pytestmark = pytest.mark.usefixtures("own_tray")


@pytest.fixture
def own_tray(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def sheet(key: str, to: str = "13900000001", text: str = "hello") -> tray.Sheet:
    return tray.Sheet(key=key, channel="sms", to=to, text=text, at="2026-11-27T08:20:00+00:00")


def aged(path: Path, seconds: int) -> None:
    os.utime(path, (seconds, seconds))


def test_a_sheet_comes_back_as_it_was_put_in():
    given = tray.Sheet(
        key="k:1",
        channel="email",
        to="chen@example.com",
        text="𠮷 “quoted”\nsecond line",
        at="2026-11-27T08:20:00+00:00",
        subject="主题",
        attachments=[{"name": "deadline.ics", "type": "text/calendar", "text": "BEGIN:VCALENDAR"}],
    )

    tray.put(given)

    assert tray.read(tray.names()) == [given]
    assert given.sent_at.isoformat() == "2026-11-27T08:20:00+00:00"


def test_the_same_key_twice_is_one_file_with_the_last_text():
    receipts = {tray.put(sheet("k:1", text="first")), tray.put(sheet("k:1", text="second"))}

    assert len(receipts) == 1
    assert [found.text for found in tray.read(tray.names())] == ["second"]
    assert len(list(tray.folder().iterdir())) == 1


def test_no_address_and_no_key_can_be_read_from_a_file_name():
    tray.put(sheet("../../etc/passwd", to="13900000001"))

    (path,) = tray.folder().iterdir()
    assert path.parent == tray.folder()
    assert "13900000001" not in path.name
    assert "passwd" not in path.name
    assert json.loads(path.read_text())["key"] == "../../etc/passwd"


def test_the_folder_is_for_its_owner_alone():
    tray.put(sheet("k:1"))

    assert stat.S_IMODE(tray.folder().stat().st_mode) == 0o700


def test_sheets_are_named_newest_first_and_by_recipient():
    for number, (key, to) in enumerate([("a", "13900000001"), ("b", "13900000002"), ("c", "13900000001")]):
        tray.put(sheet(key, to=to))
        (path,) = [path for path in tray.names() if tray.read([path])[0].key == key]
        aged(path, 1_000 + number)

    everybody = [found.key for found in tray.read(tray.names())]
    one = [found.key for found in tray.read(tray.names(to="13900000001"))]
    nobody = tray.names(to="1390000000")

    assert (everybody, one, nobody) == (["c", "b", "a"], ["c", "a"], [])


def test_a_sheet_that_is_taken_away_while_reading_is_left_out():
    tray.put(sheet("a"))
    tray.put(sheet("b"))
    paths = tray.names()
    paths[0].unlink()

    assert len(tray.read(paths)) == 1


def test_an_empty_tray_has_no_names():
    assert tray.names() == []


def test_a_part_that_was_never_finished_is_not_named():
    tray.put(sheet("a"))
    (tray.folder() / ".half.part").write_text("{")

    assert len(tray.names()) == 1
