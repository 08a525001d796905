"""The queue of orders: what is late, whose it is, how long it waits in working time."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from filings.provinces import PROVINCES
from icpportal.accounts.guards import account_of
from icpportal.fields.language_marks import reads_chinese
from icpportal.fields.types import Words
from transfers.models import Order
from transfers.orders import states
from transfers.orders.kinds import queues
from transfers.orders.rows import Group

if TYPE_CHECKING:
    from django.contrib.admin.filters import _ListFilterChoices

TABS: dict[str, tuple[Words, dict[str, str | bool]]] = {
    **{state.queue: (state.queue_label or state.label, {"state": state.key}) for state in queues()},
    "held": (_("On hold: the provider's fault"), {"held": True}),
    "all": (_("All orders"), {}),
}


def province_name(code: str) -> str:
    """The province in the reader's language."""
    return PROVINCES[code].name(chinese=reads_chinese()) if code in PROVINCES else code


class ByProvince(admin.SimpleListFilter):
    """Every province by name; no look into the table for it."""

    title = _("province")
    parameter_name = "province"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Iterable[tuple[str, str]]:
        return [(code, province_name(code)) for code in PROVINCES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        return queryset.filter(province=self.value()) if self.value() else queryset


class Tab(admin.SimpleListFilter):
    """What a reviewer looks for; without a choice, everything that waits for us."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Iterable[tuple[str, str]]:
        return [("mine", str(_("Mine"))), *((key, str(label)) for key, (label, _filter) in TABS.items())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        if self.value() == "mine":
            return queryset.filter(reviewer=account_of(request), claimed_until__gt=timezone.now())
        if found := TABS.get(self.value() or ""):
            return queryset.filter(**found[1])
        return queryset.filter(state__in=states.keys(Group.IN_REVIEW))

    def choices(self, changelist: ChangeList) -> "Iterator[_ListFilterChoices]":
        found = super().choices(changelist)
        first = next(found)
        yield {**first, "display": _("Waiting for us")}
        yield from found
