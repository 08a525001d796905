"""Writes elements of V3.0 within the limits of the ministry's schema, in GBK's characters."""

from dataclasses import dataclass

from lxml import etree

from icpportal.gateways.miit.documents.gbk import points, unencodable
from icpportal.gateways.miit.documents.types import NotEncodable

MALFORMED, ILLEGAL = "5001", "5008"  # the interface's own words for what is wrong
# upload-data.xsd has one type for numbers, xs:long (up to 2**63-1): our ids of 16 digits fit, and so do 18.
LARGEST = 2**63 - 1
NUMBERS = {
    "Qqdwid": (1, LARGEST),
    "IspJrid": (1, LARGEST),
    "IspIpid": (1, LARGEST),
    "Qsip": (1, 2**32 - 1),  # 0.0.0.0 is no address of a website
    "Zzip": (1, 2**32 - 1),
    "Fbdd": (1, 64),
    "Jrfs": (1, 64),
    "Fjwjgs": (1, LARGEST),
    "Fjyt": (1, LARGEST),
    "Ssdxlx": (1, 10),
    "Zxlb": (0, 2),
    "Zxly": (1, 999),
    "Jlid": (1, LARGEST),
}
LONGEST = {"Wzbah": 128, "Baxh": 128, "Bz": 256, "Zxlybz": 1000, "ICPmm": 32}  # each at least 1


@dataclass(frozen=True)
class Part:
    """An element being written, which knows its path for `NotEncodable.field`."""

    node: etree._Element
    path: str = ""

    def part(self, name: str) -> "Part":
        """Adds an element inside."""
        return Part(etree.SubElement(self.node, name), self._inside(name))

    def number(self, name: str, value: int, ours: str) -> None:
        """Writes a number; `ours` is the portal's name for it. Raises `NotEncodable`."""
        least, most = NUMBERS[name]
        if not least <= value <= most:
            raise NotEncodable(f"not {least}..{most}", field=f"{self._inside(name)} ({ours})", code=MALFORMED)
        etree.SubElement(self.node, name).text = str(value)

    def text(self, name: str, value: str, ours: str) -> None:
        """Writes a text; raises `NotEncodable` when it is empty, too long or has a character outside GBK."""
        field = f"{self._inside(name)} ({ours})"
        # a carriage return could only be written as a reference
        value = value.replace("\r\n", "\n").replace("\r", "\n")
        if foreign := unencodable(value):
            raise NotEncodable(f"GBK has no {points(foreign)}", field=field, code=ILLEGAL)
        if not 1 <= len(value) <= LONGEST[name]:
            raise NotEncodable(f"not 1..{LONGEST[name]} characters", field=field, code=MALFORMED)
        etree.SubElement(self.node, name).text = value

    def content(self, name: str, value: str) -> None:
        """Writes plain ASCII of any length: a picture."""
        etree.SubElement(self.node, name).text = value

    def _inside(self, name: str) -> str:
        return f"{self.path}/{name}" if self.path else name


def in_gbk(root: etree._Element) -> bytes:
    """The document as sent; strict GBK, so that no character silently becomes a numeric reference."""
    # lxml's own GBK would write such references for other characters
    text = '<?xml version="1.0" encoding="GBK"?>\n' + etree.tostring(root, encoding="unicode")
    return text.encode("gbk")
