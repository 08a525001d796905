"""The demo's stand-in for the app on the administrator's phone: enter the mobile, get a photo and its code."""

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from icpportal.entry.fields import MobileField
from icpportal.gateways.photo_app import tray
from icpportal.gateways.photo_app.page import TRICKS


class PhoneForm(forms.Form):
    """On which phone the app runs."""

    mobile = MobileField(
        label=_("Website administrator's mobile"),
        help_text=_("The one entered in the order: the app knows its owner by it"),
    )


@never_cache
def demo_photo_app(request: HttpRequest) -> HttpResponse:
    """Every press takes one more photo. Not there where the real app is asked."""
    if not settings.SIMULATORS:
        raise Http404
    form = PhoneForm(request.POST or None)
    if form.is_bound and form.is_valid():
        tray.put(form.cleaned_data["mobile"])
        return redirect("demo-photo-app")
    tricks = [(code, words) for code, (_how, words) in TRICKS.items()]
    return render(request, "photo_app/demo.html", {"form": form, "taken": tray.latest(), "tricks": tricks})
