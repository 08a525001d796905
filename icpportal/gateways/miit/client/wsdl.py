"""The WSDLs of the services, read once a process, and the messages that zeep builds from them."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import zeep
from lxml import etree
from zeep.proxy import ServiceProxy
from zeep.wsdl.bindings import soap

from icpportal.gateways.errors import Retryable

# forbid_external would also forbid the second part of a WSDL; `WsdlDocuments` says what may be loaded
SETTINGS = zeep.Settings(
    strict=False, raw_response=True, forbid_dtd=True, forbid_entities=True, forbid_external=False, force_https=False
)
PAPERS_MOST = 20  # documents of one WSDL
STANDARDS = {"www.w3.org", "schemas.xmlsoap.org"}  # often imported, never needed by six methods with strings
EMPTY_SCHEMA = b'<schema xmlns="http://www.w3.org/2001/XMLSchema"/>'
Fetch = Callable[[str], bytes]


class WsdlError(Retryable):
    """They rejected the message as it was built: the WSDL is read again before the next one."""


@dataclass(frozen=True)
class Message:
    """An envelope as sent."""

    body: bytes
    headers: dict[str, str]


class WsdlDocuments:
    """The documents of one WSDL and no others: from the first one's host, whatever addresses they name."""

    def __init__(self, location: str, fetch: Fetch) -> None:
        self.first, self.fetch, self.loaded = location, fetch, 0

    def load(self, location: str) -> bytes:
        """One document, by the name zeep gives it."""
        self.loaded += 1
        if self.loaded > PAPERS_MOST:
            raise Retryable("the WSDL imports too much")
        here, there = urlsplit(self.first), urlsplit(location)
        if there.hostname in STANDARDS:
            return EMPTY_SCHEMA
        if here.scheme not in ("http", "https"):
            return self._file(location)
        # servers behind proxies name addresses that only they can reach, so even files are fetched from the first host
        return self.fetch(urlunsplit((here.scheme, here.netloc, there.path, there.query, "")))

    def post_xml(self, _address: str, envelope: etree._Element, headers: dict[str, str]) -> Message:
        """Called by zeep when a message is built: it is sent later, outside the lock."""
        return Message(etree.tostring(envelope, encoding="utf-8", xml_declaration=True), headers)

    def _file(self, location: str) -> bytes:
        path = Path(location).resolve()
        if not path.is_relative_to(Path(self.first).resolve().parent):
            raise Retryable("the WSDL imports what is not its own")
        return path.read_bytes()


Argument = str | int | bytes  # argument of a method


class Interface:
    """One parsed WSDL. zeep is not thread-safe, so one thread at a time builds a message."""

    def __init__(self, location: str, fetch: Fetch) -> None:
        self.lock = threading.Lock()
        papers: Any = WsdlDocuments(location, fetch)
        document = zeep.wsdl.Document(location, papers, settings=SETTINGS)
        self.client = zeep.Client(document, transport=papers, settings=SETTINGS)

    def message(self, method: str, arguments: tuple[Argument, ...], address: str) -> Message:
        """The envelope for a method, in the first SOAP binding that has it."""
        with self.lock, _wsdl_errors("cannot be written"):
            for binding in self._bindings():
                for name in binding.all():
                    if name.lower() == method.lower():
                        return ServiceProxy(self.client, binding, address=address)[name](*arguments)
        raise WsdlError(f"the WSDL has no {method}")

    def _bindings(self) -> Iterator[soap.SoapBinding]:
        document = self.client.wsdl
        ports = [port.binding for service in document.services.values() for port in service.ports.values()]
        for binding in (*ports, *document.bindings.values()):
            if isinstance(binding, soap.SoapBinding):
                yield binding


class InterfaceCache:
    """The interfaces this process has read, one lock each, so that a slow service delays no other."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.read: dict[str, Interface] = {}
        self.reading: dict[str, threading.Lock] = {}

    @contextmanager
    def alone(self, location: str, seconds: float) -> Iterator[None]:
        """Lets one thread read a WSDL while the others wait up to this long."""
        with self.lock:
            lock = self.reading.setdefault(location, threading.Lock())
        if not lock.acquire(timeout=seconds):
            raise Retryable("the WSDL is still being read")
        try:
            yield
        finally:
            lock.release()


shelf = InterfaceCache()


def interface(location: str, fetch: Fetch, left: Callable[[], float]) -> Interface:
    """The interface of a WSDL (a URL or a file), read through `fetch` the first time."""
    location = location.removeprefix("file://")
    with shelf.alone(location, left()):
        if location not in shelf.read:
            with _wsdl_errors("cannot be read"):
                shelf.read[location] = Interface(location, fetch)
        return shelf.read[location]


def forget(location: str) -> None:
    """Makes the next call read this WSDL again."""
    shelf.read.pop(location.removeprefix("file://"), None)


@contextmanager
def _wsdl_errors(trouble: str) -> Iterator[None]:
    """A WSDL can be wrong in more ways than zeep has errors for; all may be gone next time."""
    try:
        yield
    except Retryable:
        raise
    except Exception as problem:
        raise WsdlError(f"the WSDL or a message after it {trouble}: {type(problem).__name__}") from problem
