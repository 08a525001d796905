"""Fields and inputs as HTML without a template each: a page with 15 fields takes a tenth of the time.

`WIDGETS`, `FIELDS` and `FORMS` list what is written here; others, and what a template includes by name, are drawn by
their template. Everything not marked safe is escaped.
"""

from collections.abc import Callable, Iterable
from html import escape
from typing import TYPE_CHECKING, TypedDict

from django.forms import BaseForm
from django.forms.utils import ErrorList
from django.utils.safestring import SafeData, SafeString
from django.utils.translation import gettext

from icpportal.fields.language_marks import has_han, reads_chinese
from icpportal.fields.marked_text import zh_parts
from icpportal.fields.types import Fact, Facts, Words
from icpportal.pages.markup.drawings import icon

if TYPE_CHECKING:
    from icpportal.pages.markup.renderer import PortalField

# attributes by which browsers would validate before the server
JUDGED_BY_BROWSERS = ("required", "minlength", "maxlength")
IN_SUMMARY = "_is_in_summary"


class Widget(TypedDict, total=False):
    """Django's context of an input, and of each of its options."""

    name: str
    type: str
    value: str | None
    attrs: Facts
    label: Words
    optgroups: "list[tuple[str | None, list[Widget], int]]"


def _escape(value: Fact) -> str:
    """Escapes like templates but without resolving lazy translations first: a select has hundreds of texts."""
    text = value if isinstance(value, str) else str(value)
    return text if isinstance(text, SafeData) else escape(text)


def attributes(given: Facts) -> str:
    """Attributes of a tag: true ones by name only, empty ones not at all."""
    parts = []
    for name, value in given.items():
        if value is True:
            parts.append(f" {name}")
        elif value is not None and value is not False:
            parts.append(f' {name}="{_escape(value)}"')
    return "".join(parts)


def input_attributes(given: Facts) -> str:
    """Without attributes for browser validation; the script counts letters by `data-maxlength`."""
    shown = {name: value for name, value in given.items() if name not in JUDGED_BY_BROWSERS}
    return attributes({**shown, "data-maxlength": given.get("maxlength")})


# --- inputs --------------------------------------------------------------------------------------


def text_input(widget: Widget) -> str:
    """Every input with a single tag: text, number, box, file.

    Browsers limit a search themselves: it becomes part of an address, where a longer one may not fit.
    """
    value, given = widget.get("value"), {**widget["attrs"]}
    shown = "" if value is None else f' value="{_escape(value)}"'
    limit = attributes({"maxlength": given.pop("maxlength", None)}) if widget["type"] == "search" else ""
    return f'<input type="{widget["type"]}" name="{widget["name"]}"{shown}{input_attributes(given)}{limit}>'


def password(widget: Widget) -> str:
    """With the button that reveals it."""
    return (
        f'<span class="reveal">{text_input(widget)}<button class="reveal-button" type="button"'
        f' data-reveal="{_escape(widget["attrs"].get("id"))}" data-hide="{escape(gettext("Hide"))}" hidden>'
        f"{escape(gettext('Show'))}</button></span>"
    )


def textarea(widget: Widget) -> str:
    """The line break after the tag is not part of the value."""
    text = _escape(widget.get("value") or "")
    return f'<textarea name="{widget["name"]}"{input_attributes(widget["attrs"])}>\n{text}</textarea>'


def select(widget: Widget) -> str:
    """An option cannot contain marks: one with Chinese words is marked itself, on pages of another language."""
    marks = not reads_chinese()
    parts = [f'<select name="{widget["name"]}"{input_attributes(widget["attrs"])}>']
    for group, options, _place in widget["optgroups"]:
        written = [_option(option, marks=marks) for option in options]
        parts += [f'<optgroup label="{_escape(group)}">', *written, "</optgroup>"] if group else written
    return "\n".join([*parts, "</select>"])


def _option(option: Widget, *, marks: bool) -> str:
    label = str(option["label"])
    mark = ' lang="zh-Hans"' if marks and has_han(label) else ""
    given = input_attributes(option["attrs"]) if option["attrs"] else ""  # most have none
    return f'<option{mark} value="{_escape(str(option["value"]))}"{given}>{_escape(label)}</option>'


def choices(widget: Widget) -> str:
    """Radio buttons or boxes, grouped if they have groups."""
    given = widget["attrs"]
    own = given.get("class")
    outer = attributes({"id": given.get("id") or None, "class": f"choices {own}" if own else "choices"})
    return f"<div{outer}>{''.join(_group(group, options) for group, options, _place in widget['optgroups'])}</div>"


def _group(name: str | None, options: Iterable[Widget]) -> str:
    written = "".join(f'<div class="choice">{choice(option)}</div>' for option in options)
    if not name:
        return written
    words = _escape(name)
    return (
        f'<div class="choices-group" role="group" aria-label="{words}"><p class="choices-name">{words}</p>'
        f"{written}</div>"
    )


def choice(option: Widget) -> str:
    """One radio button or box with its label."""
    target = attributes({"for": option["attrs"].get("id") or None})
    return f"{text_input(option)}<label{target}>{zh_parts(option['label'])}</label>"


# --- fields --------------------------------------------------------------------------------------


def hint(field: "PortalField") -> str:
    """The hint of a field, linked to its input by id."""
    if not field.help_text:
        return ""
    return f'<div class="hint"{field.hint_attributes}>{zh_parts(field.help_text)}</div>'


def error(field: "PortalField") -> str:
    """A field's error, linked to its input by id."""
    if not field.errors:
        return ""
    prefix = f'<span class="sr">{escape(gettext("Error:"))}</span> '
    lines = "".join(f"<p>{prefix}{zh_parts(str(line))}</p>" for line in field.errors)
    return f'<div class="field-error"{field.error_attributes}>{lines}</div>'


def source_of(field: "PortalField") -> str:
    """The source of a filled-in value."""
    source = field.filled
    return f'<p class="filled">{icon("check")} {_escape(source)}</p>' if source else ""


def _label(field: "PortalField") -> str:
    """The label, which says if the field is optional."""
    may_stay_empty = not field.field.required and not field.field.disabled
    optional = f'<span class="optional">{escape(gettext("(optional)"))}</span>' if may_stay_empty else ""
    return f"{zh_parts(field.label)}{optional}"


def below_its_label(field: "PortalField") -> str:
    """Label, hint, error, input."""
    label = f'<label class="label" for="{field.id_for_label}">{_label(field)}</label>' if field.label else ""
    return f'<div class="{field.look}">{label}{hint(field)}{error(field)}{field}{source_of(field)}</div>'


def beside_its_label(field: "PortalField") -> str:
    """A box before its label."""
    label = f'<label for="{field.id_for_label}">{zh_parts(field.label)}</label>'
    choice = f'<div class="choice">{field}{label}</div>'
    return f'<div class="{field.look}">{error(field)}{choice}{hint(field)}{source_of(field)}</div>'


def group(field: "PortalField") -> str:
    """A group of choices: legend, hint, error, choices."""
    legend = f'<legend class="label">{_label(field)}</legend>' if field.label else ""
    inner = f"{legend}{hint(field)}{error(field)}{field}{source_of(field)}"
    return f'<div class="{field.look}"><fieldset{field.group_attributes}>{inner}</fieldset></div>'


# --- forms ---------------------------------------------------------------------------------------


class DrawnForm(TypedDict):
    """Django's context of a form."""

    form: BaseForm
    fields: "list[tuple[PortalField, ErrorList]]"
    hidden_fields: "list[PortalField]"
    errors: ErrorList


def whole_form(drawn: DrawnForm) -> str:
    """A form: the errors of no field, unless the summary of the page lists them, then its fields."""
    errors, hidden = drawn["errors"], "".join(map(str, drawn["hidden_fields"]))
    shown = f'<div class="form-errors">{errors}</div>' if errors and not is_in_summary(drawn["form"]) else ""
    groups = "".join(field.as_field_group() for field, _errors in drawn["fields"])
    return f'{shown}\n<div class="fields">{groups}</div>\n{hidden}'.strip()


def note_summary(form: BaseForm) -> None:
    """Notes that the summary of the page lists the form's errors of no field."""
    setattr(form, IN_SUMMARY, True)


def is_in_summary(form: BaseForm) -> bool:
    """Whether it does."""
    return getattr(form, IN_SUMMARY, False)


INPUTS = ("input", "text", "number", "email", "url", "tel", "search", "color", "hidden", "date", "time", "checkbox")
WIDGETS: dict[str, Callable[[Widget], str]] = {
    **dict.fromkeys((f"django/forms/widgets/{name}.html" for name in INPUTS), text_input),
    "django/forms/widgets/file.html": text_input,
    "django/forms/widgets/password.html": password,
    "django/forms/widgets/textarea.html": textarea,
    "django/forms/widgets/select.html": select,
    "django/forms/widgets/radio.html": choices,
    "django/forms/widgets/checkbox_select.html": choices,
    "django/forms/widgets/radio_option.html": choice,
    "django/forms/widgets/checkbox_option.html": choice,
}
BELOW, BESIDE, GROUP = "field", "field beside its label", "group of choices"
FORMS: dict[str, Callable[[DrawnForm], str]] = {"django/forms/div.html": whole_form}
FIELDS: dict[str, Callable[["PortalField"], str]] = {
    BELOW: below_its_label,
    BESIDE: beside_its_label,
    GROUP: group,
}


def markup(written: str) -> SafeString:
    """Marks text as safe that was built here with everything from outside escaped."""
    return SafeString(written)
