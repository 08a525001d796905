"""The fault switches: each as the client sees it, until it is lifted."""

import base64
import time

import pytest
import requests

from demo.ministry.api.client import NotDone
from tests.demo.ministry.conftest import NUMBER, PASSWORD, SITE
from tests.demo.ministry.provider import PASSWORD as ACCOUNT_PASSWORD
from tests.demo.ministry.provider import USER, access, code, document, md5

XML = document(XZJR=access(SITE, 7, PASSWORD))
ASKED = {
    "upload": lambda provider: provider.upload(XML, 1),
    "download": lambda provider: provider.ask("isp_download"),
    "acknowledge": lambda provider: provider.ask("isp_downloadack", fileName="x"),
    "previous": lambda provider: provider.ask("isp_querypreviousupload"),
    "status": lambda provider: provider.ask("isp_querybeianstatus", queryConditionType=0, queryCondition="a.cn"),
    "password": lambda provider: provider.ask("isp_verifybamm", baxh=NUMBER, bamm=PASSWORD),
}


def raw(provider):
    return provider.post("isp_download", {**provider.who(), "hashAlgorithm": 0})


@pytest.mark.parametrize("method", ASKED)
def test_a_method_that_is_down_drops_the_connection_and_the_others_work(desk, provider, method):
    desk.fault(method, "down")
    with pytest.raises(requests.ConnectionError):
        ASKED[method](provider)
    others = [code(ask(provider)) for name, ask in ASKED.items() if name not in (method, "acknowledge")]
    desk.fault(method, "down", on=False)

    assert all(returned in (0, 2) for returned in others)
    assert code(ASKED[method](provider)) in (0, 2, 14, 999)


def test_every_method_can_be_down(desk, provider):
    desk.fault("all", "down")
    for ask in ASKED.values():
        with pytest.raises(requests.ConnectionError):
            ask(provider)
    desk.lift_faults()

    assert code(ASKED["upload"](provider)) == 0  # and nothing was stored in between


def test_a_slow_method_answers_after_its_seconds(desk, provider):
    desk.fault("download", "slow", value=1)
    began = time.monotonic()
    answer = code(ASKED["download"](provider))
    slow = time.monotonic() - began

    assert (answer, slow >= 1) == (2, True)


def test_an_http_error_has_the_status_that_was_set(desk, provider):
    desk.fault("download", "http")
    first = raw(provider).status_code
    desk.fault("download", "http", value=404)

    assert (first, raw(provider).status_code) == (500, 404)


def test_garbage_is_a_page_instead_of_an_answer(desk, provider):
    desk.fault("download", "garbage")

    answer = raw(provider)
    assert (answer.status_code, answer.headers["Content-Type"], "502 Bad Gateway" in answer.text) == (
        200, "text/html", True,
    )  # fmt: skip


@pytest.mark.parametrize("returned", [4, 5, 12, 15, 19, 20, 22, 999, 777])
@pytest.mark.parametrize("method", ["upload", "password"])
def test_any_code_can_be_answered_and_nothing_happens(desk, provider, method, returned):
    desk.fault(method, "code", value=returned)
    told = code(ASKED[method](provider))
    desk.lift_faults()

    assert (told, desk.status()["last_sequence"]) == (returned, 0)


def test_code_20_from_a_switch_names_hours_too(desk, provider):
    desk.fault("upload", "code", value=20)

    assert provider.upload(XML, 1).findtext("msg").startswith("不在允许的报备时段")


def test_a_wrong_sequence_claims_a_number_that_is_not_missing(desk, provider):
    desk.fault("upload", "sequence", value=41)
    answer = provider.upload(XML, 1)
    desk.lift_faults()

    assert (code(answer), [one.text for one in answer.iter("dataSequence")]) == (14, ["41"])
    assert provider.uploaded(XML, 1) == 0


def test_an_upload_can_arrive_while_its_answer_is_lost(desk, provider):
    desk.fault("upload", "lost", times=1)
    with pytest.raises(requests.ConnectionError):
        provider.upload(XML, 1)

    previous = ASKED["previous"](provider)
    assert (previous.findtext(".//dataSequence"), len(desk.reports())) == ("1", 1)
    assert provider.uploaded(XML, 1) == 14


def test_the_answer_of_a_refusal_is_not_lost(desk, provider):
    desk.fault("upload", "lost")

    assert provider.uploaded(XML, 5) == 14


def test_a_wrong_hash_comes_with_the_file_until_the_switch_is_lifted(desk, provider):
    desk.push("JCDM")
    provider.upload(XML, 1)
    desk.fault("download", "hash")
    desk.fault("previous", "hash")
    wrong = provider.download()
    previous = ASKED["previous"](provider)
    desk.lift_faults()

    assert wrong.digest != provider.download().digest
    assert previous.findtext(".//beianInfoHash") == wrong.digest
    assert provider.download().root.tag == "DownloadData"


def test_a_truncated_zip_has_the_right_hash_for_its_bytes(desk, provider):
    desk.push("JCDM")
    desk.conduct(encrypt=False)
    desk.fault("download", "cut", times=1)
    cut, whole = provider.download(), provider.download()

    assert (cut.digest, cut.body) == (md5(cut.body), whole.body[: len(whole.body) // 2])


def test_it_can_ask_to_continue_without_sending_a_file(desk, provider):
    desk.push("JCDM")
    desk.fault("download", "bare", times=2)

    assert [provider.download(), provider.download()] == [3, 3]
    assert provider.download().root.tag == "DownloadData"


def test_a_file_can_be_sent_again_after_its_acknowledgement(desk, provider):
    first, second = desk.push("JCDM")["name"], desk.push("XGTZ")["name"]
    desk.fault("acknowledge", "again")
    names = []
    while not isinstance(file := provider.download(), int):
        names.append(file.name)
        assert provider.acknowledge(file.name) == 0

    assert names == [first, first, second, second]


@pytest.mark.parametrize("method", ASKED)
def test_answers_can_have_elements_that_no_document_names(desk, provider, method):
    desk.fault("all", "extra")
    odd = ASKED[method](provider)
    desk.lift_faults()

    assert odd.find(".//xzd") is not None
    assert ASKED[method](provider).find(".//xzd") is None


def test_files_can_have_elements_that_no_document_names(desk, provider):
    desk.fault("download", "extra_in_file", times=1)
    desk.push("BASJ", number=NUMBER)
    desk.push("BASJ", number=NUMBER)

    odd, plain = provider.everything()
    assert (odd.findtext(".//Zt_xx/Xzd"), plain.find(".//Xzd")) == ("后来版本的字段", None)
    assert odd.findtext(".//Baxh") == plain.findtext(".//Baxh")


def test_a_result_can_have_an_unknown_code_or_several_codes(desk, provider):
    desk.fault("download", "unknown_code", times=1)
    provider.upload(document(XZJR=access(SITE, 7, "wrong")), 1)
    desk.reports()
    desk.fault("download", "several", times=1)
    provider.upload(document(XZJR=access(SITE, 8, "wrong")), 2)
    desk.reports()
    provider.upload(document(XZJR=access(SITE, 9, "wrong")), 3)

    codes = [[one.text for one in root.iter("Jgdm")] for root in provider.everything()]
    assert codes == [["9876"], ["1018", "1999"], ["1018"]]


def test_the_verdict_on_a_password_can_have_white_space_around_it(desk, provider):
    desk.fault("password", "padded")
    padded = provider.verify(NUMBER, PASSWORD)[1]
    desk.lift_faults()

    assert (padded, padded.strip(), provider.verify(NUMBER, PASSWORD)[1]) == ("\n    0\n  ", "0", "0")


def test_the_extension_for_phones_has_its_switches_too(simulator, desk, provider):
    provider.upload(XML, 1)

    def asked():
        auth = (USER, ACCOUNT_PASSWORD)
        return requests.get(f"{simulator.url}/phones/100001/7", auth=auth, timeout=10)

    desk.fault("phones", "http", value=503)
    broken = asked().status_code
    desk.lift_faults()
    desk.fault("phones", "garbage")
    nonsense = asked().headers["Content-Type"]
    desk.lift_faults()

    assert (broken, nonsense, asked().status_code) == (503, "text/html", 200)


def test_a_limited_fault_strikes_only_so_often(desk, provider):
    desk.fault("download", "code", value=15, times=2)
    told = [code(ASKED["download"](provider)) for _ in range(4)]

    assert told == [15, 15, 2, 2]


def test_a_random_fault_strikes_some_of_the_calls(desk, provider):
    desk.fault("download", "code", value=15, percent=50)
    told = [code(ASKED["download"](provider)) for _ in range(40)]
    desk.fault("download", "code", value=15, percent=0)

    assert {15, 2} == set(told)
    assert code(ASKED["download"](provider)) == 2


@pytest.mark.parametrize(
    ("method", "kind", "value"),
    [("nobody", "down", ""), ("status", "maintenance", ""), ("upload", "slow", "long")],
)
def test_an_unknown_switch_is_refused(desk, method, kind, value):
    with pytest.raises(NotDone):
        desk.fault(method, kind, value=value)
    assert desk.faults() == []


def test_a_fault_that_nobody_knows_is_answered_with_those_that_there_are(desk):
    with pytest.raises(NotDone, match="there is no fault nope: choose one of .*slow"):
        desk.fault("all", "nope")
    assert desk.faults() == []


def test_files_are_complete_while_other_switches_are_on(desk, provider):
    desk.fault("status", "down")
    desk.push("JCDM")

    info = ASKED["download"](provider)
    assert base64.b64decode(info.findtext(".//beianInfo"))
    assert provider.download().root.tag == "DownloadData"
