"""The three services as seen by any SOAP client."""

import base64
import re

import pytest
import requests
import zeep
from lxml import etree

from tests.demo.ministry.conftest import DOMAIN, NUMBER, PASSWORD, SITE
from tests.demo.ministry.provider import ENVELOPE, FILES, STATUS, VERIFY, access, code, document, encrypt, md5, zip_of

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
DOWNLOAD = "<isp_download>{}</isp_download>"


def raw(simulator, body, path=FILES, **headers):
    data = body if isinstance(body, bytes) else body.encode()
    return requests.post(simulator.url + path, data=data, headers={"Content-Type": "text/xml", **headers}, timeout=10)


def inner(text):
    return etree.fromstring(text.partition("?>")[2])


def fault_of(answer):
    assert answer.status_code == 500
    return etree.fromstring(answer.content).find(f".//{SOAP}Fault").findtext("faultcode")


@pytest.fixture
def arguments(provider):
    return {**provider.who(), "hashAlgorithm": 0}


def rows(arguments, prefix=""):
    return "".join(f"<{prefix}{name}>{value}</{prefix}{name}>" for name, value in arguments.items())


def test_an_independent_client_files_and_fetches_from_the_wsdl_alone(simulator, desk, provider):
    files = zeep.Client(f"{simulator.url}{FILES}?wsdl").service
    who = tuple(provider.who().values())
    body = zip_of(beianinfo1__xml=document(XZJR=access(SITE, 7, PASSWORD)))

    sent = files.isp_upload(*who, base64.b64encode(encrypt(body)).decode(), md5(body), 1, 1, 0, 0)
    desk.decide("1", "grant")
    fetched = inner(files.isp_download(*who, 0))
    acknowledged = inner(files.isp_downloadack(*who, 0, fetched.findtext(".//return_FileName")))
    previous = inner(files.isp_querypreviousupload(*who, hashAlgorithm=0))

    assert (code(inner(sent)), code(fetched), code(acknowledged)) == (0, 3, 0)
    assert previous.findtext(".//dataSequence") == "1"


def test_an_independent_client_queries_the_two_other_services_from_their_wsdl(simulator, provider):
    who = tuple(provider.who().values())
    status = zeep.Client(f"{simulator.url}{STATUS}?wsdl").service
    verify = zeep.Client(f"{simulator.url}{VERIFY}?WSDL").service

    assert inner(status.isp_querybeianstatus(*who, 0, 0, DOMAIN)).findtext(".//Ztbah") == NUMBER
    assert inner(verify.isp_verifybamm(*who, 0, NUMBER, PASSWORD)).findtext("VerifyRes") == "0"


@pytest.mark.parametrize("path", [FILES, STATUS, VERIFY])
@pytest.mark.parametrize("query", ["wsdl", "WSDL", "Wsdl"])
def test_the_wsdl_contains_the_address_of_its_request(simulator, path, query):
    there = simulator.url.replace("127.0.0.1", "localhost")

    answer = requests.get(f"{there}{path}?{query}", timeout=10)

    root = etree.fromstring(answer.content)
    assert root.find(".//{http://schemas.xmlsoap.org/wsdl/soap/}address").get("location") == there + path
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"


def test_arguments_have_the_names_and_order_of_the_ministrys_document(simulator):
    root = etree.fromstring(requests.get(f"{simulator.url}{FILES}?wsdl", timeout=10).content)
    upload = root.find(".//{http://www.w3.org/2001/XMLSchema}element[@name='isp_upload']")

    names = [one.get("name") for one in upload.iter("{http://www.w3.org/2001/XMLSchema}element")][1:]
    assert names == [
        "ispId", "userName", "randVal", "pwdHash", "beianInfo", "beianInfoHash", "dataSequence", "encryptAlgorithm",
        "hashAlgorithm", "compressionFormat",
    ]  # fmt: skip


@pytest.mark.parametrize("query", ["", "?wsd", "?xsd=1"])
def test_a_get_without_wsdl_is_not_answered_with_one(simulator, query):
    answer = requests.get(simulator.url + FILES + query, timeout=10)

    assert (answer.status_code, "definitions" in answer.text) == (405, False)


@pytest.mark.parametrize("spelling", ["ispId", "ispID", "ISPID"])
def test_every_spelling_of_the_providers_id_is_understood(simulator, desk, arguments, spelling):
    arguments[spelling] = arguments.pop("ispId")

    answer = raw(simulator, ENVELOPE.format(DOWNLOAD.format(rows(arguments))))

    assert code(inner(etree.fromstring(answer.content).findtext(".//return"))) == 2


@pytest.mark.parametrize(
    "shape",
    [
        '<isp_download xmlns="urn:any:thing">{plain}</isp_download>',
        '<x:isp_download xmlns:x="urn:icp-simulator:v3">{prefixed}</x:isp_download>',
        '<x:isp_download xmlns:x="http://some.other/namespace">{plain}</x:isp_download>',
        "<isp_download>{reversed}</isp_download>",
        "<isp_download><!-- a remark -->\n {plain} <later>1</later></isp_download>",
    ],
)
@pytest.mark.parametrize("action", [None, "", '"urn:nothing"'])
def test_arguments_may_be_qualified_or_not_in_any_order_with_any_soap_action(simulator, desk, arguments, shape, action):
    turned = dict(reversed(arguments.items()))
    parts = {"plain": rows(arguments), "prefixed": rows(arguments, "x:"), "reversed": rows(turned)}
    headers = {} if action is None else {"SOAPAction": action}

    answer = raw(simulator, ENVELOPE.format(shape.format(**parts)), **headers)

    assert code(inner(etree.fromstring(answer.content).findtext(".//return"))) == 2


def test_a_chunked_body_is_read_completely(simulator, desk, arguments):
    body = ENVELOPE.format(DOWNLOAD.format(rows(arguments))).encode()

    answer = requests.post(simulator.url + FILES, data=iter([body[:50], body[50:]]), timeout=10)

    assert code(inner(etree.fromstring(answer.content).findtext(".//return"))) == 2


def test_the_returned_string_declares_gbk_and_travels_in_utf8(simulator, desk):
    desk.add_filing(
        number="宁ICP备00000001号", province="64", id_type_code=2, id_number="649999198502140009", password="x",
        lead={"name": "𠮷", "mobile": "13900000001", "id_number": "1"},
        administrator={"name": "𠮷", "mobile": "13900000001", "id_number": "1"},
        sites=[{"domain": "rare.example.cn", "name": "𠮷野·示例"}],
    )  # fmt: skip
    from tests.demo.ministry.provider import Provider

    provider = Provider(simulator.url)
    asked = {**provider.who(), "hashAlgorithm": 0, "queryConditionType": 0, "queryCondition": "rare.example.cn"}
    answer = provider.post("isp_querybeianstatus", asked)

    text = etree.fromstring(answer.content).findtext(".//return")
    assert answer.content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    assert re.match(r'<\?xml version="1\.0" encoding="GBK"\?>\s*<return version="V\.3\.0">', text)
    text.encode("gbk")  # the character missing in GBK is a reference
    assert inner(text).findtext(".//Wzmc") == "𠮷野·示例"


BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "{}">]>{}'


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("", "soap:Client"),
        ("nothing like XML", "soap:Client"),
        ("<a/>", "soap:Client"),
        (ENVELOPE.format(""), "soap:Client"),
        (ENVELOPE.replace("<s:Body>{}</s:Body>", ""), "soap:Client"),
        (ENVELOPE.format("<isp_unknown/>"), "soap:Client"),
        (ENVELOPE.format("<isp_verifybamm/>"), "soap:Client"),  # another service's
        (ENVELOPE.replace("schemas.xmlsoap.org/soap/envelope/", "www.w3.org/2003/05/soap-envelope"),
         "soap:VersionMismatch"),
        (ENVELOPE.replace('<?xml version="1.0" encoding="UTF-8"?>', '<!DOCTYPE a [<!ENTITY b "c">]>'), "soap:Client"),
    ],
)  # fmt: skip
def test_only_a_malformed_envelope_gets_a_fault(simulator, body, says):
    assert fault_of(raw(simulator, body)) == says


def test_a_call_without_arguments_is_refused_in_the_returned_string_not_with_a_fault(simulator, desk):
    answer = raw(simulator, ENVELOPE.format("<isp_download/>"))

    assert (answer.status_code, code(inner(etree.fromstring(answer.content).findtext(".//return")))) == (200, 4)


def test_entities_from_files_are_never_read(simulator, arguments):
    body = ENVELOPE.format(DOWNLOAD.format(rows(arguments) + "<later>&b;</later>"))
    body = body.replace("?>", '?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>', 1)

    answer = raw(simulator, body)

    assert fault_of(answer) == "soap:Client"
    assert "root:" not in answer.text


def test_more_than_eighty_megabytes_are_refused(simulator):
    assert raw(simulator, b"<" * (80 * 1024 * 1024 + 1)).status_code in (400, 413)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
def test_other_http_methods_are_refused(simulator, method):
    assert requests.request(method, simulator.url + FILES, timeout=10).status_code == 405
