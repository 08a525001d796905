"""Filters of the ministry's lists."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.utils.translation import gettext_lazy as _

from icpportal.desk.readonly_list import ValuesFilter
from icpportal.gateways.miit.incoming.result_handler import UNDERSTOOD
from icpportal.gateways.miit.types import ReportKind

if TYPE_CHECKING:
    from django.contrib.admin.filters import _ListFilterChoices

KINDS = {
    ReportKind.ACCESS: _("New access"),
    ReportKind.CANCELLATION: _("End of an access"),
    ReportKind.MATERIAL: _("Verification material"),
}
KINDS_BY_NAME = {str(kind): said for kind, said in KINDS.items()}


class KindFilter(admin.ChoicesFieldListFilter):
    """Filters reports by kind."""

    def choices(self, changelist: ChangeList) -> "Iterator[_ListFilterChoices]":
        """Django's, with the words of `KINDS`."""
        for choice in super().choices(changelist):
            yield {**choice, "display": KINDS_BY_NAME.get(str(choice["display"]), choice["display"])}


class DownloadFilter(ValuesFilter):
    """Filters downloads by the kinds that we read; those of other kinds are listed under "all"."""

    title = _("Type")
    parameter_name = "kind"
    values = {kind: kind for kind in UNDERSTOOD}
