"""A document can be shown: without the password, with pictures only on request."""

import io
from base64 import b64decode
from dataclasses import replace

import pytest
from lxml import etree
from PIL import Image

from icpportal.gateways.miit.documents.types import MalformedDocument
from icpportal.gateways.miit.documents.v30.redaction import PIXEL
from icpportal.gateways.miit.documents.versions import version
from tests.icpportal.gateways.miit.documents.samples import (
    ACCESS,
    CANCELLATION,
    ISP_ID,
    OUTGOING,
    OWN_ID,
    golden,
    picture,
)
from tests.icpportal.gateways.miit.schemas import against_schema


def texts(xml: bytes, name: str) -> list[str]:
    return [element.text for element in etree.fromstring(xml).iter(name)]


@pytest.mark.parametrize("name", OUTGOING)
@pytest.mark.parametrize("attachments", [True, False])
def test_it_is_as_valid_as_before(name, attachments):
    shown = version().redact(golden(name), attachments=attachments)

    assert against_schema(shown) == []
    assert shown.startswith(b'<?xml version="1.0" encoding="GBK"?>')


def test_the_password_becomes_the_same_number_of_asterisks():
    shown = version().redact(golden("xzjr.xml"), attachments=True)

    assert texts(shown, "ICPmm") == ["*" * 32]
    assert shown.replace(b"*" * 32, ACCESS.password_md5.encode()) == golden("xzjr.xml")


def test_a_picture_is_one_white_pixel_unless_requested():
    shown = version().redact(golden("xzhyd.xml"), attachments=False)

    assert texts(shown, "Fjnr") == [PIXEL, PIXEL]
    assert version().redact(golden("xzhyd.xml"), attachments=True) == golden("xzhyd.xml")
    with Image.open(io.BytesIO(b64decode(PIXEL))) as image:
        assert (image.format, image.size, image.convert("RGB").getpixel((0, 0))) == ("JPEG", (1, 1), (255, 255, 255))


def test_words_that_look_like_another_encoding_are_shown_as_sent():
    xml = version().build(replace(CANCELLATION, remark="涓枃系统"), isp_id=ISP_ID, own_id=OWN_ID, pictures=picture)

    assert texts(version().redact(xml, attachments=True), "Zxlybz") == ["涓枃系统"]


@pytest.mark.parametrize("xml", [b"<UploadData", "<UploadData>𠮷</UploadData>".encode("gb18030"), b""])
def test_a_document_that_is_not_ours_is_broken(xml):
    with pytest.raises(MalformedDocument):
        version().redact(xml, attachments=True)
