"""A list and a page of the desk that are read-only."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, TypeVar

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from icpportal.desk.readonly_admin import ReadOnlyAdmin
from icpportal.fields.types import Words

Row = TypeVar("Row", bound=Model)


class ValuesFilter(admin.SimpleListFilter):
    """A filter by fixed values: Django would look them up in the whole table.

    `parameter_name` is the column.
    """

    values: ClassVar[Mapping[str, Words]]

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:  # noqa: ARG002 -- Django's signature
        return [(value, str(label)) for value, label in self.values.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Row]) -> QuerySet[Row]:  # noqa: ARG002 -- same
        chosen = self.value()
        return queryset.filter(**{self.parameter_name or "": chosen}) if chosen in self.values else queryset


class ReadOnly(ReadOnlyAdmin[Row]):
    """A read-only list with its pages."""

    actions: Sequence[str] | None = None
    on_page: tuple[str, ...] = ()

    def get_fields(self, request: HttpRequest, obj: Row | None = None) -> tuple[str, ...]:  # noqa: ARG002 -- Django's signature
        return self.on_page

    def get_readonly_fields(self, request: HttpRequest, obj: Row | None = None) -> tuple[str, ...]:  # noqa: ARG002 -- same
        return self.on_page

    def found_by(self, term: str) -> Q:
        """What a search term finds here."""
        raise NotImplementedError

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Row], search_term: str
    ) -> tuple[QuerySet[Row], bool]:  # noqa: ARG002 -- Django's signature
        term = search_term.strip()
        return (queryset.filter(self.found_by(term)) if term else queryset), False
