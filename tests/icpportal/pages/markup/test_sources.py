"""No line of a page begins with a middle dot, wherever it is broken."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines

from icpportal.pages.markup.sources import bind_dots

TEMPLATES = Path(settings.BASE_DIR) / "templates"
BOUND = "\u00a0·"


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        ("{{ a }} · {{ b }}", "A\u00a0· B"),
        ("{{ a }}\n    · {{ b }}", "A\u00a0·\n B"),
        ("{{ a }}{% if b %} · {{ b }}{% endif %}", "A\u00a0· B"),
        ("{{ a }}\n  {% if b %}· {{ b }}{% endif %}", "A\u00a0·\n B"),
        ("{{ a }} {% if none %} · {{ none }}{% endif %}", "A"),
        ("{% for each in a %}{% if not forloop.first %} · {% endif %}{{ each }}{% endfor %}", "A"),
        ("{% load i18n %}{% blocktranslate %}x · {{ a }}{% endblocktranslate %}", "x · A"),
    ],
)
def test_a_dot_stays_with_the_word_before_it(written: str, drawn: str) -> None:
    template = engines["django"].from_string(bind_dots(written))

    assert template.render({"a": "A", "b": "B", "none": ""}) == drawn


def test_every_template_of_a_page_is_read_so() -> None:
    apart = re.compile(
        r"<title>.*?</title>|\{%\s*comment.*?endcomment\s*%\}|\{%\s*blocktrans.*?endblocktrans", re.DOTALL
    )
    found = []
    for path in TEMPLATES.rglob("*.html"):
        name = path.relative_to(TEMPLATES).as_posix()
        if not name.startswith("messages/") and "·" in path.read_text("utf-8"):
            source = apart.sub("", engines["django"].get_template(name).template.source)
            found += [name for _dot in re.finditer(r"(?:\s(?:\{%[^%]*%\}\s*)?|>)·", source.replace(BOUND, ""))]

    assert found == []
