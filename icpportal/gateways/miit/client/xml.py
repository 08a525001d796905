"""Parses XML from outside with suspicion: no DTD, no entities, no network; a wrong declared encoding is tolerated."""

import re
from collections.abc import Iterator

from lxml import etree

from icpportal.gateways import untrusted_xml
from icpportal.gateways.errors import Retryable

DECLARATION = re.compile(r"\A[\ufeff\s]*(<\?xml\b[^>]*\?>)?")
DECLARED = re.compile(rb"""^[\s\xef\xbb\xbf]*<\?xml\b[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
DOCTYPE = re.compile(r"<!(?:DOCTYPE|ENTITY)")
NEVER_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Encodings we decode: none could hide a "<" from the search for a DTD. GB18030 includes GBK and GB2312.
ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "gb18030": "gb18030",
}


def decode(body: bytes) -> str:
    """The text of a document: UTF-8 if valid, else as declared, else GBK; undecodable bytes are replaced.

    UTF-8 comes before the declaration, because Chinese text in GBK is practically never valid UTF-8, while documents
    that declare GBK often are.
    """
    declared = DECLARED.match(body[:200])
    named = ENCODINGS.get(declared[1].decode().lower(), "utf-8") if declared else "utf-8"
    for encoding in ("utf-8", named, "gb18030"):
        text = _text(body, encoding)
        if text is not None:
            return text
    return body.decode(named, "replace")


def parse(text: str, *, huge: bool = False) -> etree._Element:
    """The root of a document, whatever its declaration says; `Retryable` when it is not XML or has a DTD."""
    text = NEVER_XML.sub("", DECLARATION.sub("", text)).strip()
    if DOCTYPE.search(text):
        raise Retryable("the answer of the ministry brings a DTD")
    try:
        return untrusted_xml.tree(text, huge=huge)
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise Retryable("the answer of the ministry is not XML") from problem


def elements(root: etree._Element) -> Iterator[etree._Element]:
    """The root and everything below it, in the order of the document."""
    return root.iter(etree.Element)


def first_named(root: etree._Element, name: str) -> etree._Element | None:
    """The first element with this local name, the root included, in any namespace and case."""
    return next((found for found in elements(root) if local_name(found) == name.lower()), None)


def local_name(element: etree._Element) -> str:
    """The name without namespace, in lower case: the other side is not consistent about either."""
    return etree.QName(element).localname.lower()


def text_of(element: etree._Element | None) -> str:
    """The trimmed text of an element, "" when there is none."""
    return (element.text or "").strip() if element is not None else ""


def _text(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        return None
