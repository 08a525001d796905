"""The characters that GBK lacks are known beforehand, and any bytes can be decoded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icpportal.gateways.miit.documents.gbk import decode, points, unencodable


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("", ""),
        ("示例（北京）科技有限公司", ""),
        ("朱镕基 Zhu·O'Neill ～—…", ""),
        ("龥丂〇ⅷ", ""),
        ("王𠮷", "𠮷"),
        ("㛃㛃𠮷字", "㛃𠮷"),
        ("€1", "€"),
        ("café", ""),
        ("naïve", "ï"),
        ("tab\tand\nnewline\r", ""),
        ("bell\x07", "\x07"),
        ("half\ud800", "\ud800"),
        ("\ufffe", "\ufffe"),
    ],
)
def test_characters_that_a_document_cannot_contain(text, foreign):
    assert unencodable(text) == foreign


def test_characters_are_named_by_their_code_points():
    assert points("㛃𠮷") == "U+36C3 U+20BB7"


@given(st.text())
def test_the_text_without_them_can_be_encoded(text):
    foreign = unencodable(text)

    kept = "".join(character for character in text if character not in foreign)

    assert kept.encode("gbk").decode("gbk") == kept
    assert unencodable(kept) == ""


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ('<?xml version="1.0" encoding="GBK"?><a>备案</a>'.encode("gbk"), "<a>备案</a>"),
        ('<?xml version="1.0" encoding="GBK"?><a>王𠮷㛃€</a>'.encode("gb18030"), "<a>王𠮷㛃€</a>"),
        ('<?xml version="1.0" encoding="GBK"?><a>备案·成功</a>'.encode(), "<a>备案·成功</a>"),
        ('<?xml version="1.0" encoding="UTF-8"?><a>é</a>'.encode(), "<a>é</a>"),
        ('\ufeff<?xml version="1.0" encoding="GBK"?><a>备</a>'.encode(), "<a>备</a>"),
        # these two are also valid UTF-8, and would read "ϵͳ" and "İ"
        ("<a>系统</a>".encode("gbk"), "<a>系统</a>"),
        (b"<a>\xc4\xb0</a>", "<a>" + b"\xc4\xb0".decode("gbk") + "</a>"),
        (b"<a>plain</a>", "<a>plain</a>"),
        (b"", ""),
    ],
)
def test_bytes_are_decoded_whatever_their_declaration_says(data, text):
    assert decode(data) == (text, 0)


def test_undecodable_bytes_are_marked_and_counted():
    assert decode("备案".encode("gbk") + b"\xff<a/>\x01") == ("备案\ufffd<a/>", 2)
