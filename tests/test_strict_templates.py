"""A variable that nobody passes to a template of ours is found, in any tag."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.template import Context, Origin, Template, engines

OURS = Path(settings.BASE_DIR) / "templates" / "sample.html"
UNKNOWN = (
    '<a href="{{ address }}">',
    "{{ address|default:'/' }}",
    "{% load i18n %}{% blocktranslate %}Go to {{ address }}{% endblocktranslate %}",
    "{% load i18n %}{% blocktranslate with to=address %}Go to {{ to }}{% endblocktranslate %}",
    "{% load i18n %}{% translate address %}",
    "{% url 'order' address %}",
    "{% url 'order' address as link %}",
    "{% with to=address %}{{ to }}{% endwith %}",
    '{% include "partials/empty.html" with title=address %}',
    "{{ order.adress }}",
    "{% if order.adress %}x{% endif %}",
    "{% if order.number == 1 and order.adress %}x{% endif %}",
    "{{ order.method }}",
)
KNOWN = (
    "{% if address %}x{% endif %}",
    "{% if answers.address %}x{% endif %}",
    "{% if nobody.address %}x{% endif %}",
    "{{ order.number }}",
    "{% for each in address %}x{% endfor %}",
)


def draw(source: str, file: Path = OURS) -> str:
    """Renders the source as if it were in this file."""
    template = Template(source, origin=Origin(name=str(file)), engine=engines["django"].engine)
    order = SimpleNamespace(number=1, method=lambda asked: asked)
    return str(template.render(Context({"order": order, "answers": {}, "nobody": None})))


@pytest.mark.parametrize("source", UNKNOWN)
def test_a_variable_that_nobody_passes_fails_the_test(source: str) -> None:
    with pytest.raises(pytest.fail.Exception, match=r"sample\.html asks for"):
        draw(source)


def test_it_still_fails_after_another_test_rebuilt_the_engine(settings: Any) -> None:
    settings.DEBUG = not settings.DEBUG

    with pytest.raises(pytest.fail.Exception, match=r"sample\.html asks for"):
        draw(UNKNOWN[0])


@pytest.mark.parametrize("source", KNOWN)
def test_a_condition_may_test_whether_a_variable_exists(source: str) -> None:
    assert draw(source) in ("", "1")


@pytest.mark.parametrize("source", UNKNOWN[:2])
def test_the_templates_of_a_library_are_exempt(source: str) -> None:
    assert draw(source, Path("/elsewhere/sample.html")) in ('<a href="">', "/")
