"""Which characters a document of the ministry can contain, and how its bytes are decoded."""

import re

# Characters that XML 1.0 does not allow, not even as references.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,200}\?>", re.IGNORECASE)
DECLARED_UTF8 = re.compile(rb"""\s*<\?xml\b[^>]{0,200}encoding\s*=\s*["']utf-?8["']""", re.IGNORECASE)
FOREIGN = re.compile("[^\0-\x7f]")
UTF8_MARK = b"\xef\xbb\xbf"
FIRST_HAN_OR_MARK = "\u2000"  # punctuation, symbols and Han; below are Latin, Greek, Cyrillic …
FEW = 16  # undecodable bytes tolerated; a file with more is something else
LOST = "\ufffd"


def _is_gbk(text: str) -> bool:
    try:
        text.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def unencodable(text: str) -> str:
    """The characters of `text` that a document cannot contain, each once: outside GBK or not XML; "" when all can."""
    if _is_gbk(text) and not NOT_XML.search(text):
        return ""
    return "".join(character for character in dict.fromkeys(text) if NOT_XML.match(character) or not _is_gbk(character))


def points(characters: str) -> str:
    """The characters as code points ("U+36C3 U+20BB7"), which identify them without repeating a name."""
    return " ".join(f"U+{ord(character):04X}" for character in characters)


def _as_utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _is_utf8(text: str | None, declared: bool) -> bool:
    """Few GBK texts are valid UTF-8 by chance, and those read as Greek or Hebrew, not as Chinese."""
    if text is None:
        return False
    foreign = FOREIGN.findall(text)
    chinese = sum(character >= FIRST_HAN_OR_MARK for character in foreign)
    return declared or 2 * chinese > len(foreign)


def decode(data: bytes) -> tuple[str, int]:
    """The text of a document without its declaration, and the number of undecodable bytes.

    GBK with the rest of GB18030, or UTF-8, whatever the declaration says. Other bytes become U+FFFD.
    """
    declared = data.startswith(UTF8_MARK) or bool(DECLARED_UTF8.match(data))
    data = data.removeprefix(UTF8_MARK)
    text = _as_utf8(data)
    if not _is_utf8(text, declared):
        text = data.decode("gb18030", errors="replace")
    assert text is not None
    cleaned, stripped = NOT_XML.subn("", DECLARATION.sub("", text, count=1))
    return cleaned, stripped + cleaned.count(LOST)
