"""Tags and filters of the portal's templates: `{% load portal %}`. Usage on one page: docs/look.md."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from django import template
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.forms.utils import flatatt
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from icpportal import time_format
from icpportal.fields import language_marks, marked_text
from icpportal.fields.components import Action, DocumentRow, DrawnSlot, Link, OrderSlip, StateRow
from icpportal.fields.language_marks import reads_chinese
from icpportal.fields.types import Facts, Words
from icpportal.kept_html import fragments, gaps, translated
from icpportal.pages import header, public
from icpportal.pages.markup import (
    actions,
    document_rows,
    drawings,
    fields,
    frame,
    order_slip,
    slots,
    summary_rows,
)
from icpportal.pages.theme import chosen_theme
from icpportal.privacy import masks

register = template.Library()
register.tag("translate", translated.translate)
register.tag(fragments.fragment)
register.simple_tag(language_marks.sign)

for written in (
    *(masks.mask_name, masks.mask_mobile, masks.mask_number, masks.mask_email),
    *(marked_text.zh, marked_text.zh_parts, marked_text.zh_in_mail, marked_text.with_full_stop, marked_text.beijing),
    *(marked_text.difference, marked_text.only_old, marked_text.only_new),
):
    register.filter(written.__name__, written)

# --- languages ---------------------------------------------------------------------------------


@register.simple_tag
def page_language() -> str:
    """The page's language for browsers and screen readers."""
    return "zh-Hans" if reads_chinese() else "en"


# --- time --------------------------------------------------------------------------------------


@register.filter
def time_left(moment: datetime | None, now: datetime | None = None) -> str:
    """`1 day 7 hours left`."""
    return time_format.left_words(moment, now=now) if moment else ""


@register.simple_tag
def urgency(moment: datetime, now: datetime | None = None) -> dict[str, str]:
    """The tone of a deadline (turn, late, over), and the clock at which the page was made."""
    clock = now or timezone.now()
    span = moment - clock
    tone = "over" if span <= time_format.HOUR * 0 else "late" if span <= time_format.HOUR else "turn"
    return {"tone": tone, "now": clock.isoformat(), "at": moment.isoformat()}


for drawn in (drawings.icon, drawings.drawing, drawings.landscape, drawings.sample, drawings.riding_seal):
    register.simple_tag(drawn)


@register.simple_tag(takes_context=True)
def as_printed(context: Context, url: str) -> str:
    """For print only: when the page was shown, and its URL."""
    request = context.get("request")
    facts = {
        "time": time_format.long_words(timezone.now()),
        "address": request.build_absolute_uri(url) if request is not None else url,
    }
    return gettext("As of %(time)s · %(address)s") % facts


# --- states ------------------------------------------------------------------------------------


UNKNOWN_LOOK = ("slate", "circle-dashed")


@register.simple_tag
def state_look(state: StateRow | Mapping[str, str]) -> dict[str, str]:
    """Tone and icon of anything with a state: a row of a table of states, or a mapping."""
    own = state if isinstance(state, Mapping) else {name: getattr(state, name, "") for name in ("tone", "icon")}
    tone, shape = UNKNOWN_LOOK
    return {"tone": own.get("tone") or tone, "icon": own.get("icon") or shape}


@register.simple_tag
def state_mark(state: StateRow | Mapping[str, str]) -> SafeString:
    """The mark of a state: shape, word, tint."""
    look = state_look(state)
    label = state["label"] if isinstance(state, Mapping) else state.label
    return order_slip.state_mark(look["tone"], look["icon"], label)


@register.simple_tag(takes_context=True)
def slip_markup(context: Context, slip: OrderSlip) -> SafeString:
    """The slip of an order."""
    return order_slip.markup(slip, state_mark(slip.state), as_printed(context, slip.url))


@register.simple_tag(takes_context=True)
def slot_markup(context: Context, slot: DrawnSlot) -> SafeString:
    """One side of a document, with its picture and upload."""
    return slots.markup(slot, _csrf_token(context))


@register.simple_tag(takes_context=True)
def document_row(context: Context, row: DocumentRow) -> SafeString:
    """One document of the hub."""
    return document_rows.markup(row, _csrf_token(context))


@register.simple_tag
def summary_row(row: Mapping[str, Words | None]) -> SafeString:
    """A row of what was answered: label, value; optional change_url, old."""
    return summary_rows.markup(row)


TASKS = {
    "todo": ("slate", "circle-dashed", pgettext_lazy("task", "Not started")),
    "doing": ("slate", "circle-half", pgettext_lazy("task", "In progress")),
    "done": ("plain", "check", pgettext_lazy("task", "Done")),
    "wrong": ("amber", "pencil", pgettext_lazy("task", "Changes needed")),
    "replace": ("amber", "return", _("To replace")),
    "waiting": ("blue", "hourglass", pgettext_lazy("task", "Waiting")),
}


@register.simple_tag
def task_look(state: str) -> dict[str, Words]:
    """The look of a task in `state`."""
    tone, shape, label = TASKS[state]
    return {"tone": tone, "icon": shape, "label": label}


@register.simple_tag
def action_class(action: Action | Mapping[str, str]) -> str:
    """The CSS class of an action's button or link."""
    kind = action.kind if isinstance(action, Action) else action.get("kind")
    return actions.BUTTONS[kind or "secondary"]


register.simple_tag(actions.label, name="action_label")


@register.simple_tag(takes_context=True)
def action_markup(context: Context, action: Action | Mapping[str, object]) -> SafeString:
    """The button or link of an action. The CSRF token is made only for a button."""
    return actions.markup(action, _csrf_token(context))


def _csrf_token(context: Context) -> Words:
    return cast("Words", context.get("csrf_token", ""))


SECONDARY_TAGS = {"outline", "secondary", "cancel", "link"}  # allauth's tags of its buttons
ELEMENT_ATTRIBUTES = ("href", "form", "id", "name", "value", "type")
FORM_ATTRIBUTES = ("method", "id", "action")


@register.filter
def element_class(attributes: Facts) -> str:
    """The CSS class of a button or link on allauth's pages."""
    given = attributes.get("tags")
    tags = set(given) if isinstance(given, list) else set()
    if tags & {"danger", "delete"}:
        return actions.BUTTONS["danger"]
    return actions.BUTTONS["secondary" if tags & SECONDARY_TAGS or attributes.get("href") else "primary"]


@register.filter
def element_attributes(attributes: Facts) -> SafeString:
    """allauth's attributes of a button."""
    return flatatt({name: attributes[name] for name in ELEMENT_ATTRIBUTES if attributes.get(name)})


@register.filter
def form_attributes(attributes: Facts) -> SafeString:
    """allauth's attributes of a form."""
    return flatatt({name: attributes[name] for name in FORM_ATTRIBUTES if attributes.get(name)})


# --- forms and pages ---------------------------------------------------------------------------


@register.filter
def input_attributes(attributes: Facts) -> SafeString:
    """The attributes of an input, without those for browser validation."""
    return fields.markup(fields.input_attributes(attributes))


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """An error in the summary of a page: where it leads, and its field's name where several fields have this error."""

    error: Words | ValidationError
    target: str = ""
    label: Words = ""


def _wrong(context: Context) -> list[BaseForm]:
    """The page's forms with errors, each once."""
    forms = dict.fromkeys((context.get("form"), *(context.get("forms") or ())))
    return [form for form in forms if isinstance(form, BaseForm) and form.is_bound and form.errors]


@register.simple_tag(takes_context=True)
def error_prefix(context: Context) -> str:
    """`Error: ` or 错误： for the title of a page with errors."""
    return f"{gettext('Error:')}{language_marks.sign(' ')}" if _wrong(context) else ""


@register.simple_tag(takes_context=True)
def wrong_forms(context: Context) -> list[BaseForm]:
    """The page's forms (`form`, `forms`) with errors, each once, for the summary."""
    wrong = _wrong(context)
    for form in wrong:
        fields.note_summary(form)
    return wrong


@register.simple_tag
def summary_lines(forms: Iterable[BaseForm]) -> list[SummaryLine]:
    """The errors of these forms, one line each: those of a whole form first, then those of its fields."""
    lines = [line for form in forms for line in _lines_of(form)]
    times = Counter(line.error for line in lines)
    return [line if times[line.error] > 1 else replace(line, label="") for line in lines]


def _lines_of(form: BaseForm) -> Iterator[SummaryLine]:
    hidden = [error for field in form.hidden_fields() for error in field.errors]
    yield from (SummaryLine(error) for error in (*form.non_field_errors(), *hidden))
    for field in form.visible_fields():
        target = field.id_for_label or (f"{field.auto_id}_0" if field.auto_id else "")  # of a group, the first input
        yield from (SummaryLine(error, target, field.label) for error in field.errors)


@register.simple_tag(takes_context=True)
def page_head(context: Context) -> SafeString:
    """The head of the page. Uses, all optional: request, user, unread_count, provider_name, demo, page_draft."""
    request, token = context.get("request"), context.get("csrf_token")
    draft, language = context.get("page_draft"), get_language() or ""
    reader = header.reader_of(context.get("user"))
    key = frame.Head(
        language=language,
        reader=reader,
        place=header.place_of(request.path if request is not None else ""),
        theme=chosen_theme(request),
        can_post=token is not None,
        takes_draft=bool(draft and draft.names),
        provider=str(context.get("provider_name") or ""),
        demo=bool(context.get("demo")),
        addresses=gaps.addresses(),
    )
    values = {
        "address": request.get_full_path() if request is not None else "",
        # would set a cookie for visitors, whose switches need no token (pages/visitors.py)
        "token": "" if reader is header.Reader.VISITOR else str(token),
        "unread": frame.unread(language, str(context.get("unread_count") or 0)),
    }
    return frame.head(key).fill(values)


@register.simple_tag(takes_context=True)
def page_foot(context: Context, reference: str = "") -> SafeString:
    """The foot of the page, with the order it belongs to. Uses, optional: provider_hotline, provider_hours."""
    key = frame.Foot(
        language=get_language() or "",
        hotline=str(context.get("provider_hotline") or ""),
        hours=str(context.get("provider_hours") or ""),
        is_of_order=bool(reference),
        addresses=gaps.addresses(),
    )
    return frame.foot(key).fill({"reference": reference})


@register.simple_tag(takes_context=True)
def account_places(context: Context) -> list[header.Place]:
    """The pages of the reader's own account."""
    return header.places_of_account(context.get("request"))


@register.simple_tag
def standing_pages() -> list[Link]:
    """The pages at the foot."""
    return header.links(header.STANDING)


@register.simple_tag
def other_language() -> header.Language:
    """The language that the page is not in."""
    return header.other_language()


@register.simple_tag(takes_context=True)
def next_theme(context: Context) -> header.Theme:
    """The theme after the chosen one, for a single button."""
    return header.next_theme(chosen_theme(context.get("request")))


@register.simple_tag(takes_context=True)
def theme_attribute(context: Context) -> SafeString:
    """The page's theme as an attribute of `html`; empty when it follows the reader's system."""
    return flatatt({"data-theme": chosen_theme(context.get("request")) or None})


@register.simple_tag(takes_context=True)
def page_description(context: Context) -> str:
    """The description of a public page for search engines; "" on private ones."""
    return public.description_of(context.get("request"), str(context.get("provider_name") or ""))


NOTICE_ICONS = {"info": "info", "turn": "hand", "problem": "warning", "done": "check"}


NOTICES_OF_LEVELS = {"error": "problem", "warning": "turn", "success": "done"}


@register.filter
def notice_kind(level: str) -> str:
    """The kind of notice for one of Django's messages."""
    return NOTICES_OF_LEVELS.get(level, "info")


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "") -> SafeString:
    """`{% notice "turn" "Title" %}…{% endnotice %}`: a box of kind info, turn, problem or done."""
    head = format_html('<p class="notice-title">{}</p>', title) if title else ""
    return format_html(
        '<div class="notice notice-{}">{}<div class="notice-body">{}{}</div></div>',
        kind, drawings.icon(NOTICE_ICONS[kind]), head, SafeString(content),
    )  # fmt: skip
