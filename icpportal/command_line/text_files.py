"""How a file of text is written: its encoding, as its byte order mark says, and the separator of its tables."""

import codecs

# byte order marks, the longer ones first: that of UTF-32 begins with that of UTF-16
MARKED_ENCODINGS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    "\ufeff".encode("gb18030"): "gb18030",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
MARK_LONGEST = max(map(len, MARKED_ENCODINGS))


def marked_encoding(head: bytes) -> str:
    """The encoding whose byte order mark begins a file; "" without one."""
    return next((name for mark, name in MARKED_ENCODINGS.items() if head.startswith(mark)), "")


def separator_in(line: str) -> str:
    """The separator of the cells in a table's line: a comma, or the tab with which Excel writes UTF-16."""
    return "\t" if "\t" in line else ","
