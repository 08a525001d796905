"""A file's XML for a human reader: one element a line, pictures shortened."""

import re

from lxml import etree

from demo.ministry.files import parser

LONG = 200  # characters of one element; longer is a picture
BROKEN_BYTES = 20_000  # shown of a file that is not XML


def shorten(xml: bytes) -> str:
    """Indented text with long contents cut and their length stated; a file that is not XML as it is, up to a length."""
    try:
        root = parser.parse(xml)
    except parser.Unreadable:
        return xml[:BROKEN_BYTES].decode("gb18030", "replace")
    for element in root.iter(etree.Element):
        content = element.text or ""
        if len(content) > LONG:
            element.text = f"{content[:40]}… ({len(content)})"
    etree.indent(root)
    declared = re.match(rb"\s*(<\?xml[^>]*\?>)", xml)
    head = f"{declared[1].decode('ascii', 'replace')}\n" if declared else ""
    return head + etree.tostring(root, encoding="unicode")
