"""Step 6, the photo of the website administrator (拍照核验): the way by province, the upload, sending it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from icpportal.accounts.access import confirmed_required
from icpportal.entry.fields import ChoiceField, NumberField
from transfers import by_phone, paper_actions, photo_actions, photo_app, photo_places, queries, slots, states
from transfers.models import Order
from transfers.photo_ways import PLACE, SHANGHAI_APP, WAYS
from transfers.slots import PHOTO
from transfers.views import backdrop, photo_app_page, photo_place
from transfers.views.access import own_order
from transfers.views.photo_frame import frame
from verification.documents.messages import UploadRefused
from verification.models import PhotoPlace

CHANGED = _("The photo has changed meanwhile: look at it, then decide.")


def _with_hint(way: str) -> SafeString:
    return format_html('{}<span class="choice-hint">{}</span>', WAYS[way].title, WAYS[way].hint)


class Asked(NamedTuple):
    """What one way has to be told besides: when that fits, where it is said if it does not, and how."""

    fits: Callable[[Any], bool]
    said_at: str
    refusal: Callable[[], ValidationError]


ASKED = {
    "sh_code": Asked(photo_app.fits, "sh_code", photo_app.code_bad),
    "place": Asked(
        lambda place: place is not None,
        "photo_way",
        lambda: ValidationError(_("Choose the place first"), code="place_missing"),
    ),
}


class PhotoForm(forms.Form):
    """How the photo was taken, and that it shows the right person."""

    photo_way = ChoiceField(label=_("Way"), widget=forms.RadioSelect)
    place = forms.ModelChoiceField(PhotoPlace.objects.all(), required=False, widget=forms.HiddenInput)
    sh_code = NumberField(
        label=_("Picture code"), max_length=8, required=False, help_text=_("Shown by the app afterwards")
    )
    photo_confirm = forms.BooleanField(
        label=_("The person shown is the website administrator"),
        error_messages={"required": _("Confirm who is shown, then send")},
    )

    def __init__(self, *args: Any, ways: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photo_way"].choices = [(way, _with_hint(way)) for way in ways]
        for way, field in ((SHANGHAI_APP, "sh_code"), (PLACE, "place")):
            if way not in ways:
                del self.fields[field]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        field = WAYS[way].asks if (way := cleaned.get("photo_way")) else ""
        if field and not ASKED[field].fits(cleaned.get(field)):
            self.add_error(ASKED[field].said_at, ASKED[field].refusal())
        return cleaned

    @property
    def said(self) -> dict[str, Any]:
        """What the chosen way was told, as it stays on the order."""
        field = WAYS[self.cleaned_data["photo_way"]].asks
        value = self.cleaned_data[field] if field else None
        return {field: photo_places.as_sent(value) if isinstance(value, PhotoPlace) else value} if field else {}


@confirmed_required
def photo(request: HttpRequest, reference: str) -> HttpResponse:
    """Opens after our review; the picture is checked by a worker before it can be sent."""
    order = own_order(request, reference)
    if order.state != states.PHOTO_DUE:
        return redirect(order)
    if photo_app.is_asked(order):
        return photo_app_page.answer(request, order)
    if "file" in request.FILES or "upload" in request.POST:
        return _upload(request, order)
    section = photo_place.section(order)
    form = PhotoForm(request.POST or None, ways=section.ways, initial=_initial(order, section))
    if request.method == "POST" and form.is_valid() and _sent(request, order, form):
        return redirect(order)
    return _page(request, order, form, section)


def _initial(order: Order, section: photo_place.Section) -> dict[str, Any]:
    """The way of the last photo, or that of a place which was chosen; else the first."""
    if section.place is not None:
        return {"photo_way": PLACE, "place": section.place.pk}
    return {"photo_way": order.photo_way if order.photo_way in section.ways else section.ways[0]}


def _upload(request: HttpRequest, order: Order) -> HttpResponse:
    try:
        paper_actions.upload(order, slot=PHOTO, file=request.FILES.get("file") or slots.NoFile(), kind=PHOTO)
    except paper_actions.Moved:
        return redirect(order)
    except UploadRefused as refused:
        section = photo_place.section(order)
        form = PhotoForm(ways=section.ways, initial=_initial(order, section))
        return _page(request, order, form, section, reason=str(refused.message))
    return redirect("photo", order.reference)


def _sent(request: HttpRequest, order: Order, form: PhotoForm) -> bool:
    paper = queries.photo_of(order)
    if paper is None or not paper.document.is_ready:
        waiting = paper is not None and paper.document.is_checking
        words = (
            _("The photo is still being checked: try again in a moment") if waiting else _("Choose a photo, then send")
        )
        form.add_error(None, ValidationError(words, code="photo_missing"))
        return False
    if queries.was_refused(order, paper):
        words = _("This photo was refused: take another one, then send it")
        form.add_error(None, ValidationError(words, code="photo_refused"))
        return False
    if photo_actions.send(order, actor=request.user, way=form.cleaned_data["photo_way"], **form.said):
        return True
    form.add_error(None, ValidationError(CHANGED, code="photo_changed"))
    return False


def _page(
    request: HttpRequest, order: Order, form: PhotoForm, section: photo_place.Section, *, reason: str = ""
) -> HttpResponse:
    context = {
        **frame(order, ways=section.ways),
        "form": form,
        "slot": photo_app.drawn(order, queries.photo_of(order), reason=reason),
        **section.context(),
        **by_phone.offer(order),
        **backdrop.shown(order),
    }
    return render(request, "transfers/photo.html", context)
