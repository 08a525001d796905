"""Templates loaded whole draw what Django draws from their parts."""

from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Engine
from django.template.exceptions import TemplateDoesNotExist
from django.template.loader import get_template
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from django.utils.translation import override

from icpportal.kept_html.translated import TranslatedNode

CACHED = "django.template.loaders.cached.Loader"
LIBRARIES = {
    "i18n": "django.templatetags.i18n",
    "l10n": "django.templatetags.l10n",
    "portal": "icpportal.templatetags.portal",
}
WHOLE = "icpportal.kept_html.whole_templates.WholeLoader"

TEMPLATES = {
    "base.html": (
        "<{% block title %}no title{% endblock %}>{% if rows %}{% block list %}{% for row in rows %}"
        "{% include 'row.html' %}{% empty %}none{% endfor %}{% endblock %}{% else %}"
        "{% block none %}nothing{% endblock %}{% endif %}{% include 'foot.html' with words='bye' %}{{ words }}"
    ),
    "row.html": "{% load l10n %}[{{ row }}{% if row.inner %}{% include 'row.html' with row=row.inner %}{% endif %}]",
    "foot.html": "{# said by all #}({{ words }}{% comment %} no {% endcomment %})",
    "middle.html": "{% extends 'base.html' %}{% block title %}middle{% block more %}?{% endblock %}{% endblock %}",
    "page.html": (
        "{% extends 'middle.html' %}{% block more %}!{% include 'row.html' with row='x' only %}{% endblock %}"
        "{% block none %}{% with words='none' %}{% include 'foot.html' %}{% endwith %}{% endblock %}"
    ),
    "other.html": "{% extends 'middle.html' %}{% block title %}other{% endblock %}",
    "with_the_parents.html": "{% extends 'base.html' %}{% block title %}{{ block.super }} yet{% endblock %}",
    "of_a_variable.html": "{% extends parent %}{% block title %}chosen{% endblock %}",
    "of_it.html": "{% extends 'of_a_variable.html' %}{% block none %}of it{% endblock %}",
    "around.html": "before {% include 'page.html' %} {% include chosen %} after",
    "said.html": (
        "{% extends 'base.html' %}{% load i18n portal %}{% block title %}{% translate 'Back' %}, {{ words }}"
        "{% endblock %}"
        "{% block none %}{% language 'en' %}{% translate 'Documents' %}{% endlanguage %}, {% translate 'Documents' %}"
        "{% for row in '12' %}{% translate 'Help' %}{% endfor %}{% endblock %}"
    ),
    "with_a_gap.html": "{% if broken %}{% include 'missing.html' %}{% endif %}whole",
}
VALUES = ({}, {"rows": ["1", {"inner": {"inner": "2"}}], "words": "yours"}, {"rows": "12"})


def drawn(loader: str, folder: Path, name: str, values: dict[str, object]) -> str:
    plain = "django.template.loaders.filesystem.Loader"
    engine = Engine([str(folder)], libraries=LIBRARIES, loaders=[(loader, [plain])])
    return [engine.get_template(name).render(Context(values)) for _ in range(2)][-1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, source in TEMPLATES.items():
        (tmp_path / name).write_text(source, "utf-8")
    return tmp_path


@pytest.mark.parametrize("values", VALUES)
@pytest.mark.parametrize("name", TEMPLATES)
def test_a_whole_template_draws_the_same_page(folder: Path, name: str, values: dict[str, object]) -> None:
    values = {"parent": "base.html", "chosen": "row.html", **values}
    assert drawn(WHOLE, folder, name, values) == drawn(CACHED, folder, name, values)


def test_pages_of_one_parent_keep_their_own_blocks(folder: Path) -> None:
    engine = Engine(
        [str(folder)], libraries=LIBRARIES, loaders=[(WHOLE, ["django.template.loaders.filesystem.Loader"])]
    )
    pages = [engine.get_template(name).render(Context({})) for name in ("page.html", "other.html", "base.html")]
    assert [page.split(">")[0] for page in pages] == ["<middle![x]", "<other", "<no title"]


def test_its_texts_are_those_of_the_language_of_each_page(folder: Path) -> None:
    plain = ["django.template.loaders.filesystem.Loader"]
    whole, parts = (Engine([str(folder)], libraries=LIBRARIES, loaders=[(each, plain)]) for each in (WHOLE, CACHED))
    pages = []
    for language in ("zh-hans", "en", None, "zh-hans", "en"):
        with override(language):
            pages.append(whole.get_template("said.html").render(Context({})))
            assert pages[-1] == parts.get_template("said.html").render(Context({}))
    assert pages[0] == pages[3] != pages[1] == pages[4]


def test_a_text_is_not_looked_up_at_each_page() -> None:
    with override("en"):
        said = get_template("transfers/documents/documents.html").template.nodelist  # type: ignore[attr-defined]
    assert not said.get_nodes_by_type(TranslatedNode)


def test_a_missing_include_is_told_only_where_it_is_drawn(folder: Path) -> None:
    assert drawn(WHOLE, folder, "with_a_gap.html", {}) == "whole"
    with pytest.raises(TemplateDoesNotExist, match=r"missing\.html"):
        drawn(WHOLE, folder, "with_a_gap.html", {"broken": True})


def test_a_missing_template_is_told_each_time(folder: Path) -> None:
    engine = Engine(
        [str(folder)], libraries=LIBRARIES, loaders=[(WHOLE, ["django.template.loaders.filesystem.Loader"])]
    )
    for _ in range(2):
        with pytest.raises(TemplateDoesNotExist, match=r"missing\.html"):
            engine.get_template("missing.html")


def test_an_error_names_its_file_while_templates_are_debugged(folder: Path) -> None:
    engine = Engine(
        [str(folder)], libraries=LIBRARIES, debug=True, loaders=[(WHOLE, ["django.template.loaders.filesystem.Loader"])]
    )
    (folder / "row.html").write_text("{{ row.boom }}", "utf-8")

    class Row:
        @property
        def boom(self) -> str:
            raise RuntimeError("in the row")

    with pytest.raises(RuntimeError) as raised:
        engine.get_template("base.html").render(Context({"rows": [Row()]}))
    assert raised.value.template_debug["name"].endswith("row.html")  # type: ignore[attr-defined]


def test_pages_of_applicants_are_whole() -> None:
    parts = (BlockNode, ExtendsNode)
    for name in (
        "transfers/documents/documents.html",
        "transfers/order_page/order.html",
        "transfers/steps/subject.html",
    ):
        nodes = get_template(name).template.nodelist  # type: ignore[attr-defined]
        assert not nodes.get_nodes_by_type(parts)
        assert not [each for each in nodes.get_nodes_by_type(IncludeNode) if isinstance(each.template.var, str)]


def test_only_templates_that_cannot_be_are_not_whole() -> None:
    home = settings.BASE_DIR / "templates"
    names = [str(file.relative_to(home)) for file in home.rglob("*.html")]
    left = {name for name in names if get_template(name).template.nodelist.get_nodes_by_type(ExtendsNode)}  # type: ignore[attr-defined]
    sources = {name: (home / name).read_text("utf-8") for name in left}
    children = {name for name, source in sources.items() if 'extends "errors/base.html"' in source}
    parents = {name for name, source in sources.items() if "block.super" in source or "{% extends frame %}" in source}
    assert left == children | parents
