"""SOAP 1.1, document/literal wrapped: reads calls, writes answers and faults."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
NAMESPACE = "urn:icp-simulator:v3"
CONTENT_TYPE = "text/xml; charset=utf-8"


class MalformedCall(Exception):
    """The body holds no valid call; `code` is the fault code of SOAP."""

    def __init__(self, words: str, *, code: str = "Client") -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True)
class Call:
    """An operation and its arguments by lower-case name, in any order, prefix or namespace."""

    operation: str
    arguments: dict[str, str]


def read(body: bytes) -> Call:
    """The call in an envelope; raises `MalformedCall`."""
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise MalformedCall("not well-formed XML") from problem
    if root.getroottree().docinfo.doctype:
        raise MalformedCall("a DTD is not allowed in SOAP")
    name = etree.QName(root)
    if name.localname != "Envelope":
        raise MalformedCall("no SOAP envelope")
    if name.namespace != ENVELOPE:
        raise MalformedCall("this is a SOAP 1.1 service", code="VersionMismatch")
    body_element = root.find(f"{{{ENVELOPE}}}Body")
    calls = _children(body_element) if body_element is not None else []
    if not calls:
        raise MalformedCall("no operation in the body")
    return Call(etree.QName(calls[0]).localname, _arguments(calls[0]))


def _children(element: etree._Element) -> list[etree._Element]:
    return [child for child in element if isinstance(child.tag, str)]


def _arguments(call: etree._Element) -> dict[str, str]:
    return {etree.QName(child).localname.lower(): child.text or "" for child in _children(call)}


def answer(operation: str, text: str) -> bytes:
    """The envelope around the one string that every operation returns."""
    return _envelope(
        f'<icp:{operation}Response xmlns:icp="{NAMESPACE}"><return>{_escape(text)}</return></icp:{operation}Response>'
    )


def fault(words: str, *, code: str = "Client") -> bytes:
    """The envelope around a fault."""
    return _envelope(
        f"<soap:Fault><faultcode>soap:{code}</faultcode><faultstring>{_escape(words)}</faultstring></soap:Fault>"
    )


def _escape(text: str) -> str:
    return escape(text, {"\r": "&#13;"})


def _envelope(inside: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soap:Envelope xmlns:soap="{ENVELOPE}"><soap:Body>{inside}</soap:Body></soap:Envelope>'
    ).encode()
