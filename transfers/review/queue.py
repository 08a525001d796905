"""The queue of orders: what is late, whose it is, how long it waits in working time."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from filings.provinces import PROVINCES
from icpportal.entry.marks import reads_chinese
from transfers import states
from transfers.models import Order

TABS: dict[str, tuple[Any, dict[str, Any]]] = {
    "review": (_("Waiting for review"), {"state": states.SUBMITTED}),
    "photo": (_("Photo in review"), {"state": states.PHOTO_REVIEW}),
    "handing": (_("Being handed over"), {"state": states.HANDING_OVER}),
    "held": (_("Held: the provider's fault"), {"held": True}),
    "phones": (_("Confirm phones"), {"state": states.PHONE_DUE}),
    "authority": (_("With the administration"), {"state": states.AUTHORITY_REVIEW}),
    "all": (_("All orders"), {}),
}


def province_name(code: str) -> str:
    """The province in the reader's language."""
    return PROVINCES[code].name(chinese=reads_chinese()) if code in PROVINCES else code


class ByProvince(admin.SimpleListFilter):
    """Every province by name; no look into the table for it."""

    title = _("province")
    parameter_name = "province"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(code, province_name(code)) for code in PROVINCES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        return queryset.filter(province=self.value()) if self.value() else queryset


class Tab(admin.SimpleListFilter):
    """What a reviewer looks for; without a choice, everything that waits for us."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("mine", _("Mine")), *((key, label) for key, (label, _filter) in TABS.items())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        if self.value() == "mine":
            return queryset.filter(reviewer=request.user, claimed_until__gt=timezone.now())
        if self.value() in TABS:
            return queryset.filter(**TABS[self.value()][1])
        return queryset.filter(state__in=states.IN_REVIEW)

    def choices(self, changelist: Any) -> Any:
        found = super().choices(changelist)
        first = next(found)
        yield {**first, "display": _("Waiting for us")}
        yield from found
