"""The photo step where Shanghai's app takes the photo: enter its code, look at the photo, say whether it is usable."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from icpportal.entry.fields import NumberField
from icpportal.privacy.masks import mask_mobile
from transfers import paper_actions, photo_actions, photo_app
from transfers.models import Order
from transfers.people import administrator
from transfers.photo_ways import SHANGHAI_APP
from transfers.slots import PHOTO
from transfers.views.photo_frame import frame

CODE_INPUT = {"class": "input-8 code", "autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}


class CodeForm(forms.Form):
    """The code that the app shows once the photo is taken."""

    sh_code = NumberField(
        label=_("Picture code"),
        help_text=_("4 to 8 letters and digits, shown by the app afterwards"),
        widget=forms.TextInput(attrs=CODE_INPUT),
    )


def answer(request: HttpRequest, order: Order) -> HttpResponse:
    """The page, or what a button of it does."""
    act = next((act for name, act in ACTS.items() if name in request.POST), None)
    return act(request, order) if act else _page(request, order, CodeForm())


def _fetch(request: HttpRequest, order: Order) -> HttpResponse:
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _page(request, order, form)
    try:
        photo_app.fetch(order, form.cleaned_data["sh_code"], account_key=str(request.user.pk))
    except photo_app.NotFetched as not_fetched:
        form.add_error("sh_code", not_fetched.problem)
        return _page(request, order, form)
    except paper_actions.Moved:
        return redirect(order)
    return redirect("photo", order.reference)


def _again(request: HttpRequest, order: Order) -> HttpResponse:
    try:
        paper_actions.remove(order, slot=PHOTO)
    except paper_actions.Moved:
        return redirect(order)
    return redirect("photo", order.reference)


def _usable(request: HttpRequest, order: Order) -> HttpResponse:
    """Only the very photo that was looked at is sent."""
    paper = photo_app.photo_of(order)
    if paper is None or not paper.document.is_ready or paper.document.reference != request.POST["usable"]:
        return _page(request, order, CodeForm(), changed=True)
    if not photo_actions.send(order, actor=request.user, way=SHANGHAI_APP, sh_code=paper.mark, fetched=True):
        return _page(request, order, CodeForm(), changed=True)
    return redirect(order)


ACTS = {"sh_code": _fetch, "again": _again, "usable": _usable}


def _page(request: HttpRequest, order: Order, form: CodeForm, *, changed: bool = False) -> HttpResponse:
    paper = photo_app.photo_of(order)
    context: dict[str, Any] = {
        **frame(order, ways=(SHANGHAI_APP,)),
        "form": form,
        "changed": changed,
        "asks_code": paper is None or paper.document.state == "refused",
        "slot": photo_app.drawn(order, paper) if paper else None,
        "mobile": mask_mobile(administrator(order).mobile),
        "simulated": settings.SIMULATORS,
    }
    return render(request, "transfers/photo_app.html", context)
