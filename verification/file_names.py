"""File names: cleaned names of uploads for display, and the names under which we store files."""

import secrets
import unicodedata
from datetime import datetime

from icpportal.database.references import random_reference

SHOWN_MAX = 100
# Control, format (bidirectional, zero-width, soft hyphen), surrogate, private, unassigned, line and paragraph ends.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def display_name(name: str) -> str:
    """A file name that is safe on a page or in a header: no folder, no invisible characters, at most 100 characters."""
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
    ending_kept = dot + ending if stem and len(ending) <= 10 else ""
    return plain[: SHOWN_MAX - len(ending_kept)] + ending_kept


def reference() -> str:
    """A document's reference for addresses: 192 random bits."""
    return random_reference(24)


def new_name(now: datetime, ending: str = "") -> str:
    """A new name for a stored file: a folder for the day and 192 random bits. Nothing of it comes from outside."""
    return f"{now:%Y%m%d}/{secrets.token_hex(24)}{ending}"


def beside(name: str) -> str:
    """Another stored name in the same folder, with the same extension."""
    folder, _, file = name.rpartition("/")
    _, dot, ending = file.rpartition(".")
    return f"{folder}/" * bool(folder) + secrets.token_hex(24) + dot + ending * bool(dot)
