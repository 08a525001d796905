"""Rendering of fields: all input is escaped, and each kind of field has its look."""

import pytest
from django import forms
from django.template import Context
from django.utils import translation
from django.utils.safestring import mark_safe

from icpportal.templatetags.portal import wrong_forms

EVIL = '"><script>alert(1)</script>'
CHOICES = [("a", "甲"), (EVIL, EVIL)]


class Form(forms.Form):
    text = forms.CharField(label=EVIL, help_text=EVIL, max_length=20)
    free = forms.CharField(widget=forms.Textarea, required=False)
    pick = forms.ChoiceField(choices=[("", "—"), (EVIL, CHOICES)], label="甲")
    radio = forms.ChoiceField(choices=[(EVIL, CHOICES)], widget=forms.RadioSelect)
    several = forms.MultipleChoiceField(choices=CHOICES, widget=forms.CheckboxSelectMultiple)
    tick = forms.BooleanField(label=EVIL, required=False)
    secret = forms.CharField(widget=forms.PasswordInput(render_value=True))
    hidden = forms.CharField(widget=forms.HiddenInput)


@pytest.fixture(scope="module")
def page() -> str:
    sent = dict.fromkeys(("text", "free", "pick", "radio", "several", "secret", "hidden"), EVIL)
    with translation.override("en"):
        return str(Form({**sent, "text": EVIL * 3}))


def test_no_input_or_name_becomes_markup(page: str):
    assert page.count("alert(1)") > 12
    assert "<script" not in page
    assert f'value="{EVIL}' not in page


def test_a_browser_does_not_validate_before_the_server_does(page: str):
    assert ' data-maxlength="20"' in page
    assert " maxlength=" not in page
    assert " required" not in page


def test_a_browser_limits_only_a_search_which_must_fit_into_an_address():
    class Search(forms.Form):
        q = forms.CharField(widget=forms.SearchInput(attrs={"maxlength": 100}), required=False)

    assert str(Search()["q"]) == '<input type="search" name="q" id="id_q" maxlength="100">'


@pytest.mark.parametrize(("language", "marked"), [("en", True), ("zh-hans", False)])
def test_chinese_options_are_marked_on_a_page_of_another_language(language: str, marked: bool):
    with translation.override(language):
        form = Form()
        options, label = str(form["pick"]), form["pick"].as_field_group()

    assert ('<option lang="zh-Hans" value="a">甲</option>' in options) is marked
    assert ('<span lang="zh-Hans">甲</span>' in label) is marked


def test_the_selected_option_stays_selected(page: str):
    escaped = "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"

    assert f'<option value="{escaped}" selected>' in page
    assert page.count(" checked>") == 2  # of the radio buttons, and of the tick boxes


def test_text_marked_as_safe_is_not_escaped():
    class Linked(forms.Form):
        tick = forms.BooleanField(label=mark_safe('I read <a href="/rules/">the rules</a>'))

    assert '<a href="/rules/">the rules</a>' in str(Linked())


def test_an_error_is_linked_to_its_input(page: str):
    assert 'id="id_text_error"' in page
    assert 'aria-describedby="id_text_helptext id_text_error"' in page


def test_a_form_has_the_errors_of_no_field_above_its_fields_unless_the_summary_lists_them():
    with translation.override("en"):
        form = Form({"hidden": "here"})
        form.add_error(None, EVIL)
        alone = str(form)
        wrong_forms(Context({"form": form}))
        below_a_summary = str(form)

    errors, _, fields = alone.partition('\n<div class="fields">')
    assert errors.startswith('<div class="form-errors">')
    assert "<script" not in errors
    assert below_a_summary == f'<div class="fields">{fields}'
    assert fields.endswith('</div>\n<input type="hidden" name="hidden" value="here" id="id_hidden">')
