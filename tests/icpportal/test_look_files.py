"""The files of the look: readable colours, a strict policy that holds, no missing files."""

import gzip
import os
import re
import time
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.staticfiles import finders
from django.template import engines
from django.template.loader_tags import BlockNode, ExtendsNode
from rjsmin import jsmin

from icpportal.pages import bundles
from icpportal.pages.markup import slots
from icpportal.templatetags import portal
from tests.icpportal.look_urls import DRAWINGS, ICONS
from transfers.orders.states import STATES as ORDERS

PACKAGES = ("icpportal", "verification", "filings", "transfers")
STATIC = Path(settings.BASE_DIR) / "static"
TEMPLATES = Path(settings.BASE_DIR) / "templates"
SHEETS = sorted((STATIC / "css").glob("*.css"))
# loaded beside the sheet of all pages: the outgoing messages, and the simulated authority
OWN_SHEETS = [STATIC / "demo" / "ministry.css", Path(settings.BASE_DIR) / "icpportal/outbox/static/outbox/message.css"]
# mails are no pages: no policy of ours applies to them, and mail programs read styles nowhere else
PAGES = sorted(page for page in TEMPLATES.rglob("*.html") if page.parent != TEMPLATES / "messages")
TOKENS = (STATIC / "css" / "tokens.css").read_text()
COLOUR = re.compile(r"--([a-z0-9-]+): (#[0-9a-f]{3,6})\b")

INKS = ("red", "amber", "green", "blue", "violet", "slate", "teal")
GROUNDS = ("paper", "surface")


def colours(start):
    """The colours of one block of tokens.css."""
    block = TOKENS[TOKENS.index(start) :]
    return dict(COLOUR.findall(block[: block.index("}")]))


THEMES = {
    "light": colours(":root {"),
    "dark": colours(':root[data-theme="dark"]'),
    "system dark": colours(':root:not([data-theme="light"])'),
}


def luminance(colour):
    digits = colour.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """The contrast ratio of WCAG 2.2: from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_contrast_formula_gives_the_known_extremes():
    assert contrast("#fff", "#000000") == pytest.approx(21)
    assert contrast("#1b2a33", "#ffffff") == pytest.approx(14.73, abs=0.01)


def test_both_definitions_of_the_dark_theme_have_the_same_colours():
    assert THEMES["dark"] == THEMES["system dark"]
    assert set(THEMES["dark"]) == set(THEMES["light"])


@pytest.mark.parametrize("theme", THEMES)
def test_every_text_colour_is_readable_on_every_background(theme):
    table = THEMES[theme]
    texts = product(("ink", "ink-2", "ink-3"), ("paper", "surface", "sunken"))
    coloured = product(INKS, GROUNDS)
    tinted = ((ink, f"{ink}-tint") for ink in INKS)
    filled = (("on-fill", "teal"), ("on-fill", "teal-deep"), ("on-fill", "red"))

    poor = [
        (text, ground, round(contrast(table[text], table[ground]), 2))
        for text, ground in (*texts, *coloured, *tinted, *filled)
        if contrast(table[text], table[ground]) < 4.5
    ]

    assert poor == []


@pytest.mark.parametrize("theme", THEMES)
def test_body_text_reaches_the_highest_level(theme):
    table = THEMES[theme]

    assert min(contrast(table["ink"], table[ground]) for ground in (*GROUNDS, "sunken")) >= 7
    assert min(contrast(table["ink-2"], table[ground]) for ground in GROUNDS) >= 7


@pytest.mark.parametrize("theme", THEMES)
def test_borders_and_the_focus_ring_stand_out_on_every_background(theme):
    table = THEMES[theme]
    pairs = product(("line", "focus", "rule"), ("paper", "surface", "sunken"))

    assert [pair for pair in pairs if contrast(table[pair[0]], table[pair[1]]) < 3] == []


def test_print_is_always_light():
    for start in (':root[data-theme="dark"]', ':root:not([data-theme="light"])'):
        before = TOKENS[: TOKENS.index(start)]
        assert before[before.rindex("@media") :].startswith("@media screen")


def test_numbers_dates_and_references_stay_on_one_line():
    sheet = (STATIC / "css" / "elements.css").read_text("utf-8")
    [names] = re.findall(r"^(.+) \{ white-space: nowrap; \}$", sheet, re.MULTILINE)

    assert {".nb", "time", ".code"} <= set(names.split(", "))
    footer = (TEMPLATES / "partials" / "footer.html").read_text("utf-8")
    assert '<span class="nb">{{ reference }}</span>' in footer


def test_no_page_needs_an_exception_from_the_policy():
    holes = re.compile(r'\sstyle="|<style|<script(?![^>]*\ssrc=)|\son\w+="|javascript:|data:(image|text|font)')

    found = {str(page.relative_to(TEMPLATES)) for page in PAGES if holes.search(page.read_text())}

    assert found == set()


def test_no_style_sheet_or_script_loads_from_another_host():
    outside = re.compile(r"https?://|url\(\s*['\"]?data:|@import|\beval\(|new Function|innerHTML|document\.write")
    scripts = sorted((STATIC / "js").glob("*.js"))

    found = {file.name for file in (*SHEETS, *scripts) if outside.search(file.read_text())}

    assert found == set()
    assert scripts != []


def linked_in(page):
    """The style sheets of ours that a template names."""
    return re.findall(r"""["']css/(\w+)\.css["']""", page.read_text())


def test_the_whole_look_is_small():
    of_the_desk = list((STATIC / "js").glob("desk_*.js"))
    scripts = set((STATIC / "js").glob("*.js")) - set(of_the_desk)
    screen = [sheet for sheet in SHEETS if sheet.stem in linked_in(TEMPLATES / "partials" / "styles.html")]

    assert sum(sheet.stat().st_size for sheet in screen) < 52_000
    assert sum(len(gzip.compress(sheet.read_bytes())) for sheet in screen) < 20_000
    assert sum(sent_bytes(script) for script in scripts) < 10_500
    assert sum(sent_bytes(script) for script in of_the_desk) < 6_200


def sent_bytes(script: Path) -> int:
    """The bytes of a script without its comments and indentation, compressed."""
    return len(gzip.compress(jsmin(script.read_text("utf-8")).encode()))


def test_every_style_sheet_and_script_is_used_and_every_link_has_a_file():
    parts = {part.stem for parts in bundles.bundles().values() for part in parts}
    sheets = {name for page in PAGES for name in linked_in(page)}
    scripts = {name for page in PAGES for name in re.findall(r"""["']js/(\w+)\.js["']""", page.read_text())}

    assert (sheets | parts) - {"portal"} >= {sheet.stem for sheet in SHEETS}
    assert (scripts | parts) - {"portal"} >= {script.stem for script in (STATIC / "js").glob("*.js")}
    assert all(finders.find(name) for name in bundles.bundles())


def test_a_page_uses_one_style_sheet_and_one_script():
    page = engines["django"].get_template("base.html").render({})

    assert re.findall(r'href="/static/([^"]+\.css)"', page) == ["css/portal.css"]
    assert re.findall(r'src="/static/([^"]+\.js)"', page) == ["js/portal.js"]


@pytest.fixture
def parts(tmp_path, settings):
    """A project with two style sheets in one bundle."""
    settings.BASE_DIR, settings.STATIC_BUNDLES_ROOT = tmp_path, tmp_path / "joined"
    (tmp_path / "static" / "css").mkdir(parents=True)
    (tmp_path / "static" / "bundles.toml").write_text('"css/all.css" = ["first", "second"]')
    for name in ("first", "second"):
        (tmp_path / "static" / "css" / f"{name}.css").write_text(f".{name} {{}}")
    return tmp_path / "static" / "css"


def test_a_bundle_has_its_parts_in_order_and_is_rebuilt_when_one_changes(parts):
    finder = bundles.BundleFinder()

    before = Path(finder.find("css/all.css")).read_text()
    (parts / "second.css").write_text(".third {}")
    os.utime(parts / "second.css", (time.time() + 5, time.time() + 5))

    assert before == ".first{}.second{}"
    assert Path(finder.find("css/all.css")).read_text() == ".first{}.third{}"
    assert finder.find("css/first.css") is None
    assert [name for name, _storage in finder.list(None)] == ["css/all.css"]


def test_a_bundle_is_rebuilt_when_only_its_list_or_what_makes_it_smaller_changes(parts, monkeypatch):
    """As after an upgrade whose files are older than the bundle of the version before, in the same VAR_DIR."""
    finder = bundles.BundleFinder()
    found = Path(finder.find("css/all.css"))
    hour_ago = time.time() - 3600
    for part in parts.iterdir():
        os.utime(part, (hour_ago, hour_ago))

    (parts.parent / "bundles.toml").write_text('"css/all.css" = ["second"]')
    assert Path(finder.find("css/all.css")).read_text() == ".second{}"

    (parts / "second.css").write_text(".fourth {}")
    os.utime(parts / "second.css", (hour_ago, hour_ago))
    assert Path(finder.find("css/all.css")).read_text() == ".fourth{}"

    monkeypatch.setitem(bundles.SMALLER, ".css", str.upper)
    assert Path(finder.find("css/all.css")).read_text() == ".FOURTH {}"

    written = found.stat().st_mtime_ns
    assert Path(finder.find("css/all.css")).stat().st_mtime_ns == written


def test_two_processes_that_build_a_bundle_at_once_both_find_it(parts, monkeypatch):
    """Also with the same number, as the first ones of two containers have."""
    finder, replace = bundles.BundleFinder(), Path.replace

    def replace_after_the_other(unfinished: Path, file: Path) -> Path:
        monkeypatch.setattr(Path, "replace", replace)
        finder.find("css/all.css")
        return replace(unfinished, file)

    monkeypatch.setattr(Path, "replace", replace_after_the_other)

    found = Path(finder.find("css/all.css"))

    assert found.read_text() == ".first{}.second{}"
    assert [file.name for file in found.parent.iterdir()] == ["all.css"]


def test_a_bundle_has_no_comments_and_no_spaces_but_those_of_its_texts(parts):
    (parts / "first.css").write_text("/* Why:\n   two lines */\n.first {\n  width: calc(1px + 2px); /* here */\n}\n")
    (parts.parent / "bundles.toml").write_text('"css/all.css" = ["first"]\n"css/all.js" = ["words"]')
    (parts / "words.js").write_text(
        '// why\n(() => {\n  // where\n  const home = "https://example.com";  // gone\n'
        "  const words = `two  spaces ${home}\n  // kept`;\n  return /a  b/.test(words);\n})();\n"
    )
    finder = bundles.BundleFinder()

    assert Path(finder.find("css/all.css")).read_text() == ".first{width:calc(1px + 2px)}"
    assert Path(finder.find("css/all.js")).read_text() == (
        '(()=>{const home="https://example.com";const words=`two  spaces ${home}\n  // kept`;'
        "return/a  b/.test(words);})();"
    )


def test_a_missing_part_is_reported_at_the_start(parts):
    (parts / "first.css").unlink()

    assert [error.msg for error in bundles.BundleFinder().check()] == [f"No such part: {parts / 'first.css'}"]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_block_of_a_style_sheet_is_closed_and_no_selector_is_left_over(sheet):
    bare = re.sub(r'/\*.*?\*/|"[^"]*"', "", sheet.read_text(), flags=re.DOTALL)

    assert bare.count("{") == bare.count("}")
    assert re.findall(r",\s*[{}]|{[^{}]*{[^{}]*{", bare) == []


def test_colours_are_named_in_one_place_only():
    bare = re.compile(r"#[0-9a-f]{3,6}\b")
    allowed = {"tokens.css", "desk_tokens.css", "print.css"}
    found = {sheet.name: set(bare.findall(sheet.read_text())) for sheet in SHEETS if sheet.name not in allowed}

    assert {name: hits for name, hits in found.items() if hits} == {}


@pytest.mark.parametrize("bundle", ["css/portal.css", "css/desk.css"])
def test_every_value_that_a_style_sheet_names_is_defined(bundle: str) -> None:
    sheet = "\n".join(part.read_text("utf-8") for part in bundles.bundles()[bundle])

    assert set(re.findall(r"var\((--[\w-]+)\)", sheet)) - set(re.findall(r"(--[\w-]+):", sheet)) == set()


def test_the_sheets_of_single_pages_name_only_values_that_the_sheet_of_all_pages_defines() -> None:
    all_pages = "\n".join(part.read_text("utf-8") for part in bundles.bundles()["css/portal.css"])
    named = {name for sheet in OWN_SHEETS for name in re.findall(r"var\((--[\w-]+)", sheet.read_text("utf-8"))}

    assert named - set(re.findall(r"(--[\w-]+):", all_pages)) == set()


def test_every_width_that_a_field_asks_for_has_its_rule() -> None:
    rules = "\n".join(sheet.read_text("utf-8") for sheet in (*SHEETS, *OWN_SHEETS))
    folders = [Path(settings.BASE_DIR) / name for name in ("demo", *PACKAGES)]
    code = "\n".join(file.read_text("utf-8") for folder in folders for file in folder.rglob("*.py"))

    assert set(re.findall(r'"(input-\d+)"', code)) - set(re.findall(r"\.(input-\d+)", rules)) == set()


def test_every_value_that_the_tokens_define_is_used_by_a_style_sheet_or_a_drawing() -> None:
    text = "\n".join(file.read_text("utf-8") for file in (*SHEETS, *(STATIC / "img").glob("*.svg")))
    of_the_scale = {"--l-hero", "--s8"}  # its largest steps, which no page needs today

    assert set(re.findall(r"(--[\w-]+):", text)) - set(re.findall(r"var\((--[\w-]+)", text)) == of_the_scale


def written_words() -> tuple[set[str], tuple[str, ...]]:
    """The words of templates, scripts and code that may be a class, and the beginnings of those that are put together.

    Django's own templates count: the desk shows its pages.
    """
    ours = [Path(settings.BASE_DIR) / name for name in ("templates", "static/js", *PACKAGES)]
    folders = [*ours, Path(admin.__file__).parent]
    files = [file for folder in folders for file in folder.rglob("*") if file.suffix in (".html", ".js", ".py")]
    text = "\n".join(file.read_text("utf-8") for file in files)
    beginnings = re.findall(r"(?<![\w-])([A-Za-z][\w-]*-)(?=[{\"'])", text)
    return set(re.findall(r"[A-Za-z][\w-]*", text)), (*beginnings, "field-")  # of a cell in Django's lists


def test_no_style_sheet_draws_a_class_that_no_page_has() -> None:
    words, beginnings = written_words()
    unused = []
    for sheet in SHEETS:
        rules = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
        classes = set(re.findall(r"\.([A-Za-z][\w-]*)", re.sub(r"\{[^{}]*\}", "{}", rules)))
        unused += [f"{sheet.name}: {name}" for name in classes - words if not name.startswith(beginnings)]

    assert sorted(unused) == []


@pytest.mark.parametrize(("tag", "names"), [("icon", ICONS), ("drawing", DRAWINGS)])
def test_every_icon_used_on_a_page_exists(tag, names):
    asked = {name for page in PAGES for name in re.findall(rf'{{% {tag} "([a-z-]+)"', page.read_text())}

    assert asked - set(names) == set()
    assert len(names) == len(set(names))


def test_every_look_of_a_state_a_slot_and_a_task_has_its_shape():
    shapes = {state.icon for state in ORDERS}
    shapes |= {row[1] for row in (*slots.LOOKS.values(), *portal.TASKS.values())} | set(portal.NOTICE_ICONS.values())

    assert shapes - set(ICONS) == set()


def test_shapes_distinguish_states_without_colour():
    shapes = [state.icon for state in ORDERS]

    assert len(set(shapes)) == len(shapes)


def test_each_of_the_twelve_drawings_is_light_and_takes_its_colours_from_the_theme():
    sprite = (STATIC / "img" / "drawings.svg").read_text()
    bodies = re.findall(r"<symbol.*?</symbol>", sprite)

    assert len(bodies) == 12
    assert max(map(len, bodies)) <= 3_000
    assert re.findall(r"#[0-9a-f]{3,6}", sprite) == []


def test_every_template_can_be_parsed():
    broken = {}
    for page in PAGES:
        try:
            engines["django"].get_template(str(page.relative_to(TEMPLATES)))
        except Exception as fault:  # noqa: BLE001 -- the page's name is what the reader of this test needs
            broken[str(page.relative_to(TEMPLATES))] = str(fault)

    assert broken == {}


def as_written(name: str):
    """A template without its parents put into it."""
    written = engines["django"].get_template(name).template.source
    return engines["django"].from_string(written).template


def offered_by(parent: ExtendsNode) -> set[str]:
    """The blocks of every template that another one extends."""
    named = parent.parent_name.var
    # an error page uses the frame of its reader, and fills the blocks of the applicants' one
    above = as_written(named if isinstance(named, str) else "base.html")
    names = {block.name for block in above.nodelist.get_nodes_by_type(BlockNode)}
    return names.union(*(offered_by(each) for each in above.nodelist.get_nodes_by_type(ExtendsNode)))


def test_no_page_fills_a_block_that_no_parent_defines():
    """Django drops the content of such a block silently."""
    lost = []
    for page in PAGES:
        name = str(page.relative_to(TEMPLATES))
        for parent in as_written(name).nodelist.get_nodes_by_type(ExtendsNode):
            filled = {node.name for node in parent.nodelist if isinstance(node, BlockNode)}
            lost += [f"{name}: {block}" for block in sorted(filled - offered_by(parent))]

    assert lost == []
