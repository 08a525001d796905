"""Compares values character by character, in the groups in which people read numbers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from icpportal.fields.language_marks import has_han
from icpportal.fields.marked_text import spans
from icpportal.fields.types import Words
from icpportal.kept_html.repeated_templates import RepeatedTemplate

# endings of field names → groups of their values; margins separate groups, so that copying gives the plain number
GROUPS = (
    (("id_number",), {18: (6, 8, 4), 15: (6, 6, 3)}),
    (("phone1", "emergency"), {11: (3, 4, 4)}),
    (("type.number",), {18: (4, 4, 4, 4, 2)}),
)
Mask = Callable[[str], str]
SAME, DIFFERS, CHANGED = "same", "hot", "was"

# by icon
LINES = {
    icon: RepeatedTemplate(
        "admin/compared.html", "row_class", "label", "value_class", "value", "tone", "told", icon=icon
    )
    for icon in ("", "same", "differs")
}


@dataclass(frozen=True, slots=True)
class ComparisonLine:
    """One line of the comparison."""

    label: Words
    value: SafeString | str
    tone: str = "none"
    told: str = ""
    is_code: bool = False
    is_typed: bool = False

    @property
    def row_class(self) -> str:
        """The line's CSS class."""
        return "typed-row" if self.is_typed else self.tone

    @property
    def value_class(self) -> str:
        """The value's CSS class."""
        return " ".join(word for word, holds in (("typed", self.is_typed), ("code", self.is_code)) if holds)

    @property
    def icon(self) -> str:
        """The icon before the remark."""
        return {SAME: "same", DIFFERS: "differs"}.get(self.tone, "")

    @property
    def markup(self) -> SafeString:
        """The line as a row of a `<dl class="cmp">`."""
        return LINES[self.icon].fill(
            row_class=self.row_class,
            label=self.label,
            value_class=self.value_class,
            value=self.value,
            tone=self.tone,
            told=self.told,
        )


def groups_of(part: str, value: str) -> tuple[int, ...]:
    """The lengths of a value's groups; empty for none."""
    found = next((groups for ends, groups in GROUPS if part.endswith(ends)), {})
    return found.get(len(value), ())


def value_html(part: str, value: str, other: str | None = None) -> SafeString:
    """The value in its groups; differences from `other` are marked."""
    sizes = groups_of(part, value)
    pieces = [("same", value)] if other is None else [each for each in spans(other, value) if each[0] != "out"]
    if not sizes:
        inner = format_html_join("", "{}", ((_mark(kind, text),) for kind, text in pieces))
        return format_html('<span lang="zh-Hans">{}</span>', inner) if has_han(value) else inner
    marked = [(kind, char) for kind, text in pieces for char in text]
    return format_html_join("", '<span class="g">{}</span>', ((group,) for group in _groups(marked, sizes)))


def _groups(marked: list[tuple[str, str]], sizes: tuple[int, ...]) -> Iterator[SafeString]:
    at = 0
    for size in sizes:
        yield format_html_join("", "{}", ((_mark(kind, char),) for kind, char in marked[at : at + size]))
        at += size


def _mark(kind: str, text: str) -> SafeString:
    return format_html("<mark>{}</mark>" if kind == "in" else "{}", text)


def typed_line(part: str, value: str, others: list[str], mask: Mask | None = None) -> ComparisonLine:
    """The applicant's value; differences from the filed one are marked, if it is shown in full."""
    other = others[0] if others and others[0] else None
    is_code = bool(groups_of(part, value))
    shown = value_html(part, mask(value)) if mask else value_html(part, value, other)
    return ComparisonLine(_("Entered"), shown, is_code=is_code, is_typed=True)


def line(
    label: Words, part: str, value: str, typed: str, *, is_earlier: bool = False, mask: Mask | None = None
) -> ComparisonLine:
    """Another value beside the typed one; for a masked one, only whether it differs."""
    is_code = bool(groups_of(part, value))
    shown = value_html(part, mask(value)) if mask else value_html(part, value, typed)
    if value == typed:
        return ComparisonLine(label, shown, SAME, _("same"), is_code)
    if is_earlier:
        return ComparisonLine(label, shown, CHANGED, _("changed"), is_code)
    if mask:
        return ComparisonLine(label, shown, DIFFERS, _("differs"), is_code)
    n = max(1, sum(len(text) for kind, text in spans(typed, value) if kind == "in"))
    note = ngettext("%(n)s differs", "%(n)s differ", n) % {"n": n} if n <= len(value) // 2 else _("differs")
    return ComparisonLine(label, shown, DIFFERS, note, is_code)
