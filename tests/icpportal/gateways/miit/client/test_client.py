"""The six methods against a server written from the specification only."""

import base64
import hashlib

import pytest
from django.core.exceptions import ImproperlyConfigured

from icpportal.gateways.errors import Retryable
from icpportal.gateways.miit.client.client import (
    DownloadReply,
    Ministry,
    PasswordReply,
    PreviousReply,
    Reply,
    StatusReply,
    UploadReply,
)
from icpportal.gateways.miit.client.crypto import pack, unwrap
from tests.icpportal.gateways.miit.client.server import Raw, return_document
from tests.icpportal.gateways.miit.client.wsdl_text import Dialect

DIALECTS = {
    "as the document writes it": Dialect(),
    "as others send it": Dialect(names="ispID"),
    "both in one WSDL": Dialect(names="mixed"),
    "numbered arguments": Dialect(names="in0"),
    "qualified": Dialect(qualified=True),
    "rpc": Dialect(style="rpc"),
    "rpc numbered": Dialect(style="rpc", names="in0"),
    "soap 1.2": Dialect(soap="1.2", qualified=True),
    "another result": Dialect(result="isp_Result"),
    "imported": Dialect(imports=True),
    "imported qualified": Dialect(imports=True, qualified=True, names="ispID"),
    "imported rpc": Dialect(imports=True, style="rpc"),
    "wrong own address": Dialect(own_address="http://10.255.255.1:8080"),
    "wrong own address imported": Dialect(own_address="http://10.255.255.1:8080", imports=True),
    "an action": Dialect(soap_action="urn:act"),
    "another binding first": Dialect(other_bindings=True),
    "arguments in any order": Dialect(shape="all"),
    "named types": Dialect(shape="named"),
}


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_all_six_methods_work_with_any_form_of_the_wsdl(opened, dialect):
    ministry = opened(dialect)
    wire = Ministry()
    packed = pack("<?xml version='1.0' encoding='GBK'?><a>备案</a>".encode("gbk"), "beianinfo1.xml")
    ministry.deliver("return1", b"<b/>")
    ministry.file("example.com", subject="京ICP备00000000号", site="京ICP备00000000号-1", name="站")
    ministry.passwords["京ICP备00000000号"] = "secret1"

    download = wire.download()

    assert wire.previous_upload() == PreviousReply(0)
    assert wire.upload(packed, 1) == UploadReply(0, "成功")
    assert wire.previous_upload() == PreviousReply(0, "", 1, packed.digest, "beianinfo1.xml")
    assert unwrap(download.file, wire.account.cipher) == b"<b/>"
    assert (download.code, download.file.name) == (1, "return1")
    assert wire.acknowledge("return1") == Reply(0)
    assert wire.download() == DownloadReply(2)
    assert wire.status(0, "example.com") == StatusReply(0, "", True, "京ICP备00000000号", "站", "京ICP备00000000号-1")
    assert wire.status(1, "91110000000000000X").filed is False
    assert wire.verify_password("京ICP备00000000号", "secret1") == PasswordReply(0, "", True)
    assert wire.verify_password("京ICP备00000000号", "other") == PasswordReply(0, "", False)
    assert ministry.uploads == [(1, "<?xml version='1.0' encoding='GBK'?><a>备案</a>".encode("gbk"))]


@pytest.mark.parametrize("dialect", [Dialect(soap_action="urn:act"), Dialect(soap_action="urn:act", soap="1.2")])
def test_the_soap_action_is_the_one_of_the_wsdl(opened, dialect):
    ministry = opened(dialect)

    Ministry().download()

    sent = ministry.calls[0].headers
    assert "urn:act" in (sent.get("SOAPAction") or sent["Content-Type"])


def test_each_call_hashes_the_password_again(ministry, wire):
    wire.download()
    wire.download()

    first, second = ministry.asked("isp_download")
    assert first["randVal"] != second["randVal"]
    assert [(call["ispId"], call["userName"], call["hashAlgorithm"]) for call in (first, second)] == [
        ("100077", "provider", "0")
    ] * 2
    assert first["pwdHash"] == base64.b64encode(hashlib.md5(("Passw0rd" + first["randVal"]).encode()).digest()).decode()


def test_a_file_is_sent_encrypted_and_marked_so(ministry, wire):
    packed = pack(b"<a/>", "beianinfo1.xml")

    wire.upload(packed, 1)

    (sent,) = ministry.asked("isp_upload")
    assert (sent["encryptAlgorithm"], sent["hashAlgorithm"], sent["compressionFormat"]) == ("1", "0", "0")
    assert sent["beianInfoHash"] == packed.digest
    assert base64.b64decode(sent["beianInfo"]) != packed.body


def test_a_file_is_sent_plain_if_the_settings_say_so_and_an_encrypted_one_is_still_read(settings, ministry):
    settings.MIIT_ENCRYPT = False
    wire = Ministry()
    packed = pack(b"<a/>", "beianinfo1.xml")
    ministry.deliver("r1", b"<b/>")

    wire.upload(packed, 1)

    (sent,) = ministry.asked("isp_upload")
    assert (sent["encryptAlgorithm"], base64.b64decode(sent["beianInfo"])) == ("0", packed.body)
    assert unwrap(wire.download().file, wire.account.cipher) == b"<b/>"


def test_a_gap_names_the_missing_numbers(ministry, wire):
    assert wire.upload(pack(b"<a/>", "beianinfo3.xml"), 3) == UploadReply(14, "", missing=(1, 2))
    assert ministry.uploads == []


@pytest.mark.parametrize("code", [4, 5, 12, 15, 20, 22, 901, 902, 999])
def test_a_refusal_is_a_reply_and_not_an_error(ministry, wire, code):
    for method in ("isp_upload", "isp_download", "isp_downloadack", "isp_querypreviousupload"):
        ministry.say(method, code=code, msg="八点")
    ministry.say("isp_querybeianstatus", code=code, msg="八点")
    ministry.say("isp_verifybamm", code=code, msg="八点")

    assert [
        wire.upload(pack(b"<a/>", "a.xml"), 1),
        wire.download(),
        wire.acknowledge("r1"),
        wire.previous_upload(),
        wire.status(0, "example.com"),
        wire.verify_password("京ICP备00000000号", "x"),
    ] == [
        UploadReply(code, "八点"),
        DownloadReply(code, "八点"),
        Reply(code, "八点"),
        PreviousReply(code, "八点"),
        StatusReply(code, "八点"),
        PasswordReply(code, "八点"),
    ]


def test_an_answer_in_cdata_is_read(ministry, wire):
    ministry.say("isp_downloadack", Raw(f"<![CDATA[{return_document(0, '好')}]]>"))

    assert wire.acknowledge("r1") == Reply(0, "好")


def test_an_answer_of_elements_instead_of_a_string_is_read(ministry, wire):
    ministry.say("isp_downloadack", Raw(return_document(0, "好").partition("\n")[2]))

    assert wire.acknowledge("r1") == Reply(0, "好")


def test_an_answer_in_mime_parts_is_read(ministry, wire):
    ministry.trouble("isp_downloadack", "mime")

    assert wire.acknowledge("r1") == Reply(0)


def test_a_file_of_many_megabytes_is_sent_and_received(ministry, wire):
    xml = b"<a>" + hashlib.shake_256(b"seed").hexdigest(6_000_000).encode() + b"</a>"
    packed = pack(xml, "beianinfo1.xml")
    ministry.deliver("r1", xml)

    assert len(packed.body) > 6_000_000
    assert wire.upload(packed, 1).code == 0
    assert ministry.uploads == [(1, xml)]
    assert unwrap(wire.download().file, wire.account.cipher) == xml


def test_a_lost_answer_is_retryable_and_the_last_upload_shows_that_it_arrived(ministry, wire):
    packed = pack(b"<a/>", "beianinfo1.xml")
    ministry.trouble("isp_upload", "drop_after")

    with pytest.raises(Retryable):
        wire.upload(packed, 1)

    assert wire.previous_upload() == PreviousReply(0, "", 1, packed.digest, "beianinfo1.xml")
    assert len(ministry.asked("isp_upload")) == 1


def test_a_client_without_settings_names_what_is_missing(settings):
    settings.MIIT_ISP_ID = 0

    with pytest.raises(ImproperlyConfigured, match="MIIT_ISP_ID"):
        Ministry()
