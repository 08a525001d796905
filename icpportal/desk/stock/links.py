"""Links between rows of the desk, only for readers who may open the target.

Django links every foreign key it shows, so that a reader without access to accounts met a 403 behind each name.
`ReviewDesk.register` puts this before every admin class.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.admin import ModelAdmin, display
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import FieldDoesNotExist
from django.db.models import BooleanField, Model
from django.db.models.fields.related import RelatedField
from django.db.models.options import Options
from django.http import HttpRequest
from django.utils.translation import gettext

Said = Callable[[Any], str | bool]
Names = str | Said | Sequence["Names"]  # fields as in admin classes: tuples share a line


class OpenableLinks(ModelAdmin):
    """Read-only foreign keys as links or as words; booleans in words."""

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [_without_picture(self.opts, each) for each in super().get_list_display(request)]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return [self._openable(request, each) for each in super().get_readonly_fields(request, obj)]

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        found = super().get_fieldsets(request, obj)
        is_read = obj is not None and not self.has_change_permission(request, obj)
        read = set(flatten_fieldsets(found) if is_read else super().get_readonly_fields(request, obj))

        def show(each: Names) -> Names:
            if isinstance(each, (list, tuple)):
                return [show(one) for one in each]
            return self._openable(request, each) if each in read else each

        return [(title, {**options, "fields": show(options["fields"])}) for title, options in found]

    def _openable(self, request: HttpRequest, name: Names) -> Names:
        """The field's name, or a function that shows it without a link.

        Named differently: this comes before every admin class, whose methods it must not hide.
        """
        try:
            field = self.opts.get_field(name) if isinstance(name, str) else None
        except FieldDoesNotExist:
            return name
        if not isinstance(field, RelatedField):
            return _without_picture(self.opts, name)
        other = self.admin_site._registry.get(field.related_model)
        if other is None or other.has_view_or_change_permission(request):
            return name
        return _in_words(field)


def _without_picture(opts: Options, name: Names) -> Names:
    """Booleans as words, where Django draws a coloured icon."""
    try:
        field = opts.get_field(name) if isinstance(name, str) else None
    except FieldDoesNotExist:
        return name
    if not isinstance(field, BooleanField):
        return name

    @display(description=field.verbose_name, ordering=field.name)
    def words_of(row: Model) -> str:
        return {True: gettext("Yes"), False: gettext("No")}.get(getattr(row, field.name), "-")

    words_of.__name__ = field.name
    return words_of


def _in_words(field: RelatedField) -> Said:
    @display(description=field.verbose_name)
    def words_of(row: Model) -> str:
        found = getattr(row, field.name, None)
        return "-" if found is None else str(found)

    words_of.__name__ = field.name
    return words_of
