"""HTML with gaps is filled for each reader with nothing but what it was given."""

import pytest
from django.utils.safestring import SafeString

from icpportal.kept_html.gaps import KeptHtml, gap

LINE = KeptHtml(f"<p title='{gap('name')}'>{gap('name')}, {gap('number')}</p>")


def test_a_value_is_in_all_gaps_of_its_name():
    assert LINE.fill({"name": "Lin", "number": 3}) == "<p title='Lin'>Lin, 3</p>"


def test_text_is_escaped_and_markup_is_not():
    found = LINE.fill({"name": "<'>", "number": SafeString("<b>3</b>")})

    assert found == "<p title='&lt;&#x27;&gt;'>&lt;&#x27;&gt;, <b>3</b></p>"
    assert isinstance(found, SafeString)


def test_a_value_that_looks_like_a_gap_stays_as_it_is():
    assert LINE.fill({"name": gap("number"), "number": 3}) == f"<p title='{gap('number')}'>{gap('number')}, 3</p>"


def test_html_without_gaps_is_itself():
    assert KeptHtml("<p>%%name%%</p>").fill({}) == "<p>%%name%%</p>"


def test_a_value_that_is_missing_is_an_error():
    with pytest.raises(KeyError):
        LINE.fill({"name": "Lin"})
