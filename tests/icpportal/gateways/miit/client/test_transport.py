"""Every failure of a server is `Retryable`, in time, and leaves no personal data behind."""

import logging
import os
import threading
import time
from contextlib import suppress

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icpportal.gateways.errors import Retryable
from icpportal.gateways.miit.client import client, transport
from icpportal.gateways.miit.client.client import Ministry
from icpportal.gateways.miit.client.crypto import pack
from icpportal.gateways.request_budget import request_budget
from icpportal.logs import logging_settings
from tests.icpportal.gateways.miit.client.server import FakeMinistryServer
from tests.icpportal.gateways.miit.client.wsdl_text import Dialect
from tests.pairs import pairs

PACKED = pack(b"<a/>", "beianinfo1.xml")
QUICK = (
    "drop",
    "drop_after",
    "http_500",
    "http_500_fault",
    "http_404",
    "fault",
    "html",
    "empty",
    "garbage",
    "truncated",
    "redirect",
    "entities",
)
ASKED = {
    "isp_upload": lambda wire: wire.upload(PACKED, 1),
    "isp_download": lambda wire: wire.download(),
    "isp_downloadack": lambda wire: wire.acknowledge("r1"),
    "isp_querypreviousupload": lambda wire: wire.previous_upload(),
    "isp_querybeianstatus": lambda wire: wire.status(0, "example.com"),
    "isp_verifybamm": lambda wire: wire.verify_password("京ICP备00000000号", "secret1"),
}


def took(call):
    began = time.monotonic()
    with pytest.raises(Retryable):
        call()
    return time.monotonic() - began


def calls_going_on():
    return [thread for thread in threading.enumerate() if thread.name == "gateway-call"]


@pytest.mark.parametrize(("method", "trouble"), pairs(ASKED, QUICK))
def test_nonsense_is_retryable_and_the_next_call_works(ministry, wire, method, trouble):
    ministry.trouble(method, trouble)

    with pytest.raises(Retryable):
        ASKED[method](wire)

    assert len(ministry.asked(method)) == 1
    assert wire.status(0, "example.com").code == 0
    assert wire.download().code == 2


@pytest.mark.parametrize("dialect", [Dialect(soap="1.2"), Dialect(style="rpc")], ids=["soap 1.2", "rpc"])
@pytest.mark.parametrize("trouble", ["fault", "http_500_fault"])
def test_a_fault_of_any_binding_is_retryable(opened, dialect, trouble):
    opened(dialect).trouble("isp_download", trouble)

    with pytest.raises(Retryable, match="fault"):
        Ministry().download()


@pytest.mark.parametrize("trouble", ["fault", "http_500_fault"])
def test_the_words_of_a_fault_are_not_passed_on(ministry, wire, caplog, trouble):
    ministry.trouble("isp_verifybamm", trouble)

    with pytest.raises(Retryable) as problem:
        wire.verify_password("京ICP备00000000号", "secret1")

    assert "Zhang San" not in f"{problem.value!r} {problem.value.__cause__!r} {caplog.text}"


@pytest.mark.parametrize("trouble", ["stall", "drip", "drip_head"])
@pytest.mark.parametrize("method", ["isp_querybeianstatus", "isp_verifybamm"])
def test_a_call_ends_within_the_time_given(ministry, method, trouble):
    wire = Ministry()
    question = {
        "isp_querybeianstatus": lambda seconds: wire.status(0, "example.com", timeout=seconds),
        "isp_verifybamm": lambda seconds: wire.verify_password("京ICP备00000000号", "x", timeout=seconds),
    }[method]
    question(2)  # reads the WSDL
    ministry.trouble(method, trouble)

    assert 0.4 < took(lambda: question(0.5)) < 1


def test_a_call_never_takes_longer_than_its_request(settings, ministry, wire):
    settings.GATEWAY_REQUEST_SECONDS = 0.6
    ministry.trouble("isp_querybeianstatus", "stall", times=2)

    def both():
        with request_budget():
            with pytest.raises(Retryable):
                wire.status(0, "a.example.com")
            wire.status(0, "b.example.com")

    assert took(both) < 1.2


@pytest.mark.parametrize("trouble", ["stall", "drip", "drip_head"])
def test_a_file_transfer_ends_within_the_time_of_the_settings(settings, ministry, trouble):
    settings.MIIT_FILES_SECONDS = 0.6
    wire = Ministry()
    wire.download()
    ministry.trouble("isp_download", trouble)

    assert 0.5 < took(wire.download) < 1.2


@pytest.mark.parametrize("trouble", ["stall", "drip"])
def test_reading_the_wsdl_counts_too(ministry, wire, trouble):
    ministry.trouble("wsdl", trouble)

    assert took(lambda: wire.status(0, "example.com", timeout=0.5)) < 1


def test_a_late_call_is_cut_off_and_leaves_no_thread(ministry, wire):
    before = set(calls_going_on())  # those of another test, which end by themselves
    wire.status(0, "example.com")
    ministry.trouble("isp_querybeianstatus", "drip")

    took(lambda: wire.status(0, "example.com", timeout=0.3))

    ends = time.monotonic() + 2
    while set(calls_going_on()) - before and time.monotonic() < ends:
        time.sleep(0.02)
    assert set(calls_going_on()) - before == set()


def test_an_unreachable_address_is_retryable(settings, ministry):
    wire = Ministry()
    ministry.__exit__()

    assert took(wire.download) < 2


def test_a_silent_address_costs_the_connect_timeout(settings, ministry):
    settings.MIIT_CONNECT_SECONDS = 0.3
    settings.MIIT_FILES_URL = "http://10.255.255.1/ISPWebService/upDownLoad"

    assert took(Ministry().download) < 1.5


@pytest.mark.parametrize("address", ["", "no address", "ftp://127.0.0.1/", "http://", "http://[::1", "http://a..b/"])
@pytest.mark.parametrize("setting", ["MIIT_FILES_URL", "MIIT_FILES_WSDL"])
def test_an_invalid_address_is_retryable(settings, ministry, setting, address):
    setattr(settings, setting, address)

    with pytest.raises(Retryable):
        Ministry().download()


def test_the_source_address_is_the_one_in_the_settings(settings, ministry):
    settings.MIIT_SOURCE_ADDRESS = "127.0.0.9"

    Ministry().download()

    assert [call.client for call in ministry.calls] == ["127.0.0.9"]


def test_a_source_address_this_machine_does_not_have_is_retryable(settings, ministry):
    settings.MIIT_SOURCE_ADDRESS = "203.0.113.7"

    with pytest.raises(Retryable):
        Ministry().download()


@pytest.mark.parametrize("method", ["isp_download", "isp_verifybamm", "wsdl"])
def test_a_redirect_is_not_followed(ministry, method):
    with FakeMinistryServer() as elsewhere:
        ministry.elsewhere = elsewhere.base + "/ISPWebService/upDownLoad?wsdl"
        ministry.trouble(method, "redirect")

        with pytest.raises(Retryable):
            ASKED["isp_verifybamm" if method == "isp_verifybamm" else "isp_download"](Ministry())

    assert (elsewhere.gets, elsewhere.calls) == ([], [])


def test_proxies_in_the_environment_are_ignored(monkeypatch, ministry, wire):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    assert wire.download().code == 2


def test_an_endless_answer_is_given_up(monkeypatch, ministry, wire):
    monkeypatch.setattr(client, "FILE_LARGEST", 3_000_000)
    ministry.trouble("isp_querybeianstatus", "huge")
    ministry.trouble("isp_download", "huge")

    with pytest.raises(Retryable, match="too long"):
        wire.status(0, "example.com", timeout=5)
    with pytest.raises(Retryable, match="too long"):
        wire.download()


def test_a_server_that_reads_slowly_has_more_time_than_the_connect_timeout(settings, ministry):
    settings.MIIT_CONNECT_SECONDS = 0.3
    wire = Ministry()
    wire.download()
    ministry.reads_after = 0.8

    assert wire.upload(pack(os.urandom(12_000_000), "beianinfo1.xml"), 1).code == 0


ENVELOPE = Dialect().response("isp_download", "&lt;return>&lt;msg_code>2&lt;/msg_code>&lt;/return>").encode()


@hypothesis.settings(max_examples=200)
@given(
    place=st.integers(0, len(ENVELOPE)),
    other=st.binary(max_size=20) | st.sampled_from([b"--", b"\0", b"<!DOCTYPE a>", b"&#0;", b"</"]),
    status=st.sampled_from([200, 202, 302, 404, 500, 503]),
    huge=st.booleans(),
)
def test_any_bytes_are_a_string_or_retryable(place, other, status, huge):
    for body in (other, ENVELOPE[:place] + other + ENVELOPE[place:], other + ENVELOPE):
        with suppress(Retryable):
            assert isinstance(transport._envelope_text(status, transport._first_part(body), huge=huge), str)


def test_the_log_has_one_line_per_call_without_secrets(ministry, wire, caplog):
    caplog.set_level(logging.DEBUG)
    ministry.deliver("r1", b"<b>secret2</b>")
    ministry.file("example.com", subject="京ICP备00000000号", name="站")
    ministry.passwords["京ICP备00000000号"] = "secret1"

    for ask in ASKED.values():
        ask(wire)

    ours = [record for record in caplog.records if record.name.startswith("icpportal")]
    assert [(record.method, record.code) for record in ours] == [
        ("isp_upload", 0),
        ("isp_download", 1),
        ("isp_downloadack", 0),
        ("isp_querypreviousupload", 0),
        ("isp_querybeianstatus", 0),
        ("isp_verifybamm", 0),
    ]
    assert [record.sequence for record in ours if hasattr(record, "sequence")] == [1]
    assert all(isinstance(record.milliseconds, int) for record in ours)
    everything = " ".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    sent = [value for call in ministry.calls for value in call.arguments.values() if len(value) > 6]
    for secret in ("Passw0rd", "secret1", "secret2", "ICP备", "example.com", "Envelope", *sent):
        assert secret not in everything


def test_a_failure_is_one_log_line_too(ministry, wire, caplog):
    ministry.trouble("isp_upload", "http_500")

    took(lambda: wire.upload(PACKED, 1))

    (line,) = caplog.records
    assert (line.levelname, line.method, line.sequence) == ("WARNING", "isp_upload", 1)
    assert line.reason == "the ministry answered 500"


def test_the_libraries_never_log_at_debug():
    loggers = logging_settings(readable=False, level="DEBUG")["loggers"]

    assert (loggers["zeep"]["level"], loggers["urllib3"]["level"]) == ("WARNING", "WARNING")


def test_night_shift_reads_in_words_that_nothing_connects_to_the_ministry(wire):
    with pytest.raises(Retryable, match="the ministry did not answer: no connection"):
        transport.MinistrySession(wire.account, 2).get("http://127.0.0.1:9/", 10)
