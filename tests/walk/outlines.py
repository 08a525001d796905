"""What a screen reader says of a page without reading it: landmarks, headings, and the names of controls.

They are in `outlines/`, one file per crowd; `make outlines` writes them again, to be reviewed in the diff. The walk
compares those of `STEADY`: what the owner meets first depends on what was pressed before.
"""

import os
import re
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.walk.pages import FRAGMENTS
from tests.walk.walker import BY_STATE, Page
from tests.walk.walks import BY_KIND, Walk
from tests.walk.world import STAFF, World

FOLDER = Path(__file__).with_name("outlines")
HEAD = "=== "
STEADY = ("others", "overseers", "reviewers")
ARE_WRITTEN = os.environ.get("OUTLINES", "") == "write"
# what distinguishes pages of the same name: the state of the order, or the last part of the address
BY_ORDER = ("documents", "check", "people", "photo", "phones", "step", "slot", "order-move")
BY_LAST_PART = ("step", "slot", "order-move", "rules-province")
OURS_ON_THE_DESK = (
    *("admin:index", "admin:registers", "admin:desk_settings", "admin:transfers_order_changelist"),
    *(f"admin:transfers_order_{page}" for page in ("case", "accept", "return", "second", "more")),
    "admin:filings_legacyclaim_case",
)
MANY = (
    *("rules-province", "notification", "admin:transfers_order_changelist"),
    *(f"admin:transfers_order_{page}" for page in ("case", "accept", "return", "second", "more")),
)  # one of them stands for all

LANDMARKS = {"header": "banner", "nav": "navigation", "main": "main", "aside": "complementary", "footer": "contentinfo"}
HEADINGS = {f"h{level}": level for level in range(1, 7)}
TYPED = ("input", "select", "textarea")
# varies between runs
CHANGES = (
    (re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b"), "REFERENCE"),
    (re.compile(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{1,2} [A-Z][a-z]{2}( \d{4})?(, \d\d:\d\d)?"), "DATE"),
    (re.compile(r"\b\d{1,2} [A-Z][a-z]{2}( \d{4})?( \d\d:\d\d)?\b"), "DATE"),
    (re.compile(r"\b(today|tomorrow|yesterday) \d\d:\d\d\b"), "DATE"),
    (re.compile(r"\b\d\d:\d\d · (\d+ h )?\d+ min\b"), "DATE"),  # due today, as just after midnight
    (re.compile(r"\d+ (days?|hours?|minutes?)( \d+ (hours?|minutes?))? left"), "TIME left"),
    (re.compile(r"\b\w\*+@[\w.]+"), "ADDRESS"),
    (re.compile(r"[0-9a-f]{4}…[0-9a-f]{4}"), "CODE"),
    (re.compile(r"(?<!\d)\d{2,}(?!\d)"), "00"),
)


def title_of(page: Page, made: World) -> str:
    """The page's name, and what distinguishes it from others of that name."""
    parts = [page.name.replace(":", "-") or "unknown"]
    last = urlsplit(page.url).path.rstrip("/").rpartition("/")[2]
    if page.name in (*BY_KIND, *BY_ORDER):
        about = made.about(page.url)
        parts += [about] if page.name in BY_KIND else [about.rpartition(".")[2]]
    if page.name in BY_LAST_PART:
        parts.append(last)
    if page.name in BY_STATE or page.name == "verify-type-outcome":
        marked = page.tree.xpath("//main//*[@data-state or @data-outcome][1]")
        parts += [marked[0].get("data-state") or marked[0].get("data-outcome")] if marked else []
    if page.name == "dashboard":
        parts.append(urlsplit(page.url).query.replace("=", "-").replace("&", "-"))
    return ".".join(part for part in parts if part)


def differences(crowd: str, walks: list[Walk]) -> list[str]:
    """How the outlines of these walks' pages differ from the saved ones; with `make outlines` saves them instead."""
    file = FOLDER / f"{crowd}.txt"
    found = _chosen_pages(walks)
    if ARE_WRITTEN:
        FOLDER.mkdir(exist_ok=True)
        file.write_text("\n".join(f"{HEAD}{title}\n{outline}" for title, outline in sorted(found.items())), "utf-8")
    if crowd not in STEADY:
        return []
    kept = _read(file.read_text("utf-8"))
    return [
        f"{crowd} {title} has another outline (make outlines):\n{_diff(kept.get(title, ''), found.get(title, ''))}"
        for title in sorted(found.keys() | kept.keys())
        if found.get(title) != kept.get(title)
    ]


def _read(text: str) -> dict[str, str]:
    parts = [part.partition("\n") for part in f"\n{text}".split(f"\n{HEAD}")[1:]]
    return {title: f"{outline.strip()}\n" for title, _end, outline in parts}


def _chosen_pages(walks: list[Walk]) -> dict[str, str]:
    """One page of each title, for the role that meets it first; for staff only the desk, as Django renders the others.

    The frame of a role's pages is included once.
    """
    found: dict[str, str] = {}
    for walk in walks:
        for page in walk.found:
            title = page.name if page.name in MANY else title_of(page, walk.made)
            is_ours = page.name in OURS_ON_THE_DESK if walk.role in STAFF else page.name not in FRAGMENTS
            if page.status < 400 and is_ours and title not in found:
                frame, begin, outline = outline_of(page.tree).partition("main\n")
                found.setdefault(f"(frame of {walk.role})", frame)
                alike = frame == found[f"(frame of {walk.role})"]
                found[title] = f"{'' if alike else frame}{begin}{outline}"
    return found


def _diff(before: str, after: str) -> str:
    return "\n".join(
        list(unified_diff(before.splitlines(), after.splitlines(), "kept", "found", lineterm="", n=0))[:20]
    )


def outline_of(tree: Any) -> str:
    """The outline of a page, one line per item."""
    body = tree.find(".//body")
    text = "\n".join(_lines(body, 0))
    for pattern, word in CHANGES:
        text = pattern.sub(word, text)
    return f"{text}\n"


def _lines(element: Any, depth: int) -> Iterator[str]:
    for child in element:
        if not isinstance(child.tag, str) or child.get("hidden") is not None:
            continue
        line = _line(child)
        if line:
            yield f"{'  ' * depth}{line}"
        yield from _lines(child, depth + bool(line and child.tag in (*LANDMARKS, "fieldset")))


def _line(element: Any) -> str:
    """The outline's line for this element; "" for most."""
    tag = element.tag
    if tag in LANDMARKS and not (tag in ("header", "footer") and element.xpath("ancestor::main")):
        return f"{LANDMARKS[tag]} {element.get('aria-label', '')}".strip()
    if tag in HEADINGS:
        return f"h{HEADINGS[tag]} {_words(element)}"
    if tag == "fieldset":
        legends = element.xpath("./legend")
        return f"group {_words(legends[0]) if legends else ''}".strip()
    if tag == "table":
        captions = element.xpath("./caption")
        return f"table {element.get('aria-label') or (_words(captions[0]) if captions else '')}".strip()
    if tag == "button" or (tag == "input" and element.get("type") == "submit"):
        return f"button {element.get('aria-label') or _words(element) or element.get('value', '')}"
    if tag in TYPED and element.get("type") != "hidden":
        kind = element.get("type", "text") if tag == "input" else tag
        return f"{kind} {_name(element)}"
    return ""


def _name(control: Any) -> str:
    """The accessible name of a control."""
    page = control.getroottree()
    named = [part for key in control.get("aria-labelledby", "").split() for part in page.xpath("//*[@id=$id]", id=key)]
    labels = named or page.xpath("//label[@for=$id]", id=control.get("id", "")) or control.xpath("ancestor::label")
    return control.get("aria-label") or " ".join(_words(each) for each in labels) or "WITHOUT A NAME"


def _words(element: Any) -> str:
    return " ".join(element.xpath("string()").split())
