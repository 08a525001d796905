"""The demo's substitute for the app on the administrator's phone: enter the mobile, get a photo and its code."""

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from demo.photo_app import file_inbox
from demo.photo_app.gateway import TRICKS
from icpportal.fields.fields import MobileField


class PhoneForm(forms.Form):
    """The mobile of the phone with the app."""

    mobile = MobileField(
        label=_("Website administrator's mobile"),
        help_text=_("The one entered in the order. The app recognises its owner by this number"),
    )


@never_cache
def demo_photo_app(request: HttpRequest) -> HttpResponse:
    """Takes one more photo per submit. 404 where the real app is used."""
    if not settings.SIMULATORS:
        raise Http404
    form = PhoneForm(request.POST or None)
    if form.is_bound and form.is_valid():
        file_inbox.put(form.cleaned_data["mobile"])
        return redirect("demo-photo-app")
    tricks = [(code, words) for code, (_how, words) in TRICKS.items()]
    return render(request, "demo/photo_app.html", {"form": form, "taken": file_inbox.latest(), "tricks": tricks})
