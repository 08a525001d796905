"""Seven steps that ask what a transfer asks, as formtools' documentation writes a named wizard."""

from django import forms
from django.shortcuts import render
from django.urls import path
from django.views.generic import TemplateView
from formtools.wizard.views import NamedUrlSessionWizardView

PROVINCES = [(str(number), f"Province {number}") for number in range(11, 42)]
KINDS = [(str(number), f"Kind {number}") for number in range(1, 10)]
YES_NO = [("yes", "Yes"), ("no", "No")]


class PersonForm(forms.Form):
    name = forms.CharField(max_length=100)
    id_type = forms.ChoiceField(choices=KINDS)
    id_number = forms.CharField(max_length=18)
    phone1 = forms.CharField(max_length=20)
    phone2 = forms.CharField(max_length=20)
    emergency = forms.CharField(max_length=20)
    email = forms.EmailField()


class TypeForm(forms.Form):
    nature = forms.ChoiceField(choices=KINDS, widget=forms.RadioSelect)
    id_type = forms.ChoiceField(choices=KINDS)
    id_number = forms.CharField(max_length=18)
    name = forms.CharField(max_length=100)
    province = forms.ChoiceField(choices=PROVINCES)
    domain = forms.CharField(max_length=253)


class ServerForm(forms.Form):
    instance = forms.ChoiceField(choices=KINDS)


class PasswordForm(forms.Form):
    filing_password = forms.CharField(widget=forms.PasswordInput)


class SubjectForm(PersonForm):
    id_address = forms.CharField(max_length=200)
    post_region = forms.ChoiceField(choices=PROVINCES)
    post_address = forms.CharField(max_length=200)
    is_legal_rep = forms.ChoiceField(choices=YES_NO, widget=forms.RadioSelect)


class WebsiteForm(forms.Form):
    site_name = forms.CharField(max_length=60)
    home_url = forms.URLField(assume_scheme="https")
    content = forms.MultipleChoiceField(choices=KINDS, widget=forms.CheckboxSelectMultiple)
    languages = forms.MultipleChoiceField(choices=KINDS, widget=forms.CheckboxSelectMultiple)
    needs_approval = forms.ChoiceField(choices=YES_NO, widget=forms.RadioSelect)


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
