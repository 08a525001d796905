"""The portal's drawings as HTML: icons, samples of documents, the seal; each is built once a process."""

import math
from functools import lru_cache

from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

kept = lru_cache(512)  # few names, labels in two languages


@kept
def icon(name: str, label: str = "") -> SafeString:
    """A line icon of static/img/icons.svg, "" for no name; hidden from screen readers unless it has a label."""
    if not name:
        return SafeString()
    role = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="icon icon-{}" {} focusable="false"><use href="{}#{}"></use></svg>',
        name, role, static("img/icons.svg"), name,
    )  # fmt: skip


@kept
def drawing(name: str) -> SafeString:
    """A line drawing of static/img/drawings.svg, always with text beside it."""
    return format_html(
        '<svg class="drawing" aria-hidden="true" focusable="false" viewBox="0 0 120 90"><use href="{}#{}"></use></svg>',
        static("img/drawings.svg"),
        name,
    )


@kept
def landscape() -> SafeString:
    """The bridge whose reflection closes the ring: the picture of the start page and of empty pages."""
    return format_html(
        '<svg class="art landscape" viewBox="0 0 640 440" aria-hidden="true" focusable="false">'
        '<use href="{}#landscape"></use></svg>',
        static("img/landscape.svg"),
    )


UPRIGHT = ("portrait", "holding")


@kept
def sample(name: str) -> SafeString:
    """A drawing of static/img/samples.svg: a document photographed correctly, or not."""
    upright = name.startswith(UPRIGHT)
    return format_html(
        '<svg class="art sample{}" aria-hidden="true" focusable="false" viewBox="{}"><use href="{}#{}"></use></svg>',
        " portrait" if upright else "", "0 0 132 156" if upright else "0 0 168 112", static("img/samples.svg"), name,
    )  # fmt: skip


def arcs(total: int, *, radius: float = 20.0, centre: float = 24.0, gap: float = 0.14) -> list[str]:
    """The outline of a seal in `total` arcs with small gaps, clockwise from the top, as SVG paths."""
    turn = 2 * math.pi / total
    paths = []
    for number in range(total):
        start, end = number * turn + gap / 2, (number + 1) * turn - gap / 2
        x1, y1 = centre + radius * math.sin(start), centre - radius * math.cos(start)
        x2, y2 = centre + radius * math.sin(end), centre - radius * math.cos(end)
        large = int(end - start > math.pi)
        paths.append(f"M{x1:.2f} {y1:.2f}A{radius:g} {radius:g} 0 {large} 1 {x2:.2f} {y2:.2f}")
    return paths


@kept
def riding_seal(number: int, total: int, *, closed: bool = False) -> SafeString:
    """The progress mark: one arc for each stage, those before `number` drawn, closed at approval."""
    total = max(int(total), 1)
    words = [
        "done" if closed or i < int(number) else "now" if i == int(number) else "todo" for i in range(1, total + 1)
    ]
    paths = format_html_join("", '<path class="arc arc-{}" d="{}"></path>', zip(words, arcs(total), strict=True))
    middle = (
        SafeString('<path class="seal-tick" d="M16 24.5l5.5 5.5L32.5 18.5"></path>')
        if closed
        else format_html('<text class="seal-number" x="24" y="24" dy="0.36em">{}</text>', number)
    )
    return format_html(
        '<svg class="riding-seal{}" viewBox="0 0 48 48" aria-hidden="true" focusable="false">'
        '<circle class="seal-ground" cx="24" cy="24" r="23.5"></circle>{}{}</svg>',
        " is-closed" if closed else "", paths, middle,
    )  # fmt: skip
