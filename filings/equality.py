"""Whether two values of a filing say the same, however they are written."""

import re
import unicodedata

from icpportal.fields.text import regular_name

SCHEME = re.compile(r"^https?://", re.IGNORECASE)
SPACE_OF_NOTHING = re.compile(r"(?<![0-9a-z]) | (?![0-9a-z])")


def is_same_text(first: str, second: str) -> bool:
    """Whether both say the same: width, case and the kind of dot in a name make no difference.

    Nor does a space, except between two Latin words or numbers.
    """
    return first == second or _compared(first) == _compared(second)


def contains_text(text: str, part: str) -> bool:
    """Whether this is part of the text, by the same rules."""
    return _compared(part) in _compared(text)


def _compared(text: str) -> str:
    return SPACE_OF_NOTHING.sub("", " ".join(unicodedata.normalize("NFKC", regular_name(text)).casefold().split()))


def is_same_page(first: str, second: str) -> bool:
    """Whether both are one page: filings name it without a scheme as well, which an order completes."""
    return _page(first) == _page(second)


def _page(url: str) -> tuple[str, str]:
    """Its host, in which case makes no difference, and its path."""
    host, _slash, path = SCHEME.sub("", url.strip()).partition("/")
    return host.casefold(), path.rstrip("/")
