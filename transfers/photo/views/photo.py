"""Step 6, the photo of the website administrator (拍照核验): the method, its upload, sending it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Unpack

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from icpportal.accounts.guards import account_of, confirmed_required
from icpportal.drafts.pages import fill, said_words, say_words
from icpportal.fields.client import takes_file
from icpportal.fields.components import DrawnSlot, Panel
from icpportal.fields.fields import ChoiceField
from icpportal.fields.form_types import FieldValue, Files, FormOptions, Posted, offer
from icpportal.fields.types import Json, Words
from transfers.documents import actions as paper_actions
from transfers.documents.slots import PHOTO
from transfers.models import Order
from transfers.orders import queries
from transfers.orders.kinds import is_in
from transfers.orders.rows import Group
from transfers.pages import stages
from transfers.pages.frame import PageInOrder, frame, render_page
from transfers.pages.permissions import leave_closed, own_order
from transfers.pages.rules_summary import RulesBrief, brief_of
from transfers.phone_upload.panels import PhoneOffer, offers
from transfers.photo import actions as photo_actions
from transfers.photo import app as photo_app
from transfers.photo import places as photo_places
from transfers.photo.context import PhotoHead, head
from transfers.photo.views import app, backdrop, place
from transfers.proofs import papers
from verification.documents.forms import file_of
from verification.documents.upload_messages import UploadRefused
from verification.models import PhotoPlace
from verification.photos.methods import BACKDROP, PLACE, SHANGHAI_APP, WAYS

CHANGED = _("The photo has been replaced: look at the new one before you decide.")
REFUSED = "refused"  # why the picture was refused


class MethodQuestion(NamedTuple):
    """What a method needs besides: when it is valid, where its error is shown, and which."""

    fits: Callable[[Any], bool]
    said_at: str
    refusal: Callable[[], ValidationError]


ASKED = {
    "sh_code": MethodQuestion(photo_app.fits, "sh_code", photo_app.code_bad),
    "place": MethodQuestion(
        lambda place: place is not None,
        "photo_way",
        lambda: ValidationError(_("Choose the place first"), code="place_missing"),
    ),
}


WAY = _("way of taking the photo")


class WayForm(forms.Form):
    """How the photo is taken; the page then asks for what that method needs."""

    photo_way = ChoiceField(label=_("How the photo is taken"), widget=forms.RadioSelect).called(WAY)

    def __init__(
        self,
        data: Posted | None = None,
        files: Files | None = None,
        *,
        ways: tuple[str, ...],
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, files, **options)
        offer(self, "photo_way", [(way, WAYS[way].title) for way in ways])


class PhotoForm(WayForm):
    """How the photo was taken, and that it shows the right person."""

    photo_way = ChoiceField(label=_("How the photo is taken"), widget=forms.HiddenInput).called(WAY)
    place = forms.ModelChoiceField(PhotoPlace.objects.all(), required=False, widget=forms.HiddenInput)
    sh_code = photo_app.PictureCodeField(
        label=_("Picture code"), required=False, help_text=_("Shown by the app afterwards")
    )
    photo_confirm = forms.BooleanField(
        label=_("The person shown is the website administrator"),
        error_messages={"required": _("Confirm who is in the photo, then submit")},
    )

    def __init__(
        self,
        data: Posted | None = None,
        files: Files | None = None,
        *,
        ways: tuple[str, ...],
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, files, ways=ways, **options)
        for way, field in ((SHANGHAI_APP, "sh_code"), (PLACE, "place")):
            if way not in ways:
                del self.fields[field]

    def clean(self) -> None:
        super().clean()
        cleaned = self.cleaned_data
        field = WAYS[way].asks if (way := cleaned.get("photo_way")) else ""
        if field and field not in self.errors and not ASKED[field].fits(cleaned.get(field)):
            self.add_error(ASKED[field].said_at, ASKED[field].refusal())

    @property
    def method_answers(self) -> dict[str, Json]:
        """What was typed for the chosen method, as the order keeps it."""
        field = WAYS[self.cleaned_data["photo_way"]].asks
        value = self.cleaned_data[field] if field else None
        return {field: photo_places.as_sent(value) if isinstance(value, PhotoPlace) else value} if field else {}


@takes_file
@confirmed_required
def photo(request: HttpRequest, reference: str) -> HttpResponse:
    """Opens after our review: first the method, then what it needs; the picture is examined before it can be sent."""
    order = own_order(request, reference, along=papers.along_of_photo)
    if not is_in(order, Group.PHOTO_WANTED):
        is_sent = "usable" in request.POST or "photo_way" in request.POST  # pressed twice: the first press counts
        return redirect(order) if is_sent else leave_closed(request, order)
    if photo_app.is_asked(order):
        return app.answer(request, order)
    section = place.section(order)
    if "choose" in request.POST:
        return _choose(request, order, section)
    if request.method == "POST" and ("file" in request.FILES or "photo_way" not in request.POST):
        return _upload(request, order, section)
    if request.method != "POST":
        return _page(request, order, _empty(order, section), section)
    form = PhotoForm(request.POST, ways=section.ways)
    if form.is_valid() and _send(request, order, form):
        return redirect(order)
    return _page(request, order, form, section)


def _way(order: Order, section: place.Section) -> str:
    """The chosen method, or that of the last photo; "" before a choice. Choosing a place counts as a choice."""
    if order.photo_way in section.ways:
        return order.photo_way
    if section.place is not None:
        return PLACE
    return section.ways[0] if len(section.ways) == 1 else ""


def _empty(order: Order, section: place.Section) -> PhotoForm:
    initial = dict[str, FieldValue](photo_way=_way(order, section))
    if section.place is not None:
        initial["place"] = section.place.pk
    return PhotoForm(ways=section.ways, initial=initial)


def _choose(request: HttpRequest, order: Order, section: place.Section) -> HttpResponse:
    chooser = WayForm(request.POST, ways=section.ways)
    if not chooser.is_valid():
        return _page(request, order, _empty(order, section), section, chooser=chooser)
    photo_actions.choose_way(order, chooser.cleaned_data["photo_way"])
    return redirect("photo", order.reference)


def _upload(request: HttpRequest, order: Order, section: place.Section) -> HttpResponse:
    try:
        paper_actions.upload(order, slot=PHOTO, file=file_of(request), kind=PHOTO)
    except paper_actions.OrderChanged:
        return leave_closed(request, order)
    except UploadRefused as refused:
        say_words(request, REFUSED, refused.message)
        return _page(request, order, _empty(order, section), section)
    return redirect("photo", order.reference)


def _send(request: HttpRequest, order: Order, form: PhotoForm) -> bool:
    paper = queries.photo_of(order)
    if paper is None or not paper.document.is_ready:
        waiting = paper is not None and paper.document.is_checking
        words = (
            _("The photo is still being checked: try again in a moment")
            if waiting
            else _("Choose a photo, then submit")
        )
        form.add_error(None, ValidationError(words, code="photo_missing"))
        return False
    if request.POST.get("shown", "") not in ("", paper.document.reference):
        form.add_error(None, ValidationError(CHANGED, code="photo_changed"))
        return False
    if queries.was_refused(order, paper):
        words = _("This photo was refused: take another one, then send it")
        form.add_error(None, ValidationError(words, code="photo_refused"))
        return False
    if photo_actions.send(order, actor=account_of(request), way=form.cleaned_data["photo_way"], **form.method_answers):
        return True
    form.add_error(None, ValidationError(CHANGED, code="photo_changed"))
    return False


@dataclass(frozen=True, slots=True)
class WayCard:
    """One method to choose."""

    key: str
    title: Words
    hint: Words
    drawing: str
    checked: str  # the attribute of its radio button


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoPage(PageInOrder):
    """Step 6: the method, what it needs, its upload, and sending it."""

    template: ClassVar[str] = "transfers/photo/photo.html"
    brief: RulesBrief
    head: PhotoHead
    cards: list[WayCard]  # empty where there is only one method
    choose_class: str
    choose_label: Words
    chooser: WayForm
    form: PhotoForm
    forms: list[forms.Form]
    panels: list[Panel]
    slots: list[DrawnSlot]  # empty before a method or, for it, a place is chosen
    sends: bool
    phone_offers: list[PhoneOffer]
    back_url: str


def _page(
    request: HttpRequest,
    order: Order,
    form: PhotoForm,
    section: place.Section,
    *,
    chooser: WayForm | None = None,
) -> HttpResponse:
    fill(request, form)
    reason = said_words(request, REFUSED)
    posted, paper = form.data.get("photo_way", ""), queries.photo_of(order)
    way = posted if posted in section.ways else _way(order, section)
    takes = bool(reason) or (bool(way) and (way != PLACE or section.place is not None or paper is not None))
    shows_places = way == PLACE or PLACE not in section.ways  # also to say that there is none
    stands = paper is not None and paper.document.state != "refused"
    chooser = chooser or WayForm(ways=section.ways)
    page = PhotoPage(
        frame=frame(order, stages.PHOTO),
        brief=brief_of(order),
        head=head(order, ways=(way,) if way else ()),
        cards=_cards(section.ways, way),
        choose_class="button button-secondary" if way else "button",
        choose_label=_("Change the way") if way else _("Continue"),
        chooser=chooser,
        form=form,
        forms=[chooser],
        panels=[*(backdrop.offers(order) if way == BACKDROP else []), *(section.panels() if shows_places else [])],
        slots=[{**photo_app.photo_slot_context(order, paper, reason=reason), "is_quiet": stands}] if takes else [],
        sends=takes and (stands or form.is_bound),
        phone_offers=offers(order) if takes else [],
        back_url=order.get_absolute_url(),
    )
    return render_page(request, page)


def _cards(ways: tuple[str, ...], chosen: str) -> list[WayCard]:
    if len(ways) == 1:
        return []
    return [
        WayCard(way, WAYS[way].title, WAYS[way].hint, WAYS[way].drawing, "checked" if way == chosen else "")
        for way in ways
    ]
