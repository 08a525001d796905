"""Redacts a document for display: without the filing password, pictures replaced by a blank one."""

from lxml import etree

from icpportal.gateways.miit.documents.v30.xml_writer import in_gbk
from icpportal.gateways.miit.documents.xml_reader import local, own

HIDDEN = "*" * 32
# a JPEG of one white pixel
PIXEL = (
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP////////////////////////////////////////////////////////////////////////////"
    "//////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AR//Z"
)


def redact(xml: bytes, *, attachments: bool) -> bytes:
    """The same document of ours, still valid; pictures stay with `attachments`. Raises `MalformedDocument`."""
    root = own(xml)
    shown = {"ICPmm": HIDDEN} | ({} if attachments else {"Fjnr": PIXEL, "Spwj": PIXEL})
    for element in root.iter(etree.Element):
        if local(element) in shown:
            del element[:]
            element.text = shown[local(element)]
    return in_gbk(root)
