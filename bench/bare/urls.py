"""Seven steps with a few fields each: a named wizard as in formtools' documentation."""

from django import forms
from django.shortcuts import render
from django.urls import path
from django.views.generic import TemplateView
from formtools.wizard.views import NamedUrlSessionWizardView

KINDS = [(str(number), f"Kind {number}") for number in range(1, 6)]


class PersonForm(forms.Form):
    name = forms.CharField(max_length=100)
    id_number = forms.CharField(max_length=18)
    phone = forms.CharField(max_length=20)
    email = forms.EmailField()


class TypeForm(forms.Form):
    id_type = forms.ChoiceField(choices=KINDS)
    id_number = forms.CharField(max_length=18)
    name = forms.CharField(max_length=100)
    domain = forms.CharField(max_length=253)


class ServerForm(forms.Form):
    instance = forms.ChoiceField(choices=KINDS)


class PasswordForm(forms.Form):
    filing_password = forms.CharField(widget=forms.PasswordInput)


class SubjectForm(PersonForm):
    address = forms.CharField(max_length=200)


class WebsiteForm(forms.Form):
    site_name = forms.CharField(max_length=60)
    home_url = forms.URLField(assume_scheme="https")
    content = forms.ChoiceField(choices=KINDS)


class CheckForm(forms.Form):
    declared = forms.BooleanField()


class Wizard(NamedUrlSessionWizardView):
    template_name = "wizard.html"

    def done(self, form_list, **kwargs):
        return render(self.request, "done.html", {"form_data": [form.cleaned_data for form in form_list]})


STEPS = (
    ("type", TypeForm),
    ("server", ServerForm),
    ("password", PasswordForm),
    ("subject", SubjectForm),
    ("website", WebsiteForm),
    ("administrator", PersonForm),
    ("check", CheckForm),
)
wizard = Wizard.as_view(STEPS, url_name="step", done_step_name="finished")
urlpatterns = [
    path("", TemplateView.as_view(template_name="done.html")),
    path("wizard/", wizard),
    path("wizard/<str:step>/", wizard, name="step"),
]
