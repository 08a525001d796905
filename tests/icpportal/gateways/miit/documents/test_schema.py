"""With the ministry's schemas nothing is sent that they refuse; an unusable directory is reported."""

import os

import pytest
from django.core.exceptions import ImproperlyConfigured

from icpportal.gateways.miit.documents import schema
from icpportal.gateways.miit.documents.types import NotEncodable
from tests.icpportal.gateways.miit.documents.samples import golden
from tests.icpportal.gateways.miit.schemas import FOLDER, needed

# a small schema of our own: the ministry's may not be available
OURS = """<?xml version="1.0" encoding="GBK"?>
<!-- 企业上报数据格式 -->
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="UploadData"><xs:complexType><xs:sequence>
    <xs:element name="ICP"><xs:complexType><xs:sequence>
      <xs:element name="XZJR"><xs:complexType><xs:sequence>
        <xs:element name="Wzbah"><xs:simpleType><xs:restriction base="xs:string">
          <xs:maxLength value="LONGEST"/></xs:restriction></xs:simpleType></xs:element>
      </xs:sequence></xs:complexType></xs:element>
    </xs:sequence></xs:complexType></xs:element>
  </xs:sequence><xs:attribute name="version" type="xs:string" use="required"/></xs:complexType></xs:element>
</xs:schema>"""
OTHER = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="DownloadData"/></xs:schema>'
GOOD = "<UploadData version='1'><ICP><XZJR><Wzbah>秘密</Wzbah></XZJR></ICP></UploadData>".encode("gbk")


def unfit(xml: bytes) -> tuple[str, str, str]:
    with pytest.raises(NotEncodable) as caught:
        schema.validate(xml)
    return str(caught.value), caught.value.field, caught.value.code


@pytest.fixture
def directory(tmp_path, settings):
    (tmp_path / "0企业下载数据格式.xsd").write_text(OTHER)
    (tmp_path / "企业上报数据格式.xsd").write_bytes(OURS.replace("LONGEST", "3").encode("gbk"))
    settings.MIIT_XSD_DIR = str(tmp_path)
    return tmp_path


def test_without_a_directory_nothing_is_checked(settings):
    settings.MIIT_XSD_DIR = ""

    schema.validate(b"no XML at all")
    schema.check()


def test_the_schema_is_recognised_by_its_content_whatever_its_file_name(directory):
    schema.validate(GOOD)
    schema.check()


def test_a_refusal_names_place_and_rule_and_quotes_nothing(directory):
    words, field, code = unfit(GOOD.replace("秘密".encode("gbk"), b"secret"))

    assert (words, field, code) == (
        "/UploadData/ICP/XZJR/Wzbah: SCHEMAV_CVC_MAXLENGTH_VALID",
        "XZJR/Wzbah",
        "5001",
    )


def test_an_unexpected_element_is_refused(directory):
    words, _field, code = unfit(GOOD.replace(b"</Wzbah>", b"</Wzbah><Wzid>7</Wzid>"))

    assert (words, code) == ("/UploadData/ICP/XZJR/Wzid: SCHEMAV_ELEMENT_CONTENT", "5001")


def test_invalid_xml_is_refused(directory):
    assert unfit(b"<UploadData") == ("not well-formed XML", "", "5001")


def test_it_is_compiled_once_and_again_when_the_file_changes(directory, monkeypatch):
    compiled = []
    compile_ = schema._compile
    monkeypatch.setattr(schema, "_compile", lambda files: compiled.append(1) or compile_(files))
    schema.validate(GOOD)
    schema.validate(GOOD)
    file = directory / "企业上报数据格式.xsd"

    file.write_bytes(OURS.replace("LONGEST", "1").encode("gbk"))
    os.utime(file, ns=(1, 1))

    assert unfit(GOOD)[0] == "/UploadData/ICP/XZJR/Wzbah: SCHEMAV_CVC_MAXLENGTH_VALID"
    assert compiled == [1, 1]


def test_a_missing_directory_is_named(settings, tmp_path):
    settings.MIIT_XSD_DIR = str(tmp_path / "nowhere")

    for asked in (schema.check, lambda: schema.validate(GOOD)):
        with pytest.raises(ImproperlyConfigured, match=r"^MIIT_XSD_DIR: no schema in .*nowhere declares UploadData$"):
            asked()


def test_an_invalid_schema_is_named(directory):
    (directory / "企业上报数据格式.xsd").write_bytes(b"<xs:schema")

    with pytest.raises(ImproperlyConfigured, match=r"^MIIT_XSD_DIR: .* does not compile: XMLSyntaxError$"):
        schema.validate(GOOD)


@needed
def test_the_ministrys_own_schema_accepts_our_files_and_no_others(settings):
    settings.MIIT_XSD_DIR = str(FOLDER)

    schema.validate(golden("xzjr.xml"))

    assert unfit(golden("xzjr.xml").replace(b"<Qqdwid>100001", b"<Qqdwid>secret")) == (
        "/UploadData/ICP/Qqdwid: SCHEMAV_CVC_DATATYPE_VALID_1_2_1",
        "Qqdwid",
        "5001",
    )
