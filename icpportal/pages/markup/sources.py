"""The sources of templates, read so that no line of a page begins with a middle dot."""

import re

from django.template.base import Origin
from django.template.loaders.filesystem import Loader

DOT = "\u00a0·"  # stays with the word before it where a line of facts is broken
# Texts to translate are looked up as they are written, and a title is never broken.
KEPT = r"(?P<kept>\{%\s*blocktrans.*?\{%\s*endblocktrans\w*\s*%\}|\{%\s*comment.*?endcomment\s*%\}|<title>.*?</title>)"
BEFORE = r"(?P<space>\s+)(?:(?P<tag>\{%[^%]*%\})(?P<after>\s*))?·"
FOUND = re.compile(rf"{KEPT}|{BEFORE}", re.DOTALL)


def bind_dots(source: str) -> str:
    """The source with each ` · ` bound to the word before it; its lines keep their numbers."""
    return FOUND.sub(_bound, source)


def _bound(found: re.Match[str]) -> str:
    if (kept := found["kept"]) is not None:
        return kept
    lines = found["space"].count("\n") + (found["after"] or "").count("\n")
    return f"{found['tag'] or ''}{DOT}" + "\n" * lines


class PageLoader(Loader):
    """Reads the templates of pages; messages are read as they are."""

    def get_contents(self, origin: Origin) -> str:
        """The source of a template."""
        source: str = super().get_contents(origin)
        return source if str(origin.template_name).startswith("messages/") else bind_dots(source)
