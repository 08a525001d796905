"""A WSDL is read once, from its own address, and again when it turned out to be wrong."""

import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from icpportal.gateways.errors import Retryable
from icpportal.gateways.miit.client.client import Ministry
from tests.icpportal.gateways.miit.client.server import FILES
from tests.icpportal.gateways.miit.client.wsdl_text import Dialect

MAIN = f"{FILES}?wsdl"


@dataclass(frozen=True)
class Written(Dialect):
    """A dialect whose main document has one thing replaced."""

    old: str = ""
    new: str = ""

    def wsdl(self, path, base):
        return super().wsdl(path, base).replace(self.old, self.new) if self.old else super().wsdl(path, base)


def on_disk(ministry, folder):
    """The WSDL in files, with relative imports."""
    for name, text in (
        ("main.wsdl", ministry.dialect.wsdl(FILES, ministry.base)),
        ("port.wsdl", ministry.dialect.port_document(FILES, ministry.base)),
        ("types.xsd", ministry.dialect.schema(FILES)),
    ):
        relative = text.replace(f"{ministry.base}{FILES}?wsdl=port.wsdl", "port.wsdl")
        relative = relative.replace(f"{ministry.base}{FILES}?xsd=1", "types.xsd")
        (folder / name).write_text(relative, "utf-8")
    return folder / "main.wsdl"


def test_a_wsdl_is_read_once_for_many_clients(ministry):
    for _ in range(3):
        Ministry().download()

    assert ministry.gets == [MAIN]


def test_concurrent_threads_read_it_once_and_mix_nothing_up(ministry):
    said, start = [], threading.Barrier(8)

    def ask(number):
        start.wait()
        for turn in range(5):
            domain = f"d{number}-{turn}.example.com"
            reply = Ministry().status(0, domain)
            said.append((reply.site_name == domain) and reply.filed)

    for number in range(8):
        for turn in range(5):
            domain = f"d{number}-{turn}.example.com"
            ministry.file(domain, subject="京ICP备00000000号", name=domain)
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert said == [True] * 40
    assert len(ministry.gets) == 1


def test_a_wsdl_that_was_unavailable_is_read_when_available(ministry, wire):
    ministry.wsdl_down = True
    with pytest.raises(Retryable):
        wire.download()
    ministry.wsdl_down = False

    assert wire.download().code == 2
    assert ministry.gets == [MAIN, MAIN]


def test_a_wsdl_read_before_is_used_while_it_is_unavailable(ministry, wire):
    wire.download()
    ministry.wsdl_down = True

    assert wire.download().code == 2


@pytest.mark.parametrize("trouble", ["fault", "http_500_fault", "http_404"])
def test_a_message_not_understood_causes_the_wsdl_to_be_read_again(ministry, wire, trouble):
    ministry.trouble("isp_download", trouble)
    with pytest.raises(Retryable):
        wire.download()

    assert wire.download().code == 2
    assert ministry.gets == [MAIN, MAIN]


@pytest.mark.parametrize("trouble", ["http_500", "html", "drop"])
def test_an_outage_does_not_discard_the_wsdl(ministry, wire, trouble):
    ministry.trouble("isp_download", trouble)
    with pytest.raises(Retryable):
        wire.download()

    assert wire.download().code == 2
    assert ministry.gets == [MAIN]


def test_a_method_added_later_is_found_then(opened):
    ministry = opened(Written(old="isp_download", new="isp_other"))
    wire = Ministry()
    with pytest.raises(Retryable, match="has no isp_download"):
        wire.download()
    ministry.dialect = Dialect()

    assert wire.download().code == 2


@pytest.mark.parametrize("dialect", [Dialect(), Dialect(imports=True), Dialect(imports=True, qualified=True)])
@pytest.mark.parametrize("prefix", ["", "file://"])
def test_a_wsdl_can_be_a_file_with_its_imports_beside_it(settings, opened, tmp_path, dialect, prefix):
    ministry = opened(dialect)
    settings.MIIT_FILES_WSDL = f"{prefix}{on_disk(ministry, tmp_path)}"

    assert Ministry().download().code == 2
    assert ministry.gets == []


def test_a_missing_file_is_retryable(settings, ministry, tmp_path):
    settings.MIIT_FILES_WSDL = str(tmp_path / "none.wsdl")

    with pytest.raises(Retryable):
        Ministry().download()


@pytest.mark.parametrize("target", ["../secret.wsdl", "http://127.0.0.1:9/x.wsdl", "{base}/x?wsdl"])
def test_a_wsdl_file_imports_only_files_beside_it(settings, opened, tmp_path, target):
    ministry = opened(Dialect(imports=True))
    (tmp_path / "inside").mkdir()
    path = on_disk(ministry, tmp_path / "inside")
    on_disk(ministry, tmp_path)
    (tmp_path / "port.wsdl").rename(tmp_path / "secret.wsdl")
    text = path.read_text("utf-8").replace("port.wsdl", target.format(base=ministry.base))
    path.write_text(text, "utf-8")
    settings.MIIT_FILES_WSDL = str(path)

    with pytest.raises(Retryable):
        Ministry().download()
    assert (ministry.gets, ministry.calls) == ([], [])


@pytest.mark.parametrize("scheme", ["file://", ""])
def test_a_wsdl_from_the_network_never_opens_a_file(opened, tmp_path, scheme):
    ministry = opened(Dialect(imports=True))
    on_disk(ministry, tmp_path)
    good = f"{ministry.base}{FILES}?wsdl=port.wsdl"
    ministry.dialect = Written(imports=True, old=good, new=f"{scheme}{tmp_path}/port.wsdl")

    with pytest.raises(Retryable):
        Ministry().download()
    assert ministry.calls == []


def test_an_import_from_another_host_is_requested_from_the_wsdls_own(opened):
    elsewhere = opened()
    ministry = opened(Dialect(imports=True, own_address=elsewhere.base))

    assert Ministry().download().code == 2
    assert elsewhere.gets == []
    assert ministry.gets == [MAIN, f"{FILES}?wsdl=port.wsdl", f"{FILES}?xsd=1"]


def test_the_schema_of_a_standard_is_not_downloaded(opened):
    standard = """<wsdl:types><xsd:schema><xsd:import namespace="http://www.w3.org/XML/1998/namespace"
      schemaLocation="http://www.w3.org/2001/xml.xsd"/></xsd:schema>"""
    ministry = opened(Written(old="<wsdl:types>", new=standard))

    assert Ministry().download().code == 2
    assert ministry.gets == [MAIN]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<wsdl:definitions", '<!DOCTYPE x [<!ENTITY e "x">]><wsdl:definitions'),
        ("<wsdl:definitions", '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><wsdl:definitions'),
        ("wsdl:", ""),
        ('type="tns:Ministry"', 'type="tns:Nobody"'),
        ("http://schemas.xmlsoap.org/soap/http", "http://schemas.xmlsoap.org/soap/smtp"),
        ("wsdl:binding", "wsdl:nothing"),
        ("xsd:string", "xsd:mystery"),
    ],
)
def test_an_unusable_wsdl_is_retryable_and_nothing_is_sent(opened, old, new):
    ministry = opened(Written(old=old, new=new))

    with pytest.raises(Retryable):
        Ministry().download()
    assert ministry.calls == []


def test_a_wsdl_with_endless_imports_is_given_up(opened):
    endless = "".join(
        f'<wsdl:import namespace="u:{n}" location="/ISPWebService/upDownLoad?wsdl&amp;n={n}"/>' for n in range(50)
    )
    ministry = opened(Written(old="<wsdl:types>", new=f"{endless}<wsdl:types>"))

    with pytest.raises(Retryable):
        Ministry().download()
    assert len(ministry.gets) == 20


def test_no_schema_of_the_ministry_is_in_the_project():
    found = [path for path in Path("icpportal").rglob("*") if path.suffix in (".xsd", ".wsdl")]

    assert found == []
