"""Errors in the settings of the ministry's interface."""

from datetime import timedelta

import pytest

from icpportal.gateways.miit.operations import settings_check


def test_the_settings_of_the_demo_are_valid():
    assert settings_check.faults() == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("MIIT_USER", "", "MIIT_USER is missing"),
        ("MIIT_PASSWORD", "", "MIIT_PASSWORD is missing"),
        ("MIIT_ISP_ID", 0, "MIIT_ISP_ID is the number the administration gave this provider"),
        ("MIIT_FILES_URL", "ftp://ministry.example/", "MIIT_FILES_URL is not an http or https address"),
        ("MIIT_STATUS_URL", "", "MIIT_STATUS_URL is not an http or https address"),
        ("MIIT_FILES_WSDL", "/nowhere/files.wsdl", "MIIT_FILES_WSDL is neither an address nor a file here"),
        ("MIIT_PHONES_URL", "phones.ministry.example", "MIIT_PHONES_URL is not an http or https address"),
        ("MIIT_AES_KEY", "short", "MIIT_AES_KEY must be 16, 24 or 32 ASCII characters"),
        ("MIIT_AES_IV", "short", "MIIT_AES_IV must be 16 ASCII characters"),
        ("MIIT_VERSION", "V.9.9", "MIIT_VERSION must be one of V.3.0"),
        ("MIIT_SOURCE_ADDRESS", "our-server", "MIIT_SOURCE_ADDRESS is not an IP address of this machine"),
        ("MIIT_ICPMM_WITHOUT_PASSWORD", "none", "MIIT_ICPMM_WITHOUT_PASSWORD is not an MD5 in hexadecimal"),
        ("MIIT_CANCELLATION_REASON", 1000, "MIIT_CANCELLATION_REASON is not 1 to 999"),
        ("MIIT_POLL_SECONDS", [10], "MIIT_POLL_SECONDS is not three numbers of seconds, such as 10,300,600"),
        ("MIIT_FILES_KEPT", timedelta(days=30), "MIIT_FILES_KEPT is less than three months"),
        (
            "PROVIDER_PRODUCTS",
            [{"key": "vm", "zh": "云主机", "en": "Machine", "method": "clouds"}],
            "PROVIDER_PRODUCTS: the method clouds of vm is none of line, colocation, hosting, other, cloud.",
        ),
    ],
)
def test_each_invalid_setting_is_named(settings, name, value, words):
    setattr(settings, name, value)

    assert settings_check.faults() == [words]


def test_no_error_shows_a_secret(settings):
    settings.MIIT_AES_KEY, settings.MIIT_PASSWORD = "the-secret-key", "the-secret-密码\U0001f600"

    assert len(settings_check.faults()) == 1
    assert "the-secret" not in " ".join(settings_check.faults())


def test_without_a_directory_there_are_no_schemas(settings):
    settings.MIIT_XSD_DIR = ""

    assert settings_check.schema_fault() is None


@pytest.mark.parametrize("content", [None, "<not a schema>", "<a/>"])
def test_a_directory_without_a_usable_schema_is_reported(settings, tmp_path, content):
    settings.MIIT_XSD_DIR = str(tmp_path)
    if content:
        (tmp_path / "upload.xsd").write_text(content)

    assert settings_check.schema_fault().startswith("MIIT_XSD_DIR: ")


def test_a_schema_that_declares_the_upload_is_valid(settings, tmp_path):
    settings.MIIT_XSD_DIR = str(tmp_path)
    (tmp_path / "any.xsd").write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="UploadData"/></xs:schema>'
    )

    assert settings_check.schema_fault() == ""
