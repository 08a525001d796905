"""Designated places at the review desk: operations keep the list; people who chose a closing place are told."""

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings.register.regions import cities, provinces, region
from icpportal.fields.fields import ChoiceField
from verification.models import PhotoPlace
from verification.photos import places as photo_places


def _cities() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every city of the mainland, grouped by province; a municipality is its own city."""
    return [(each.name, _of(each.code, each.name)) for each in provinces()]


def _of(province: str, name: str) -> list[tuple[str, str]]:
    found = [(city.code, city.full_name.removeprefix(name)) for city in cities(province)]
    return [(code, words or name) for code, words in found]


class PlaceForm(forms.ModelForm):
    """A designated place; cities by name."""

    region = ChoiceField(label=gettext_lazy("City"), choices=_cities)

    class Meta:
        model = PhotoPlace
        fields = ("region", "name_zh", "name_en", "address_zh", "address_en", "hours_zh", "hours_en", "phone", "active")


@admin.register(PhotoPlace)
class PhotoPlaceAdmin(admin.ModelAdmin):
    """Places are never deleted: orders name the one where their photo was taken."""

    form = PlaceForm
    list_display = ("name_zh", "city", "address_zh", "hours_zh", "phone", "active")
    list_filter = ("active",)
    search_fields = ("name_zh", "name_en", "address_zh")
    actions = ("close_them", "open_them")

    @admin.display(description=gettext_lazy("City"), ordering="region")
    def city(self, place: PhotoPlace) -> str:
        found = region(place.region)
        return found.full_name if found else place.region

    def has_delete_permission(self, request: HttpRequest, obj: PhotoPlace | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: PhotoPlace, form: PlaceForm, change: bool) -> None:
        if change and "active" in form.changed_data and not obj.active:
            self._say(request, photo_places.close(obj))
        super().save_model(request, obj, form, change)

    @admin.action(description=gettext_lazy("Close and notify everyone who chose it"), permissions=["change"])
    def close_them(self, request: HttpRequest, queryset: QuerySet[PhotoPlace]) -> None:
        self._say(request, sum(photo_places.close(place) for place in queryset))

    @admin.action(description=gettext_lazy("Open again"), permissions=["change"])
    def open_them(self, request: HttpRequest, queryset: QuerySet[PhotoPlace]) -> None:
        done = sum(photo_places.reopen(place) for place in queryset)
        self.message_user(
            request, _("%(done)s done, %(skipped)s skipped") % {"done": done, "skipped": len(queryset) - done}
        )

    def _say(self, request: HttpRequest, told: int) -> None:
        self.message_user(request, _("Notified %(n)s applicants who had chosen it") % {"n": told})
