"""XML from outside: lenient about encodings, strict about DTDs."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpportal.gateways.errors import Retryable
from icpportal.gateways.miit.client import xml


@pytest.mark.parametrize(
    "body",
    [
        "<a>备案</a>".encode(),
        "\ufeff<a>备案</a>".encode(),
        "<a>备案</a>".encode("gbk"),
        '<?xml version="1.0" encoding="GBK"?><a>备案</a>'.encode("gbk"),
        '<?xml version="1.0" encoding="gb2312"?><a>备案</a>'.encode("gbk"),
        '<?xml version="1.0" encoding="GBK"?><a>备案</a>'.encode(),
        '\n <?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<a>备案</a>\n'.encode(),
        '<?xml version="1.0" encoding="klingon"?><a>备案</a>'.encode(),
        "<a><![CDATA[备]]>案</a>".encode(),
        "<a>备<!-- x -->案</a>".encode(),
    ],
)
def test_a_wrong_encoding_declaration_is_tolerated(body):
    assert xml.text_of(xml.parse(xml.decode(body))) == "备案"


def test_a_character_forbidden_in_xml_is_dropped():
    assert xml.text_of(xml.parse("<a>b\x00\x0bc</a>")) == "bc"


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd"><a/>',
        '<?xml version="1.0"?><!DOCTYPE a><a/>',
        "<a>&undefined;</a>",
        "<a>",
        "hello",
        "",
    ],
)
@pytest.mark.parametrize("huge", [False, True])
def test_a_dtd_or_an_invalid_document_is_retryable(text, huge):
    with pytest.raises(Retryable):
        xml.parse(text, huge=huge)


def test_a_dtd_cannot_hide_in_another_encoding():
    hidden = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY e "x">]><a b="&e;"/>'

    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-7"):
        with pytest.raises(Retryable):
            xml.parse(xml.decode(hidden.replace("UTF-16", encoding).encode(encoding)))


def test_a_name_is_found_in_any_namespace_and_case():
    root = xml.parse('<r xmlns:n="urn:x"><n:Msg_Code> 3 </n:Msg_Code></r>')

    assert xml.text_of(xml.first_named(root, "msg_code")) == "3"
    assert xml.first_named(root, "msg") is None


@settings(max_examples=200)
@given(body=st.binary(max_size=200))
def test_any_bytes_are_a_document_or_retryable(body):
    with suppress(Retryable):
        assert xml.local_name(xml.parse(xml.decode(body)))
