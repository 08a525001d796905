"""A dump as rows: both formats, both encodings; broken content costs one row only."""

import codecs
import json

import pytest
from django.utils.translation import override

from filings.legacy_import.dump import files
from tests.filings.legacy_import.dumps import filing, several, write_csv

ROWS = several(3)


@pytest.fixture(autouse=True)
def english():
    """The language of the command, unless it is told another one."""
    with override("en"):
        yield


def domains(path, **options):
    return [(number, cells and cells.get("domain")) for number, cells in files.rows(path, **options)]


THREE = [(1, "site1.com"), (2, "site2.com"), (3, "site3.com")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_each_encoding(tmp_path, encoding):
    path = write_csv(tmp_path / "dump.csv", ROWS, encoding=encoding)

    assert domains(path) == THREE
    assert [cells["name"] for _number, cells in files.rows(path)] == ["宁夏示例纸业有限公司"] * 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("form", ["lines", "array", "pretty array"])
def test_json_is_read_in_each_form_and_encoding(tmp_path, encoding, form):
    text = {
        "lines": "\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS),
        "array": json.dumps(ROWS, ensure_ascii=False),
        "pretty array": json.dumps(ROWS, ensure_ascii=False, indent=2),
    }[form]
    path = tmp_path / "dump.json"
    path.write_bytes(text.encode(encoding))

    assert domains(path) == THREE
    assert [cells["lead_name"] for _number, cells in files.rows(path)] == ["林示范"] * 3


def test_columns_may_have_chinese_names_and_unknown_ones_are_ignored(tmp_path):
    path = tmp_path / "dump.csv"
    path.write_text("域名,主办单位名称,序号\nexample.com,示例,1\n", "gb18030")

    assert list(files.rows(path)) == [(1, {"domain": "example.com", "name": "示例"})]


def test_a_few_broken_bytes_do_not_turn_utf_8_into_gb18030(tmp_path):
    path = write_csv(tmp_path / "dump.csv", ROWS)
    path.write_bytes(path.read_bytes() + "site4.com,林".encode()[:-1])

    assert files.encoding_of(path) == files.UTF8


def test_a_given_encoding_is_used_and_an_unknown_one_is_reported(tmp_path):
    path = write_csv(tmp_path / "dump.csv", ROWS, encoding="utf-16")

    assert domains(path, encoding="utf-16") == THREE
    with (
        override("en"),
        pytest.raises(files.InvalidDump, match="There is no encoding “nonsense”: use utf-8 or gb18030"),
    ):
        domains(path, encoding="nonsense")


def test_whoever_names_utf_16_for_a_file_in_utf_8_is_told_to_leave_the_encoding_out(tmp_path):
    path = write_csv(tmp_path / "dump.csv", ROWS)

    with pytest.raises(files.InvalidDump, match="The file is not in utf-16: leave --encoding out"):
        domains(path, encoding="utf-16")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "gb18030", "utf-8"])
@pytest.mark.parametrize("between", [",", "\t"])
def test_a_byte_order_mark_decides_and_excel_may_put_tabs_between_cells(tmp_path, encoding, between):
    path = tmp_path / "export.txt"
    table = [["域名", "主办单位名称", "网站名称"], ["example.com", "宁夏示例,有限公司", "示例"]]
    lines = [between.join(f'"{cell}"' if between in cell else cell for cell in row) for row in table]
    path.write_bytes(("\ufeff" + "\r\n".join(lines) + "\r\n").encode(encoding))

    told = []
    found = list(files.rows(path, tell=told.append))

    assert found == [(1, {"domain": "example.com", "name": "宁夏示例,有限公司", "site_name": "示例"})]
    name = "GB18030" if encoding == "gb18030" else encoding[:6].upper()
    words = [f"Read as {name}, as the byte order mark of the file says"]
    assert told == ([] if encoding == "utf-8" else words)


def test_a_stray_quote_costs_its_own_row_only(tmp_path):
    path = tmp_path / "dump.csv"
    path.write_text('domain,name\nsite1.com,"one\nsite2.com,two\nsite3.com,"th"ree"\nsite4.com,"fo,ur"\n', "utf-8")

    assert domains(path) == [(1, None), (2, "site2.com"), (3, None), (4, "site4.com")]


def test_a_line_with_too_many_cells_or_too_long_is_read_as_none_and_others_go_on(tmp_path):
    path = tmp_path / "dump.csv"
    long = "x" * (files.LONGEST * 3)
    path.write_text(f"domain,name\n\nsite1.com,a,b\nsite2.com\nsite3.com,{long}\nsite4.com,d\n", "utf-8")

    assert domains(path) == [(2, None), (3, "site2.com"), (4, None), (5, "site4.com")]


@pytest.mark.parametrize(
    "text",
    [
        '{"domain": "site1.com"}\n{"domain": "site2.com\n{"domain": "site3.com"}\n',
        '[{"domain": "site1.com"},\n{"domain": oops},\n{"domain": "site3.com"}]',
        '[{"domain": "site1.com"}, {"domain" "site2.com"}, {"domain": "site3.com"}]',
    ],
)
def test_a_broken_object_costs_itself_only(tmp_path, text):
    path = tmp_path / "dump.json"
    path.write_text(text, "utf-8")

    assert domains(path) == [(1, "site1.com"), (2, None), (3, "site3.com")]


@pytest.mark.parametrize("text", ['[1, "two", null, {"domain": "site1.com"}]'])
def test_a_value_that_is_no_object_is_a_broken_row(tmp_path, text):
    path = tmp_path / "dump.json"
    path.write_text(text, "utf-8")

    assert domains(path) == [(1, None), (2, None), (3, None), (4, "site1.com")]


def test_a_number_too_long_for_python_is_read_as_text(tmp_path):
    path = tmp_path / "dump.json"
    path.write_text(f'{{"domain": "a.cn", "jrid": {"9" * 4301}}}\n{{"domain": "b.cn", "jrid": 7}}', "utf-8")

    assert list(files.rows(path)) == [(1, {"domain": "a.cn", "jrid": "9" * 4301}), (2, {"domain": "b.cn", "jrid": "7"})]


def test_deeply_nested_json_is_a_broken_row(tmp_path):
    path = tmp_path / "dump.json"
    path.write_text('{"a": ' + "[" * 30_000 + "]" * 30_000 + '}\n{"domain": "site1.com"}', "utf-8")

    assert domains(path)[-1] == (2, "site1.com")


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf  \n", b"one,two\n1,2\n", b"\x89PNG\r\n\x1a\n\x00\x00"])
def test_a_file_that_is_no_dump_is_reported(tmp_path, content):
    path = tmp_path / "dump.csv"
    path.write_bytes(content)

    with pytest.raises(files.InvalidDump):
        domains(path)


@override("en")
def test_a_missing_file_or_a_folder_is_named_with_the_reason(tmp_path):
    with pytest.raises(files.InvalidDump) as missing:
        domains(tmp_path / "none.csv")
    with pytest.raises(files.InvalidDump) as folder:
        domains(tmp_path)

    assert str(missing.value) == f"{tmp_path}/none.csv cannot be read: No such file or directory"
    assert str(folder.value) == f"{tmp_path} cannot be read: Is a directory"


def test_json_may_begin_with_a_bom_or_hold_four_byte_gb18030(tmp_path):
    path = tmp_path / "dump.json"
    path.write_bytes(codecs.BOM_UTF8 + json.dumps(filing(lead_name="林𠮷"), ensure_ascii=False).encode())
    assert [cells["lead_name"] for _number, cells in files.rows(path)] == ["林𠮷"]

    path.write_bytes(json.dumps(filing(lead_name="林𠮷"), ensure_ascii=False).encode("gb18030"))
    assert [cells["lead_name"] for _number, cells in files.rows(path)] == ["林𠮷"]


def test_broken_bytes_become_characters_that_every_field_refuses(tmp_path):
    path = tmp_path / "dump.csv"
    path.write_bytes("domain,name\nexample.com,宁夏".encode()[:-1] + b"\n" + "example.net,宁夏\n".encode() * 20)

    names = [cells["name"] for _number, cells in files.rows(path)]
    assert "\ufffd" in names[0]
    assert names[1] == "宁夏"
