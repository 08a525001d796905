"""What the portal's templates may ask for: `{% load portal %}`. Usage in one page: docs/look.md."""

import math
from collections.abc import Iterable
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from icpportal import moments
from icpportal.appearance import chosen_theme
from icpportal.entry.marks import reads_chinese, zh_mark, zh_runs
from icpportal.privacy import masks

register = template.Library()

for mask in (masks.mask_name, masks.mask_mobile, masks.mask_number, masks.mask_email):
    register.filter(mask.__name__, mask)

# --- languages ---------------------------------------------------------------------------------


def _read(text: object) -> str:
    # str() of a lazy translation keeps what was marked safe
    return text if isinstance(text, str) else str(text)


def _is_done(text: object) -> bool:
    """Nothing to mark: the page is Chinese, or whoever made the text has marked it (also behind a lazy translation)."""
    return reads_chinese() or isinstance(_read(text), SafeString)


@register.filter
def zh(text: object) -> SafeString:
    """Chinese text (a name, a legal term, user data) marked as Chinese in a page of another language."""
    return conditional_escape(_read(text)) if _is_done(text) else zh_mark(text)


@register.filter
def zh_parts(text: object) -> SafeString:
    """A sentence of the page's language in which only the Chinese words are marked."""
    return conditional_escape(_read(text)) if _is_done(text) else zh_runs(text)


@register.simple_tag
def page_language() -> str:
    """The page's language as browsers and screen readers expect it."""
    return "zh-Hans" if reads_chinese() else "en"


# --- time --------------------------------------------------------------------------------------

STYLES = {
    "long": moments.long_words,
    "short": moments.short_words,
    "day": lambda moment: moments.day_words(moments.to_beijing(moment).date()),
    "clock": lambda moment: f"{moments.to_beijing(moment):%H:%M}",
}


@register.filter
def beijing(moment: datetime | date | None, style: str = "long") -> SafeString | str:
    """A moment in Beijing time inside `<time>`; styles long (default), short, day, clock."""
    if not moment:
        return ""
    if not isinstance(moment, datetime):
        return format_html('<time datetime="{}">{}</time>', moment.isoformat(), moments.day_words(moment))
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), STYLES[style](moment))


@register.filter
def left(moment: datetime | None, now: datetime | None = None) -> str:
    """`1 day 7 hours left`."""
    return moments.left_words(moment, now=now) if moment else ""


@register.simple_tag
def urgency(moment: datetime, now: datetime | None = None) -> dict[str, object]:
    """How near a deadline is: its tone (turn, late, over) and the clock the page was made at."""
    clock = now or timezone.now()
    span = moment - clock
    tone = "over" if span <= moments.HOUR * 0 else "late" if span <= moments.HOUR else "turn"
    return {"tone": tone, "now": clock.isoformat(), "at": moment.isoformat()}


# --- drawings ----------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A line icon of static/img/icons.svg; hidden from screen readers unless it has a label."""
    role = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="icon icon-{}" {} focusable="false"><use href="{}#{}"></use></svg>',
        name, role, static("img/icons.svg"), name,
    )  # fmt: skip


@register.simple_tag
def drawing(name: str, size: str = "") -> SafeString:
    """A line drawing of static/img/drawings.svg, always with words beside it; size "" or "small"."""
    return format_html(
        '<svg class="drawing{}" aria-hidden="true" focusable="false" viewBox="0 0 120 90">'
        '<use href="{}#{}"></use></svg>',
        f" drawing-{size}" if size else "", static("img/drawings.svg"), name,
    )  # fmt: skip


def arcs(total: int, *, radius: float = 20.0, centre: float = 24.0, gap: float = 0.14) -> list[str]:
    """The outline of a seal cut in `total` arcs with small gaps, clockwise from the top, as SVG paths."""
    turn = 2 * math.pi / total
    paths = []
    for number in range(total):
        start, end = number * turn + gap / 2, (number + 1) * turn - gap / 2
        x1, y1 = centre + radius * math.sin(start), centre - radius * math.cos(start)
        x2, y2 = centre + radius * math.sin(end), centre - radius * math.cos(end)
        large = int(end - start > math.pi)
        paths.append(f"M{x1:.2f} {y1:.2f}A{radius:g} {radius:g} 0 {large} 1 {x2:.2f} {y2:.2f}")
    return paths


@register.simple_tag
def riding_seal(number: int, total: int, *, closed: bool = False) -> SafeString:
    """The progress mark: one arc a stage, those before `number` drawn, the whole seal closed at approval."""
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


# --- states ------------------------------------------------------------------------------------

# the order's states (architecture §4): tone and shape; the words come from whoever shows the order
LOOKS = {
    "draft": ("slate", "circle-dashed"),
    "submitted": ("blue", "hourglass"),
    "in_review": ("blue", "circle-half"),  # submitted, with a reviewer at work on it
    "returned": ("amber", "pencil"),
    "photo_due": ("amber", "portrait"),
    "photo_review": ("blue", "circle-half"),
    "handing_over": ("blue", "outgoing"),
    "phone_due": ("amber", "phone-flag"),
    "authority_review": ("violet", "building"),
    "authority_returned": ("amber", "return"),
    "lapsed": ("slate", "flag-crossed"),
    "approved": ("plain", "seal"),
    "refused": ("red", "cross-square"),
    "withdrawn": ("slate", "take-back"),
    "abandoned": ("slate", "circle-minus"),
    "expired": ("slate", "clock-off"),
    "cooling_off": ("amber", "pause"),
    "cancelled": ("slate", "bridge-open"),
}
UNKNOWN_LOOK = ("slate", "circle-dashed")


@register.simple_tag
def state_look(state: Any) -> dict[str, str]:
    """Tone and icon of a state: its own where it names them, else those of its key."""
    key = state.get("key", "") if isinstance(state, dict) else getattr(state, "key", "")
    own = state if isinstance(state, dict) else vars(state) if hasattr(state, "__dict__") else {}
    tone, shape = LOOKS.get(str(key), UNKNOWN_LOOK)
    return {"tone": own.get("tone") or tone, "icon": own.get("icon") or shape}


# a paper's slot: tone, shape, word, and whether the page should ask again by itself
SLOTS = {
    "empty": ("plain", "circle-dashed", _("Not uploaded"), False),
    "uploading": ("blue", "upload", _("Uploading"), True),
    "checking": ("blue", "hourglass", _("Checking"), True),
    "ready": ("green", "check", _("Ready"), False),
    "reused": ("green", "check", _("Using an earlier upload"), False),
    "again": ("amber", "return", _("Needs another try"), False),
    "replace": ("amber", "return", _("To replace"), False),
}
SLOT_ALIASES = {"refused": "again", "retired": "empty", "": "empty"}


@register.simple_tag
def slot_look(state: str) -> dict[str, object]:
    """How a document slot in `state` looks; refused means again, retired means empty."""
    key = SLOT_ALIASES.get(state, state)
    tone, shape, label, waits = SLOTS[key]
    return {"key": key, "tone": tone, "icon": shape, "label": label, "waits": waits}


TASKS = {
    "todo": ("slate", "circle-dashed", pgettext_lazy("task", "Not started")),
    "doing": ("slate", "circle-half", pgettext_lazy("task", "In progress")),
    "done": ("plain", "check", pgettext_lazy("task", "Done")),
    "wrong": ("amber", "pencil", pgettext_lazy("task", "Changes needed")),
    "replace": ("amber", "return", _("To replace")),
    "waiting": ("blue", "hourglass", pgettext_lazy("task", "Waiting")),
}


@register.simple_tag
def task_look(state: str) -> dict[str, object]:
    """How a task in `state` looks."""
    tone, shape, label = TASKS[state]
    return {"tone": tone, "icon": shape, "label": label}


BUTTONS = {
    "primary": "button",
    "secondary": "button button-secondary",
    "danger": "button button-danger",
    "link": "link",
}


@register.simple_tag
def action_class(action: dict[str, Any]) -> str:
    """The class of an action's button or link."""
    return BUTTONS[action.get("kind") or "secondary"]


# --- differences -------------------------------------------------------------------------------


def spans(old: str, new: str) -> list[tuple[str, str]]:
    """What was kept, taken out and put in, character by character: `[("same", "示例"), ("out", "3"), ("in", "8")]`."""
    found = []
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(("same", old[a1:a2]))
            continue
        found += [(kind, text) for kind, text in (("out", old[a1:a2]), ("in", new[b1:b2])) if text]
    return found


MARKS = {"same": "{}", "out": "<del>{}</del>", "in": "<ins>{}</ins>"}


@register.filter
def difference(old: object, new: object) -> SafeString:
    """The old text turned into the new one, with `<del>` and `<ins>` round what differs."""
    return format_html_join("", "{}", ((format_html(MARKS[kind], text),) for kind, text in spans(str(old), str(new))))


@register.filter
def only_old(old: object, new: object) -> SafeString:
    """The old text alone, with what is no longer there marked."""
    kept = (part for part in spans(str(old), str(new)) if part[0] != "in")
    return format_html_join("", "{}", ((format_html(MARKS[kind], text),) for kind, text in kept))


@register.filter
def only_new(old: object, new: object) -> SafeString:
    """The new text alone, with what was not there before marked; called on the old text."""
    kept = (part for part in spans(str(old), str(new)) if part[0] != "out")
    return format_html_join("", "{}", ((format_html(MARKS[kind], text),) for kind, text in kept))


# --- forms and pages ---------------------------------------------------------------------------


@register.filter
def beside(cells: Iterable[object], headings: Iterable[object]) -> list[tuple[object, object]]:
    """Each cell of a table's row with the heading of its column."""
    return list(zip(cells, headings, strict=False))


@register.filter
def target_id(field: BoundField) -> str:
    """The id an error link jumps to: the input, or the first one of a group."""
    return field.id_for_label or (f"{field.auto_id}_0" if field.auto_id else "")


def _wrong(form: object) -> bool:
    return isinstance(form, BaseForm) and form.is_bound and bool(form.errors)


def _forms(context: Context) -> Iterable[object]:
    return [context.get("form"), *(context.get("forms") or ())]


@register.simple_tag(takes_context=True)
def error_prefix(context: Context) -> str:
    """`Error: ` for the title of a page that came back with something to change."""
    return f"{gettext('Error:')} " if any(_wrong(form) for form in _forms(context)) else ""


@register.simple_tag(takes_context=True)
def wrong_forms(context: Context) -> list[object]:
    """Those of the page's forms (`form`, `forms`) that have something to change, each once."""
    return [one for one in dict.fromkeys((context.get("form"), *(context.get("forms") or ()))) if _wrong(one)]


@register.simple_tag
def count_errors(forms: Iterable[BaseForm]) -> int:
    """How many messages the summary lists."""
    return sum(len(messages) for form in forms for messages in form.errors.values())


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """`light`, `dark`, or empty for the reader's system."""
    return chosen_theme(context.get("request"))


NOTICE_ICONS = {"info": "info", "turn": "hand", "problem": "warning", "done": "check"}


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "") -> SafeString:
    """`{% notice "turn" "Title" %}…{% endnotice %}`: a strip of kind info, turn, problem or done."""
    head = format_html('<p class="notice-title">{}</p>', title) if title else ""
    return format_html(
        '<div class="notice notice-{}">{}<div class="notice-body">{}{}</div></div>',
        kind, icon(NOTICE_ICONS[kind]), head, SafeString(content),
    )  # fmt: skip
