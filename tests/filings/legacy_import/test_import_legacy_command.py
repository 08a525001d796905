"""`manage.py import_legacy FILE`: the report, the totals, the exit codes."""

import json

import pytest
from django.core.management import CommandError, call_command

from filings.models import LegacyRecord
from tests.filings.legacy_import.dumps import filing, several, write_csv

pytestmark = pytest.mark.django_db
TAKEN = (
    "totals: read 3, new 3, changed 0, same 0, imported 0, refused 0, left out 0, accounts new 1, accounts changed 0"
)


def output_of(capsys, *arguments, code=0):
    if code:
        with pytest.raises(SystemExit) as ended:
            call_command("import_legacy", *map(str, arguments))
        assert ended.value.code == code
    else:
        call_command("import_legacy", *map(str, arguments))
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_good_file_prints_only_its_totals(capsys, tmp_path, encoding):
    path = write_csv(tmp_path / "dump.csv", several(3), encoding=encoding)

    assert output_of(capsys, path) == [TAKEN]
    assert LegacyRecord.objects.count() == 3


def test_the_recognised_encoding_is_said_beside_the_output(capsys, tmp_path):
    said = {}
    for encoding in ("utf-8", "utf-16", "gb18030"):
        call_command("import_legacy", str(write_csv(tmp_path / "dump.csv", several(3), encoding=encoding)), "--json")
        said[encoding] = capsys.readouterr().err

    assert said == {
        "utf-8": "",
        "utf-16": "Read as UTF-16, as the byte order mark of the file says\n",
        "gb18030": "Read as GB18030, because the file is not UTF-8\n",
    }


def test_a_dry_run_says_so(capsys, tmp_path):
    path = write_csv(tmp_path / "dump.csv", several(3))

    assert output_of(capsys, path, "--dry-run") == [f"{TAKEN} (dry run, nothing written)"]
    assert LegacyRecord.objects.count() == 0


def test_each_bad_row_has_a_line_with_row_field_and_advice_and_the_exit_code_is_1(capsys, tmp_path):
    path = write_csv(tmp_path / "dump.csv", [filing(), filing(domain="shop.example.org", lead_phone1="12")])

    lines = output_of(capsys, path, code=1)

    assert lines[:2] == [
        "row 2 · domain · File the main domain example.org: remove the prefix · row refused",
        "row 2 · lead_phone1 · Enter an 11-digit mainland mobile number starting with 1 · taken without it",
    ]
    assert lines[-1].startswith("totals: read 2, new 1, changed 0, same 0, imported 0, refused 1, left out 0,")


def test_a_field_left_out_does_not_change_the_exit_code(capsys, tmp_path):
    path = write_csv(tmp_path / "dump.csv", [filing(lead_phone1="12")])

    lines = output_of(capsys, path)

    assert len(lines) == 2
    assert "left out 1" in lines[-1]


def test_json_prints_one_object_per_line_with_the_totals_last(capsys, tmp_path):
    path = write_csv(tmp_path / "dump.csv", [filing(), filing(domain="")])

    lines = [json.loads(line) for line in output_of(capsys, path, "--json", code=1)]

    assert [set(line) for line in lines] == [{"row", "field", "words", "effect"}, {"totals", "dry_run"}]
    assert (lines[0]["row"], lines[0]["field"], lines[0]["effect"]) == (2, "domain", "row refused")
    assert (lines[1]["totals"]["new"], lines[1]["totals"]["refused"]) == (1, 1)


def test_an_unreadable_file_ends_with_2(tmp_path):
    path = tmp_path / "none.csv"

    with pytest.raises(CommandError) as ended:
        call_command("import_legacy", str(path))

    assert ended.value.returncode == 2


def test_the_report_is_in_the_requested_language(capsys, tmp_path):
    path = write_csv(tmp_path / "dump.csv", [filing(domain="192.0.2.1")])

    english = output_of(capsys, path, code=1)[0]
    chinese = output_of(capsys, path, "--language", "zh-hans", code=1)[0]

    assert "Enter a domain name, not an IP address" in english
    assert english.split(" · ")[:2] == chinese.split(" · ")[:2]
    assert english.split(" · ")[2] != chinese.split(" · ")[2]
