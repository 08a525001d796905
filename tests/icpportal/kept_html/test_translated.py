"""`translate` gives the same text as Django's, and looks up a template's texts once per language."""

import pytest
from django.template import Context, Template
from django.templatetags.i18n import TranslateNode
from django.utils.translation import override

LOAD = "{% load i18n portal %}"
PLAIN = "{% load i18n %}"
TEXTS = [
    '{% translate "Back" %}',
    '{% translate "Return" context "verdict" %}',
    '{% translate "Not & in < the catalogue, 100%%" %}',
    '{% translate "Back"|upper %}',
    '{% translate "Back" noop %}',
    '{% translate "Back" as word %}[{{ word }}]',
    "{% translate word %}",
    '{% translate "Return" context place %}',
]


def draw(template: Template, language: str | None) -> str:
    with override(language):
        return template.render(Context({"word": "Documents", "place": "verdict"}))


@pytest.mark.parametrize("text", TEXTS)
def test_it_gives_django_s_text_whatever_language_was_used_before(text: str) -> None:
    ours, django_s = Template(LOAD + text), Template(PLAIN + text)

    for language in ("en", "zh-hans", None, "en", "zh-hans"):
        assert draw(ours, language) == draw(django_s, language)
    assert draw(ours, "en") != draw(ours, "zh-hans") or "catalogue" in text or "noop" in text


def test_a_template_s_text_is_looked_up_once_per_language(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    render = TranslateNode.render
    monkeypatch.setattr(TranslateNode, "render", lambda self, context: asked.append(self) or render(self, context))
    template = Template(LOAD + '{% translate "Back" %}{% translate word %}')

    for language in ("en", "zh-hans", "en", "zh-hans"):
        draw(template, language)

    assert len(asked) == 2 + 4


def test_the_text_of_a_variable_is_that_of_this_page() -> None:
    template = Template(LOAD + "{% translate word %}")

    with override("zh-hans"):
        assert template.render(Context({"word": "Back"})) != template.render(Context({"word": "Documents"}))
