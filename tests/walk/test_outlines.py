"""What a screen reader says of a page, as text."""

from lxml import html

from tests.walk.outlines import outline_of

PAGE = """<!doctype html><html><body><header><nav aria-label="Main"></nav></header><main>
<header><h1>Order 7UH5-25W9</h1></header>

<p>Words</p>
<fieldset><legend>Who files?</legend><input type="radio" id="a"><label for="a">A company</label></fieldset>
<label>Domain <input name="domain"></label><input aria-label="Search"><b id="t">Photo needed</b>
<input type="checkbox" aria-labelledby="t"><select></select><input type="hidden"><button hidden>Copy</button>
<h2>Until Wed 27 Jan 2027, 05:17 Beijing time</h2>
<h3>Next: 7UH5-25W9, 09:00 · 9 h 05 min</h3><button>Continue</button></main></body></html>"""


def test_landmarks_headings_and_names_are_listed_in_order_without_what_varies_between_runs() -> None:
    told = outline_of(html.document_fromstring(PAGE)).splitlines()

    assert told == [
        "banner",
        "  navigation Main",
        "main",
        "  h1 Order REFERENCE",
        "  group Who files?",
        "    radio A company",
        "  text Domain",
        "  text Search",
        "  checkbox Photo needed",
        "  select WITHOUT A NAME",
        "  h2 Until DATE Beijing time",
        "  h3 Next: REFERENCE, DATE",
        "  button Continue",
    ]
