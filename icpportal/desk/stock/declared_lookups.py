"""Lists of the review desk narrow by the filters they declare and by nothing else.

Django filters a list by whatever column its address names (`?password__regex=…`), so that who may only look can read a
column that no page shows, one sign at a time. `ReviewDesk.register` puts this before every admin class.
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
    """A list that refuses what no filter of its own has taken from the address, before anything is looked up."""

    def get_filters(self, request: HttpRequest) -> tuple[list[ListFilter], bool, dict[str, bool | str], bool, bool]:
        """As Django's; 400 for a look-up that is left over."""
        found = super().get_filters(request)
        declared = {name for spec in found[0] for name in spec.expected_parameters()}
        undeclared = set(found[2]) - {f"{name}__exact" for name in declared} - self._dates()
        if undeclared:
            raise DisallowedModelAdminLookup(f"Filtering by {', '.join(sorted(undeclared))} is not declared")
        return found

    def _dates(self) -> set[str]:
        """What Django itself makes of a year of the date hierarchy."""
        by = self.date_hierarchy
        return {f"{by}__gte", f"{by}__lt"} if by and f"{by}__year" in self.filter_params else set()


class DeclaredLookups(ModelAdmin):
    """What `ReviewDesk.register` puts before an admin class; it comes first, so no class can open itself again.

    Its list is closed by `DeskList` (`lists.py`).
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:  # noqa: ARG002
        """Only by a declared filter or the date hierarchy; which parameters these take is judged by `DeclaredList`."""
        filters = self.get_list_filter(request) if request is not None else self.list_filter
        paths = [_path(each) for each in (*filters, *filter(None, [self.date_hierarchy]))]
        return any(lookup == path or lookup.startswith(f"{path}__") for path in paths)

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        """Rows are addressed by their primary key alone."""
        return super().to_field_allowed(request, to_field) and to_field == self.opts.pk.name


def _path(filter_: "_ListFilterT") -> str:
    """The parameter or the column of one entry of `list_filter`."""
    if isinstance(filter_, (list, tuple)):
        return str(filter_[0])
    return str(getattr(filter_, "parameter_name", filter_))


class DeclaredChoices(AutocompleteJsonView):
    """Django's search for a form's field, only for fields that declare it."""

    def process_request(self, request: HttpRequest) -> tuple[str, ModelAdmin, ForeignKey, str]:
        """As Django's; 403 for any other field."""
        found = super().process_request(request)
        source = found[2]
        asking = self.admin_site._registry.get(source.model) if self.admin_site else None
        if asking is None or source.name not in asking.get_autocomplete_fields(request):
            raise PermissionDenied
        return found
