"""HTML that is drawn once and kept for everybody, with gaps for what differs from reader to reader or row to row."""

import re
from collections.abc import Mapping
from html import escape

from django.conf import settings
from django.utils.safestring import SafeData, SafeString

BEGIN, END = "\ue000", "\ue001"  # characters that no text contains
GAP = re.compile(f"{BEGIN}(\\w+){END}")


def gap(name: str) -> SafeString:
    """What stands in a gap while the HTML is drawn."""
    return SafeString(f"{BEGIN}{name}{END}")


class KeptHtml:
    """HTML as it was drawn, with its gaps."""

    def __init__(self, drawn: str) -> None:
        self._begin, *rest = GAP.split(drawn)
        self._rest = tuple(zip(rest[::2], rest[1::2], strict=True))  # the name of a gap, and the HTML after it

    def fill(self, values: Mapping[str, object]) -> SafeString:
        """The HTML with these values in its gaps, escaped unless they are safe. A value itself has no gaps."""
        written = [self._begin]
        for name, text in self._rest:
            value = str(values[name])
            written += (value if isinstance(value, SafeData) else escape(value), text)
        return SafeString("".join(written))


def addresses() -> tuple[str, str]:
    """What the URLs in HTML of this portal depend on."""
    return settings.ROOT_URLCONF, settings.STAFF_BASE_URL
