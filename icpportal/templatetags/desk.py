"""Tags for the desk's templates of Django's lists and forms: `{% load desk %}`."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import template
from django.contrib.admin.helpers import AdminField, AdminReadonlyField
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext

from icpportal.desk.stock.labels import plain
from icpportal.fields.types import Words

register = template.Library()

Header = Mapping[str, Any]  # Django's header of a column
PICKS = "action-checkbox"
READ, TYPED, CHOSEN = (f"admin/includes/field_{kind}.html" for kind in ("read", "typed", "chosen"))


@register.filter
def drawn_by(field: AdminField | AdminReadonlyField) -> str:
    """The template of a form's field."""
    if isinstance(field, AdminReadonlyField):
        return READ
    return CHOSEN if field.field.use_fieldset else TYPED


@register.filter
def label(words: Words) -> str:
    """The label of a column or a field."""
    return capfirst(plain(words))


@register.filter
def heading(header: Header) -> SafeString:
    """The heading of a column, as a link if the list can be sorted by it."""
    if _picks(header):
        every = gettext("Choose all on this page")
        return format_html('<input type="checkbox" class="only-script" data-all aria-label="{}">', every)
    words = label(header["text"])
    if not header["sortable"]:
        return format_html("<span>{}</span>", words)
    return format_html('<a href="{}">{}</a>', header["url_primary"], words)


@register.filter
def sorted_how(header: Header) -> SafeString:
    """The direction of sorting, if the list is sorted by this column."""
    if not header.get("sorted"):
        return SafeString()
    return format_html(' aria-sort="{}"', "ascending" if header["ascending"] else "descending")


@register.filter
def with_labels(cells: Iterable[SafeString], headers: Iterable[Header]) -> Iterator[SafeString]:
    """The cells of a row with their column's label, which narrow windows show before the value."""
    for cell, header in zip(cells, headers, strict=False):
        name = "" if _picks(header) else label(header["text"])
        yield SafeString(cell.replace(">", f' data-label="{conditional_escape(name)}">', 1))


def _picks(header: Header) -> bool:
    return PICKS in header["class_attrib"]
