"""Names of files: what people called theirs, cleaned for showing, and what we call ours."""

import secrets
import unicodedata
from datetime import datetime

SHOWN_MAX = 100
# Control, format (bidirectional, zero-width, soft hyphen), surrogate, private, unassigned, line and paragraph ends.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def shown(name: str) -> str:
    """The file name as it may stand on a page or in a header: no folder, nothing hidden, at most 100 characters."""
    visible = "".join(
        " " if letter in "\t\r\n" else letter
        for letter in unicodedata.normalize("NFC", name)
        if letter in "\t\r\n" or unicodedata.category(letter) not in HIDDEN
    )
    last = visible.replace("\\", "/").rsplit("/", 1)[-1]
    plain = " ".join(last.split()).strip(". ")
    if len(plain) <= SHOWN_MAX:
        return plain
    stem, dot, ending = plain.rpartition(".")
    kept = dot + ending if stem and len(ending) <= 10 else ""
    return plain[: SHOWN_MAX - len(kept)] + kept


def reference() -> str:
    """What a document is called in addresses: 192 random bits."""
    return secrets.token_urlsafe(24)


def stored(now: datetime, ending: str = "") -> str:
    """Where a file lies: a folder a day, and 192 random bits. Nothing of it comes from outside."""
    return f"{now:%Y%m%d}/{secrets.token_hex(24)}{ending}"


def beside(name: str) -> str:
    """Another name of ours in the same folder, with the same ending."""
    folder, _, file = name.rpartition("/")
    _, dot, ending = file.rpartition(".")
    return f"{folder}/" * bool(folder) + secrets.token_hex(24) + dot + ending * bool(dot)
