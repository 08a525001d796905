"""Parts of pages that are the same for everybody are drawn once; nothing of one reader or order stays in them."""

from collections import defaultdict

import pytest
from django.conf import settings
from django.middleware.csrf import get_token
from django.template import Context, RequestContext, Template, TemplateSyntaxError
from django.template.loader import get_template
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from icpportal.kept_html import fragments
from icpportal.kept_html.fragments import FragmentNode
from icpportal.kept_html.gaps import gap
from tests.transfers.builders import make_order, make_user, sign_in

TEMPLATES = settings.BASE_DIR / "templates"
LOADS = "{% load i18n portal %}"
WITH_FRAGMENTS = ("partials/samples.html", "partials/stepper.html", "transfers/pages/rules_brief.html")


class Counted:
    """A value that counts how often it is written."""

    def __init__(self) -> None:
        self.times = 0

    def __str__(self) -> str:
        self.times += 1
        return "words"


def _fragments_of(name: str) -> list[FragmentNode]:
    return get_template(name).template.nodelist.get_nodes_by_type(FragmentNode)


def test_a_fragment_is_drawn_once_for_its_values_and_each_language():
    value, other = Counted(), Counted()
    template = Template(LOADS + '{% fragment value=value %}{% translate "Back" %} {{ value }}{% endfragment %}')

    def drawn(language: str, value: Counted) -> str:
        with translation.override(language):
            return template.render(Context({"value": value}))

    found = [drawn(language, value) for language in ("en", "zh-hans", "en", "zh-hans")]

    assert found == ["Back words", "返回 words", "Back words", "返回 words"]
    assert drawn("en", other) == "Back words"
    assert (value.times, other.times) == (2, 1)


def test_a_fragment_sees_only_the_values_it_names():
    request = RequestFactory().get("/")
    page = RequestContext(
        request, {"value": "words", "name": "Alice", "user": "Alice", "csrf_token": get_token(request)}
    )
    inside = "[{{ value }}|{{ name }}|{{ user }}|{{ csrf_token }}|{% csrf_token %}|{{ messages }}]"

    drawn = Template(LOADS + "{% fragment value=value %}" + inside + "{% endfragment %}").render(page)

    assert drawn == "[words|||||]"


def test_what_fills_a_gap_is_escaped_and_never_kept():
    inside = "{{ value }} " + gap("reference")
    template = Template(LOADS + "{% fragment value=value filling reference=mine %}" + inside + "{% endfragment %}")

    found = [template.render(Context({"value": "order", "mine": mine})) for mine in ("<one>", "two", gap("reference"))]

    assert found == ["order &lt;one&gt;", "order two", "order " + gap("reference")]
    (node,) = template.nodelist.get_nodes_by_type(FragmentNode)
    assert [kept.fill({"reference": "?"}) for kept in node.drawn.values()] == ["order ?"]


def test_a_fragment_keeps_a_bounded_number_of_values(monkeypatch):
    monkeypatch.setattr(fragments, "KEPT", 3)
    template = Template(LOADS + "{% fragment value=value %}{{ value }}{% endfragment %}")

    assert [template.render(Context({"value": each})) for each in range(10)] == [str(each) for each in range(10)]

    (node,) = template.nodelist.get_nodes_by_type(FragmentNode)
    assert len(node.drawn) <= 3


@pytest.mark.parametrize("words", ["", "value", "value=value reference=", "filling reference=mine"])
def test_a_fragment_without_named_values_is_refused(words: str):
    with pytest.raises(TemplateSyntaxError):
        Template(LOADS + "{% fragment " + words + " %}{% endfragment %}")


@pytest.mark.django_db
def test_two_accounts_in_turn_leave_nothing_of_their_orders_in_any_fragment(client):
    owners = [make_user(f"{name}@example.com", mobile=f"1370000000{place}") for place, name in enumerate(("al", "bo"))]
    orders = [make_order(owner, province="44") for owner in owners]

    for order in (*orders, orders[0]):
        other = next(each for each in orders if each != order)
        sign_in(client, order.owner)
        for page in (reverse("documents", args=[order.reference]), reverse("slot", args=[order.reference, "lead_id"])):
            html = client.get(page).content.decode()
            track = html.partition('class="track"')[2].partition("</ol>")[0]
            assert f"/{order.reference}/" in track
            assert other.reference not in html

    nodes = [node for name in WITH_FRAGMENTS for node in _fragments_of(name)]
    kept = "".join(each.fill(defaultdict(str)) for node in nodes for each in node.drawn.values())
    personal = [words for order in orders for words in (order.reference, order.domain, order.answer("type")["name"])]
    assert all(node.drawn for node in nodes)
    assert [words for words in (*personal, "csrfmiddlewaretoken", "@example.com") if words in kept] == []


def test_every_template_with_a_fragment_is_walked_by_the_test_above():
    templates = (path for path in TEMPLATES.rglob("*.html") if "{% fragment " in path.read_text("utf-8"))

    assert sorted(path.relative_to(TEMPLATES).as_posix() for path in templates) == sorted(WITH_FRAGMENTS)
