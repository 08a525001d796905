"""Every message of the portal in the sources: the arguments of `gettext` in Python and in templates."""

import io
import re
from dataclasses import dataclass
from pathlib import Path

from babel.messages.extract import extract_python
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("icpportal", "verification", "filings", "transfers")
PLAIN = ("_", "gettext", "gettext_lazy", "gettext_noop")
COUNTED = ("ngettext", "ngettext_lazy")
IN_CONTEXT = ("pgettext", "pgettext_lazy")
COUNTED_IN_CONTEXT = ("npgettext", "npgettext_lazy")
KEYWORDS = (*PLAIN, *COUNTED, *IN_CONTEXT, *COUNTED_IN_CONTEXT)


@dataclass(frozen=True)
class Message:
    """One message of the sources; `plural` and `context` are "" if it has none."""

    msgid: str
    plural: str = ""
    context: str = ""


def messages(root: Path = ROOT) -> dict[Message, str]:
    """Every message, with its first place in the sources."""
    found: dict[Message, str] = {}
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            if "migrations" not in path.parts:
                _collect(found, path.read_text("utf-8"), str(path.relative_to(root)))
    for path in [*sorted((root / "templates").rglob("*.*")), *sorted(root.glob("*/templates/**/*.*"))]:
        if path.suffix in (".html", ".txt"):
            _collect(found, of_template(path.read_text("utf-8")), str(path.relative_to(root)))
    return found


def of_template(source: str) -> str:
    """A template as Python that `gettext` can read; its indentation is meaningless."""
    return re.sub(r"(?m)^[ \t]+", "", templatize(source, origin=""))


def _collect(found: dict[Message, str], source: str, place: str) -> None:
    for line, function, arguments, _comments in extract_python(
        io.BytesIO(source.encode()), KEYWORDS, [], {"encoding": "utf-8"}
    ):
        message = _message(function, arguments)
        if message is not None:
            found.setdefault(message, f"{place}:{line}")


def _message(function: str, arguments: object) -> Message | None:
    words = [arguments] if isinstance(arguments, str) else list(arguments or ())
    context = words.pop(0) if function in (*IN_CONTEXT, *COUNTED_IN_CONTEXT) else ""
    if not words or not words[0]:
        return None
    counted = function in (*COUNTED, *COUNTED_IN_CONTEXT)
    return Message(words[0], words[1] if counted else "", context)
