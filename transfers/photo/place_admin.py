"""Designated places at the review desk: operations keep the list; people who chose a closing place are told."""

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from filings.register.regions import cities, provinces, region
from icpportal.accounts.guards import account_of
from icpportal.desk.event_lines import log_change
from icpportal.fields.fields import ChoiceField
from icpportal.fields.types import Words
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
            self._say_notified(request, photo_places.close(obj) or 0)
        super().save_model(request, obj, form, change)

    @admin.action(description=gettext_lazy("Close and notify everyone who chose it"), permissions=["change"])
    def close_them(self, request: HttpRequest, queryset: QuerySet[PhotoPlace]) -> None:
        places = list(queryset)
        told = {place.pk: photo_places.close(place) for place in places}
        done = [place for place in places if told[place.pk] is not None]
        self._log(request, done, len(places), gettext_lazy("closed from the list"))
        if done:
            self._say_notified(request, sum(n or 0 for n in told.values()))

    @admin.action(description=gettext_lazy("Open again"), permissions=["change"])
    def open_them(self, request: HttpRequest, queryset: QuerySet[PhotoPlace]) -> None:
        places = list(queryset)
        done = [place for place in places if photo_places.reopen(place)]
        self._log(request, done, len(places), gettext_lazy("opened again from the list"))

    def _log(self, request: HttpRequest, done: list[PhotoPlace], picked: int, words: Words) -> None:
        """Records in the history of each place what was done, as saving its form does, and says of how many."""
        for place in done:
            log_change(place, account_of(request), lambda: str(words))
        counted = {"done": len(done), "skipped": picked - len(done)}
        self.message_user(request, _("%(done)s done, %(skipped)s skipped") % counted)

    def _say_notified(self, request: HttpRequest, n: int) -> None:
        text = ngettext("Notified %(n)s applicant who had chosen it", "Notified %(n)s applicants who had chosen it", n)
        self.message_user(request, text % {"n": n})
