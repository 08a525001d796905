"""`manage.py holidays`."""

import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from icpportal.workdays.calendar import NOTICE_DAYS, SHIPPED_YEARS
from icpportal.workdays.models import WorkCalendarDay

pytestmark = pytest.mark.django_db
LAST = SHIPPED_YEARS[-1]


def test_the_check_passes_while_all_needed_years_are_known(capsys):
    call_command("holidays", "check", "--on", f"{LAST}-03-02")

    out = capsys.readouterr().out.splitlines()
    assert out[0] == f"{LAST}: known from chinesecalendar"
    assert out[-1].startswith("totals: needed until ")
    assert out[-1].endswith("complete")


def test_the_check_fails_when_a_needed_year_has_no_notice(capsys):
    with pytest.raises(SystemExit) as stopped:
        call_command("holidays", "check", "--on", f"{LAST}-12-01", "--json")

    answer = json.loads(capsys.readouterr().out)
    assert stopped.value.code == 1
    assert answer["complete"] is False
    assert answer["years"][str(LAST + 1)] == "no notice, Monday to Friday"


def test_loading_the_notice_makes_the_check_pass(tmp_path, capsys):
    file = tmp_path / "notice.csv"
    file.write_text("".join(f"{LAST + 1}-01-{day:02},off\n" for day in range(1, NOTICE_DAYS + 1)))

    call_command("holidays", "load", str(file))
    call_command("holidays", "check", "--on", f"{LAST}-12-01")

    out = capsys.readouterr().out.splitlines()
    assert out[0] == f"totals: read {NOTICE_DAYS}, saved {NOTICE_DAYS}"
    assert f"{LAST + 1}: {NOTICE_DAYS} days loaded" in out
    assert out[-1].endswith("complete")


def test_a_dry_run_reads_and_writes_nothing(tmp_path, capsys):
    file = tmp_path / "notice.csv"
    file.write_text("2027-01-01,off\n")

    call_command("holidays", "load", str(file), "--dry-run", "--json")

    assert json.loads(capsys.readouterr().out) == {"read": 1, "saved": 0}
    assert WorkCalendarDay.objects.count() == 0


@pytest.mark.parametrize(("between", "encoding"), [(",", "gb18030"), ("\t", "utf-16"), (",", "utf-16")])
def test_a_notice_saved_by_excel_on_a_chinese_windows_is_read(tmp_path, between, encoding):
    file = tmp_path / "notice.csv"
    file.write_bytes(between.join(["2027-02-08", "off", "春节\r\n"]).encode(encoding))

    call_command("holidays", "load", str(file))

    assert WorkCalendarDay.objects.get().source == "notice.csv: 春节"


@pytest.mark.parametrize(("mark", "encoding"), [("\ufeff", "gb18030"), ("", "utf-32")])
def test_a_notice_is_read_in_the_encoding_that_its_first_bytes_name(tmp_path, mark, encoding):
    file = tmp_path / "notice.csv"
    file.write_bytes(f"{mark}2027-02-08,off,春节\r\n".encode(encoding))

    call_command("holidays", "load", str(file))

    assert WorkCalendarDay.objects.get().source == "notice.csv: 春节"


def test_a_file_in_an_unknown_encoding_is_named_with_what_to_do(tmp_path):
    file = tmp_path / "notice.csv"
    file.write_bytes("2027-02-08,off".encode("utf-16") + b"\x00")  # cut off in the middle of a character

    with pytest.raises(CommandError) as refused:
        call_command("holidays", "load", str(file))

    assert str(refused.value) == "notice.csv is neither UTF-8, UTF-16 nor GB18030: save it as CSV UTF-8"


@pytest.mark.parametrize("content", [b"2027-99-01,off", b"\xff\xfe\x00"])
def test_an_invalid_file_is_reported_and_changes_nothing(tmp_path, content: bytes):
    file = tmp_path / "notice.csv"
    file.write_bytes(content)
    WorkCalendarDay.objects.create(date=date(2027, 5, 1), is_workday=False, source="kept")

    with pytest.raises(CommandError):
        call_command("holidays", "load", str(file))

    assert list(WorkCalendarDay.objects.values_list("source", flat=True)) == ["kept"]


def test_a_missing_file_is_reported(tmp_path):
    with pytest.raises(CommandError, match="nowhere"):
        call_command("holidays", "load", str(tmp_path / "nowhere.csv"))
