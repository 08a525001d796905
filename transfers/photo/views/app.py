"""The photo step with Shanghai's app: enter its code, look at the photo, say whether it is usable."""

from dataclasses import dataclass
from typing import ClassVar

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from icpportal.accounts.guards import account_of
from icpportal.drafts.pages import added_message, say
from icpportal.fields.components import DrawnSlot, Notice
from icpportal.fields.types import Words
from icpportal.privacy.masks import mask_mobile
from transfers.documents import actions as paper_actions
from transfers.documents.slots import PHOTO
from transfers.models import Order
from transfers.orders.people import administrator
from transfers.pages import stages
from transfers.pages.frame import PageInOrder, frame, render_page
from transfers.pages.permissions import leave_closed
from transfers.pages.rules_summary import RulesBrief, brief_of
from transfers.photo import actions as photo_actions
from transfers.photo import app as photo_app
from transfers.photo.context import PhotoHead, head
from verification.photos.methods import SHANGHAI_APP

CODE_INPUT = {"class": "input-8 code", "autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}

CHANGED = "changed"  # the notice that is shown after the redirect
NOT_SUBMITTED, NOT_REMOVED = _("Nothing was submitted"), _("Nothing was removed")
NEWER = (_("The photo has been replaced: look at the new one before you decide."),)
NONE = (_("There is no photo to send now: enter the code of the one to use."),)
# what another window did since, by what this one wanted
NOTICES = {
    "newer": Notice("turn", NOT_SUBMITTED, NEWER),
    "kept": Notice("turn", NOT_REMOVED, NEWER),
    "none": Notice("turn", NOT_SUBMITTED, NONE),
}


class PictureCodeForm(forms.Form):
    """The code that the app shows after the photo."""

    sh_code = photo_app.PictureCodeField(
        label=_("Picture code"),
        help_text=_("4 to 8 letters and digits. The app shows the code after taking the photo"),
        widget=forms.TextInput(attrs=CODE_INPUT),
    )


def answer(request: HttpRequest, order: Order) -> HttpResponse:
    """Shows the page, or handles its buttons."""
    act = next((act for name, act in ACTS.items() if name in request.POST), None)
    return act(request, order) if act else _page(request, order, PictureCodeForm())


def _fetch(request: HttpRequest, order: Order) -> HttpResponse:
    form = PictureCodeForm(request.POST)
    if not form.is_valid():
        return _page(request, order, form)
    try:
        photo_app.fetch(order, form.cleaned_data["sh_code"], account_key=str(account_of(request).pk))
    except photo_app.NotFetched as not_fetched:
        form.add_error("sh_code", not_fetched.problem)
        return _page(request, order, form)
    except paper_actions.OrderChanged:
        return leave_closed(request, order)
    return redirect("photo", order.reference)


def _remove_photo(request: HttpRequest, order: Order) -> HttpResponse:
    try:
        paper_actions.remove(order, slot=PHOTO, seen=request.POST["again"])
    except paper_actions.OrderChanged:
        return leave_closed(request, order)
    except paper_actions.PictureReplaced:
        return _look_again(request, order, "kept")
    return redirect("photo", order.reference)


def _usable(request: HttpRequest, order: Order) -> HttpResponse:
    """Sends only the very photo that was looked at."""
    paper = photo_app.photo_of(order)
    if paper is None:
        return _look_again(request, order, "none")
    if not paper.document.is_ready or paper.document.reference != request.POST["usable"]:
        return _look_again(request, order, "newer")
    if not photo_actions.send(order, actor=account_of(request), way=SHANGHAI_APP, sh_code=paper.mark, fetched=True):
        return _look_again(request, order, "newer")
    return redirect(order)


def _look_again(request: HttpRequest, order: Order, why: str) -> HttpResponse:
    say(request, CHANGED, why)
    return _page(request, order, PictureCodeForm())


ACTS = {"sh_code": _fetch, "again": _remove_photo, "usable": _usable}


@dataclass(frozen=True, slots=True, kw_only=True)
class AppPage(PageInOrder):
    """The photo step with Shanghai's app."""

    template: ClassVar[str] = "transfers/photo/photo_app.html"
    brief: RulesBrief
    head: PhotoHead
    form: PictureCodeForm
    notices: list[Notice]
    title: Words
    asks_code: bool
    slot: DrawnSlot | None
    mobile: str
    simulated: bool
    back_url: str


def _page(request: HttpRequest, order: Order, form: PictureCodeForm) -> HttpResponse:
    paper = photo_app.photo_of(order)
    asks_code = paper is None or paper.document.state == "refused"
    page = AppPage(
        frame=frame(order, stages.PHOTO),
        brief=brief_of(order),
        head=head(order, ways=(SHANGHAI_APP,)),
        form=form,
        notices=[NOTICES[why]] if isinstance(why := added_message(request, CHANGED), str) else [],
        title=_("Picture code") if asks_code else _("Is this photo usable?"),
        asks_code=asks_code,
        slot=photo_app.photo_slot_context(order, paper) if paper else None,
        mobile=mask_mobile(administrator(order).mobile),
        simulated=settings.SIMULATORS,
        back_url=order.get_absolute_url(),
    )
    return render_page(request, page)
