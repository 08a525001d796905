"""What a mail may contain so that Outlook, Apple Mail and QQ Mail can show it: returns faults in words."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

MOST = 100 * 1024  # Gmail cuts at 102 KB
LAYOUT = ("position:", "float:", "display:flex", "display:grid", "url(", "background-image", "var(", "@import")
ELEMENTS = {
    "html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td", "p", "h1", "a", "b", "br", "span",
}  # fmt: skip
VOID = {"meta", "br"}
TEXT = {"p", "h1", "a"}  # contain words, and so set font and colour themselves: Outlook inherits neither
TABLE = {"role": "presentation", "cellpadding": "0", "cellspacing": "0", "border": "0"}
HEAD_RULE = re.compile(
    r"@media \((prefers-color-scheme: dark|max-width: \d+px)\) \{\s*((?:\.m-[a-z-]+ \{[^}]*\}\s*)+)\}"
)
GROUND = re.compile(r"background:(#[0-9a-f]{6})")


class _Page(HTMLParser):
    """A mail read element by element; `faults` is what it should not contain."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.faults: list[str] = []
        self.open: list[str] = []
        self.buttons = 0
        self.css = ""
        self.lang = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        style = given.get("style", "")
        self.faults += self._of_element(tag, given, style)
        if tag == "html":
            self.lang = given.get("lang", "")
        if tag not in VOID:
            self.open.append(tag)
        self.buttons += given.get("class") == "m-btn"

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            self.css += data

    def _of_element(self, tag: str, given: dict[str, str], style: str) -> Iterator[str]:
        if tag not in ELEMENTS:
            yield f"<{tag}>"
        yield from (f"<{tag}> with {word}" for word in LAYOUT if word in style.replace(": ", ":"))
        if "class" in given and not style and "m-full" not in given["class"]:
            yield f"<{tag}> is styled in the head alone"
        ground = GROUND.search(style)
        if ground and given.get("bgcolor") != ground.group(1):
            yield f"<{tag}> names its ground once"
        if tag == "table":
            yield from (f"a table without {name}={value}" for name, value in TABLE.items() if given.get(name) != value)
            if "width" not in given and given.get("class") != "m-full":
                yield "a table without width"
        if tag == "td" and not given.get("align"):
            yield "a cell without align"
        if tag in TEXT and ("color:" not in style or ("font:" not in style and tag != "a")):
            yield f"<{tag}> without face or colour"
        if tag == "a" and not given.get("href", "").startswith(self.base):
            yield f"a link to {given.get('href')}"


def faults(html: str, *, base: str, lang: str, buttons: int) -> list[str]:
    """What mail programs would not show as intended; a mail in `lang`, its links under `base`."""
    page = _Page(base)
    page.feed(html)
    found = list(page.faults)
    if not html.startswith("<!doctype html>"):
        found.append("no doctype")
    if len(html.encode()) > MOST:
        found.append("over 100 KB")
    if page.lang != lang:
        found.append(f"in {page.lang or 'no language'}")
    if page.buttons != buttons:
        found.append(f"{page.buttons} buttons")
    if page.open:
        found.append(f"<{page.open[-1]}> stays open")
    if HEAD_RULE.sub("", page.css).strip():
        found.append("the head styles more than night and phones")
    return found
