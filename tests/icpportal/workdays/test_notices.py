"""Reading a holiday notice."""

from datetime import date
from pathlib import Path

import pytest

from icpportal.workdays.models import WorkCalendarDay
from icpportal.workdays.notices import BadNotice, read, save

GOOD = "2027-02-06,work\n2027-02-08, off ,Spring Festival\n\n"


def write_notice(folder: Path, text: str) -> Path:
    path = folder / "notice.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_notice_is_read_with_its_source_and_reason(tmp_path):
    days = read(write_notice(tmp_path, "\ufeff" + GOOD), source="2026-7")

    assert [(day.date, day.is_workday, day.source) for day in days] == [
        (date(2027, 2, 6), True, "2026-7"),
        (date(2027, 2, 8), False, "2026-7: Spring Festival"),
    ]


def test_without_a_source_the_file_name_is_stored(tmp_path):
    assert read(write_notice(tmp_path, "2027-02-06,work"))[0].source == "notice.csv"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "holds no day"),
        ("2027-02-30,off", "line 1: write the date"),
        ("2027-02-06,work\n8 February,off", "line 2: write the date"),
        ("2027-02-06", "line 1: write work or off"),
        ("2027-02-06,free", "line 1: write work or off"),
        ("2027-02-06,off\n2027-02-06,work", "names 2027-02-06 twice"),
    ],
)
def test_a_file_that_is_no_notice_says_where(tmp_path, text: str, words: str):
    with pytest.raises(BadNotice, match=words):
        read(write_notice(tmp_path, text))


@pytest.mark.django_db
def test_loading_twice_keeps_one_row_with_the_last_values(tmp_path):
    save(read(write_notice(tmp_path, GOOD)))

    saved = save(read(write_notice(tmp_path, "2027-02-06,off,changed"), source="second"))

    rows = WorkCalendarDay.objects.order_by("date").values_list("date", "is_workday", "source")
    assert saved == 1
    assert list(rows) == [
        (date(2027, 2, 6), False, "second: changed"),
        (date(2027, 2, 8), False, "notice.csv: Spring Festival"),
    ]
