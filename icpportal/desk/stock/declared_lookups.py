"""Lists of the desk can be filtered by their declared filters only.

Django filters a list by any column in the URL (`?password__regex=…`), so that a reader could find out, character by
character, a column that no page shows. `ReviewDesk.register` puts this before every admin class.
"""

from typing import TYPE_CHECKING

from django.contrib.admin import ListFilter, ModelAdmin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import ForeignKey
from django.http import HttpRequest

if TYPE_CHECKING:
    from django.contrib.admin.options import _ListFilterT


class DeclaredList(ChangeList):
    """A list that refuses parameters that no declared filter has consumed, before anything is queried."""

    def get_filters(self, request: HttpRequest) -> tuple[list[ListFilter], bool, dict[str, bool | str], bool, bool]:
        """As Django's; 400 for a remaining look-up."""
        found = super().get_filters(request)
        declared = {name for spec in found[0] for name in spec.expected_parameters()}
        undeclared = set(found[2]) - {f"{name}__exact" for name in declared} - self._dates()
        if undeclared:
            raise DisallowedModelAdminLookup(f"Filtering by {', '.join(sorted(undeclared))} is not declared")
        return found

    def _dates(self) -> set[str]:
        """The parameters that Django itself makes for the date hierarchy."""
        by = self.date_hierarchy
        return {f"{by}__gte", f"{by}__lt"} if by and f"{by}__year" in self.filter_params else set()


class DeclaredLookups(ModelAdmin):
    """The class that `ReviewDesk.register` puts first, so that no admin class can undo it.

    Its list is closed by `DeskList` (`lists.py`).
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:  # noqa: ARG002
        """Only a declared filter or the date hierarchy; `DeclaredList` judges their parameters."""
        filters = self.get_list_filter(request) if request is not None else self.list_filter
        paths = [_path(each) for each in (*filters, *filter(None, [self.date_hierarchy]))]
        return any(lookup == path or lookup.startswith(f"{path}__") for path in paths)

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        """Only the primary key."""
        return super().to_field_allowed(request, to_field) and to_field == self.opts.pk.name


def _path(filter_: "_ListFilterT") -> str:
    """The parameter or column of one entry of `list_filter`."""
    if isinstance(filter_, (list, tuple)):
        return str(filter_[0])
    return str(getattr(filter_, "parameter_name", filter_))


class DeclaredChoices(AutocompleteJsonView):
    """Django's autocomplete, only for fields that declare it."""

    def process_request(self, request: HttpRequest) -> tuple[str, ModelAdmin, ForeignKey, str]:
        """As Django's; 403 for any other field."""
        found = super().process_request(request)
        source = found[2]
        asking = self.admin_site._registry.get(source.model) if self.admin_site else None
        if asking is None or source.name not in asking.get_autocomplete_fields(request):
            raise PermissionDenied
        return found
