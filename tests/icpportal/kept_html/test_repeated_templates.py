"""A template with gaps gives each row its own values, in the language of its reader."""

from typing import Any

import pytest
from django.template import engines
from django.utils.safestring import SafeString
from django.utils.translation import override

from icpportal.kept_html import repeated_templates
from icpportal.kept_html.repeated_templates import RepeatedTemplate

ROW = '{% load i18n %}<li id="{{ key }}">{% translate "Yes" %} {{ icon }} {{ words }} {{ key }}</li>'


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates that were rendered; each is `ROW`."""
    names: list[str] = []

    def render(name: str, context: dict[str, Any]) -> str:
        names.append(name)
        return engines["django"].from_string(ROW).render(context)

    monkeypatch.setattr(repeated_templates, "render_to_string", render)
    return names


@override("en")
def test_each_row_has_its_values_in_all_their_gaps(drawn: list[str]) -> None:
    row = RepeatedTemplate("row.html", "key", "words", icon="!")

    assert [row.fill(key=key, words=words) for key, words in (("a", "one"), ("b", ""))] == [
        '<li id="a">Yes ! one a</li>',
        '<li id="b">Yes !  b</li>',
    ]
    assert drawn == ["row.html"]


@override("en")
def test_what_somebody_typed_is_escaped_and_markup_is_not(drawn: list[str]) -> None:
    row = RepeatedTemplate("row.html", "key", "words", icon="")

    found = row.fill(key='"><script>', words=SafeString("<b>1</b>"))

    assert found == '<li id="&quot;&gt;&lt;script&gt;">Yes  <b>1</b> &quot;&gt;&lt;script&gt;</li>'
    assert isinstance(found, SafeString)


def test_each_reader_has_it_in_their_language_in_turn(drawn: list[str]) -> None:
    row = RepeatedTemplate("row.html", "key", "words", icon="")

    for _turn in range(2):
        for language, yes in (("en", "Yes"), ("zh-hans", "是")):
            with override(language):
                assert f">{yes} " in row.fill(key="a", words="")
    assert len(drawn) == 2


@override("en")
def test_a_part_that_a_row_lacks_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    source = "{{ key }}{% if why %} because {{ why }}{% endif %}"
    template = engines["django"].from_string(source)
    monkeypatch.setattr(repeated_templates, "render_to_string", lambda _name, context: template.render(context))
    row = RepeatedTemplate("row.html", "key", may_be_empty=["why"])

    found = [row.fill(key=key, why=why) for key, why in (("a", "<b>"), ("b", ""), ("c", "it rains"), ("", ""))]

    assert found == ["a because &lt;b&gt;", "b", "c because it rains", ""]


@override("en")
def test_a_changed_template_is_seen_while_somebody_develops(drawn: list[str], settings: Any) -> None:
    settings.DEBUG = True
    row = RepeatedTemplate("row.html", "key", "words", icon="")

    for _time in range(2):
        row.fill(key="a", words="")

    assert len(drawn) == 2


def test_a_value_that_is_missing_is_an_error(drawn: list[str]) -> None:
    with pytest.raises(KeyError):
        RepeatedTemplate("row.html", "key", "words", icon="").fill(key="a")
