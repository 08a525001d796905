"""The counts of `make shape`: what each counts and ignores, on small trees, and that none of ours gets worse."""

import json

import pytest

from tests.shape import __main__ as command
from tests.shape import demo, layout, lives, looseness, reach, report, templates
from tests.shape.tree import Tree
from tests.shape.vocabulary import Vocabulary

FLAT = {
    "transfers/states.py": """
DRAFT = "draft"
SENT = "sent"
ENDED_WELL = "approved"
ENDED_BADLY = "refused"
ALL = (DRAFT, SENT, ENDED_WELL, ENDED_BADLY)
ENDED = (ENDED_WELL, ENDED_BADLY)
TRANSFER = "transfer"
CANCELLATION = "cancellation"
KINDS = (TRANSFER, CANCELLATION)
""",
    "transfers/lifecycle.py": """
from transfers.states import DRAFT, SENT
ROWS = (T("submit", (DRAFT,), SENT), T("withdraw", (SENT,), DRAFT), T("grant", (SENT,), "approved"))
""",
}
FOLDERS = {
    "transfers/orders/states.py": """
DRAFT = "draft"
STATES = (
    State(key=DRAFT, groups=("editable",)),
    State("sent"),
    State(key="approved", ended=True),
    State(key="refused", ended=True),
)
BY_KEY = {state.key: state for state in STATES}
SENT = "sent"
ENDED_WELL = "approved"
ENDED = tuple(state.key for state in STATES if state.ended)
EDITABLE = tuple(state.key for state in STATES if "editable" in state.groups)
def row(key): return BY_KEY[key]
""",
    "transfers/orders/moves.py": """
from transfers.orders import states
SUBMIT = "submit"
MOVES = (Move(SUBMIT, (states.DRAFT,), states.SENT), Move(name="withdraw"), T("grant", (states.SENT,), "approved"))
""",
    "transfers/orders/kinds.py": """
KINDS = (Kind(key="transfer"), Kind(key="cancellation"))
CANCELLATION = "cancellation"
""",
}


@pytest.fixture
def tree(tmp_path):
    """Writes these files and reads them as a tree."""

    def write(files: dict[str, str], base: dict[str, str] = FLAT) -> Tree:
        for path, text in {**base, **files}.items():
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        return Tree(tmp_path)

    return write


def value(measures, key):
    return next(measure for measure in measures if measure.key == key).value


def offenders(measures, key):
    return next(measure for measure in measures if measure.key == key).offenders


@pytest.mark.parametrize("base", [FLAT, FOLDERS], ids=["flat", "folders"])
def test_states_moves_and_kinds_are_read_from_either_layout(tree, base):
    words = Vocabulary(tree({}, base))

    assert words.states == {"draft", "sent", "approved", "refused"}
    assert words.moves == {"submit", "withdraw", "grant"}
    assert words.kinds == {"transfer", "cancellation"}


def test_a_tree_without_states_is_reported_and_not_counted_as_perfect(tree):
    with pytest.raises(LookupError, match="No file defines a State"):
        Vocabulary(tree({"transfers/urls.py": ""}, {}))


STATES_IMPORT = "from transfers import states\n"
NAMES_TWO = {
    "attributes in a dict": f"{STATES_IMPORT}TABLE = {{states.DRAFT: 1, states.SENT: 2}}",
    "imported names in a function": "from transfers.states import DRAFT, SENT\ndef f(): return DRAFT, SENT",
    "a renamed import": "from transfers.states import DRAFT as D, SENT as S\nTABLE = [D, S]",
    "a group": f"{STATES_IMPORT}def f(o): return o.state in states.ENDED",
    "aliases": f"{STATES_IMPORT}A = states.DRAFT\nB = states.SENT\ndef f(o): return o.state in (A, B)",
    "an alias in another module": "from transfers.other import DONE\ndef f(o): return o.state in DONE",
    "literals in comparisons": 'def f(o): return o.state == "draft" or o.state == "sent"',
    "literals behind constants": 'A = "draft"\nB = "sent"\ndef f(o): return o.state == A or o.state == B',
    "literals as keys": 'TABLE = {"draft": 1, "sent": 2}',
    "literals as values": 'TABLE = {1: "draft", 2: "sent"}',
    "literals in a list": 'TABLE = ["draft", "sent"]',
    "rows of a list": 'TABLE = [("draft", "Kept", "grey"), ("sent", "With us", "blue")]',
    "calls in a list": 'TABLE = [Row("draft", "grey"), Row("sent", "blue")]',
    "literals in match": 'def f(o):\n    match o.state:\n        case "draft" | "sent":\n            return 1',
    "a filter": 'def f(q): return q.filter(order__state__in=("draft", "sent"))',
    "moves of a lifecycle": 'def f(o):\n    ORDER.apply(o, "submit", by=1)\n    fire_at_deadline(o, "grant")',
    "one state and one move": f'{STATES_IMPORT}def f(o): return o.state == states.DRAFT and fire(o, "submit")',
    "a variable called move": 'def f(o):\n    move = "submit" if o.held else "withdraw"\n    return move',
    "a parameter of ours called move": 'def g(move): ...\ndef f():\n    g("submit")\n    g("grant")',
    "a lambda": f"{STATES_IMPORT}def f(): return lambda o: (states.DRAFT, states.SENT)",
    "a method": f"{STATES_IMPORT}class A:\n    def f(self): return states.ENDED",
    "a class's table": f"{STATES_IMPORT}class A:\n    known = (states.DRAFT, states.SENT)",
    "a query of a group": f"{STATES_IMPORT}OPEN = ~Q(state__in=states.ENDED)",
}


@pytest.mark.parametrize("text", NAMES_TWO.values(), ids=NAMES_TWO)
def test_code_that_names_two_states_or_moves_is_counted(tree, text):
    other = "from transfers import states\nDONE = (states.DRAFT, states.SENT)\n"
    files = {"transfers/page.py": text, "transfers/other.py": other}
    found = [line for line in offenders(lives.measures(tree(files)), "several") if "page.py" in line]

    assert len(found) == 1


NAMES_NONE_OR_ONE = {
    "one state": f"{STATES_IMPORT}def f(o): return o.state == states.DRAFT",
    "one state, twice": f'{STATES_IMPORT}def f(o): return o.state == states.DRAFT or o.state != "draft"',
    "every state, which is the register": f"{STATES_IMPORT}def f(): return [s for s in states.ALL]",
    "constants of another life": "from verification.backdrops import states\nTABLE = {states.SENT: 1, states.DRAFT: 2}",
    "an enumeration of a gateway": "from icpportal.pages.faq import A\nTABLE = {A.SENT: 1, A.DRAFT: 2}",
    "a context with such keys": 'def f(): return {"draft": 1, "sent": 2, "a": 3, "b": 4, "c": 5}',
    "texts": 'def f(): log("draft"); log("sent")',
    "names of addresses": 'urls = [path("a/", f, name="submit"), path("b/", f, name="withdraw")]',
    "the state of a document": 'def f(p): return p.document.state == "refused" or p.document.state == "sent"',
    "import lines": "from transfers.states import DRAFT, SENT",
    "two functions with one each": f"{STATES_IMPORT}def f(): return states.DRAFT\ndef g(): return states.SENT",
}


@pytest.mark.parametrize("text", NAMES_NONE_OR_ONE.values(), ids=NAMES_NONE_OR_ONE)
def test_code_that_names_fewer_than_two_is_not_counted(tree, text):
    files = {
        "transfers/page.py": text,
        "verification/models/backdrop_states.py": 'SENT = "sent"\nDRAFT = "draft"\n',
        "icpportal/pages/faq.py": 'class A:\n    SENT = "sent"\n    DRAFT = "draft"\n',
    }

    assert offenders(lives.measures(tree(files)), "several") == ()


@pytest.mark.parametrize(
    ("path", "counted"),
    [
        ("transfers/page.py", True),
        ("icpportal/tasks.py", True),
        ("demo/orders.py", False),
        ("transfers/orders/queries.py", False),
        ("transfers/migrations/0001_first.py", False),
        ("tests/transfers/test_page.py", False),
    ],
)
def test_such_a_table_is_counted_outside_orders_and_demo(tree, path, counted):
    found = lives.measures(tree({path: f"{STATES_IMPORT}TABLE = states.ENDED"}))

    assert bool(offenders(found, "several")) is counted


def test_literals_are_read_only_where_orders_are_known(tree):
    text = 'TABLE = {"draft": 1, "sent": 2}\n'
    found = lives.measures(tree({"filings/a.py": text, "filings/b.py": f"from transfers import urls\n{text}"}))

    assert [line.split(":")[0] for line in offenders(found, "several")] == ["filings/b.py"]


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("def f(o): return o.state in states.ENDED", True),
        ("def f(o): return o.state in states.EDITABLE", False),  # its row is the only one of this group
        ("def f(o): return states.BY_KEY[o.state].label", False),
        ('def f(o): return states.BY_KEY["draft"].tint + states.BY_KEY["sent"].tint', True),
        ('def f(o): return states.row("draft").tint + states.row("sent").tint', True),
        ("def f(o): return states.row(o.state).tint", False),
        ("def f(o): return states.DRAFT.key", False),
    ],
)
def test_groups_built_from_rows_count_as_the_rows_they_select(tree, text, counted):
    files = {"transfers/page.py": f"from transfers.orders import states\n{text}"}

    assert bool(offenders(lives.measures(tree(files, FOLDERS)), "several")) is counted


def test_files_of_orders_that_name_several_are_counted_beside_the_three(tree):
    text = "from transfers.orders import states\nTABLE = (states.DRAFT, states.SENT)\nMORE = states.ENDED"
    files = {"transfers/orders/queries.py": text, "transfers/orders/people.py": "def f(): return 1"}

    assert value(lives.measures(tree(files, FOLDERS)), "orders-files") == 1


def test_files_that_name_a_state_are_counted_in_python_and_templates(tree):
    files = {
        "transfers/a.py": f"{STATES_IMPORT}A = states.DRAFT",
        "transfers/b.py": 'def f(o): return o.state == "draft"',
        "demo/c.py": f"{STATES_IMPORT}C = states.DRAFT",
        "templates/transfers/order_page/order.html": '{% if order.state == "draft" %}…{% endif %}',
        "templates/transfers/other.html": '{# draft #}{% comment %}{% if a == "draft" %}{% endcomment %}<i id="draft">',
        "templates/filings/import.html": '{% if import.state == "draft" %}…{% endif %}',
        "tests/test_a.py": f"{STATES_IMPORT}A = states.DRAFT",
    }
    found = lives.measures(tree(files))

    assert value(found, "state-most") == 6  # these four, and the files of states and moves
    assert value(found, "state-median") == 2


def test_files_that_name_a_move_are_counted(tree):
    files = {
        "transfers/a.py": 'def f(o): ORDER.apply(o, "submit")',
        "transfers/b.py": 'def f(o): return "submit" in moves',
        "transfers/c.py": 'SUBMIT = _("submit")',
        "templates/transfers/a.html": '{% url "order-move" order.reference "submit" %}{% url "submit" %}',
    }

    assert value(lives.measures(tree(files)), "move-most") == 4


BRANCHES = {
    "a comparison": f"{STATES_IMPORT}def f(o): return o.kind == states.CANCELLATION",
    "a membership": f"{STATES_IMPORT}def f(o): return o.kind in (states.CANCELLATION, states.TRANSFER)",
    "with a literal": 'def f(o): return o.kind != "cancellation"',
    "with who knows what": "def f(order, kind): return order.kind == kind",
    "a match": 'def f(order):\n    match order.kind:\n        case "transfer":\n            return 1',
    "a property": "def f(o): return o.is_cancellation",
    "a truth test": "def f(order):\n    if not order.kind:\n        return 1",
    "a flag": "def f(is_transfer): return 1 if is_transfer else 2",
    "a dict keyed by it": f"{STATES_IMPORT}TABLE = {{states.CANCELLATION: 1}}",
}


@pytest.mark.parametrize("text", BRANCHES.values(), ids=BRANCHES)
def test_branches_on_a_kind_are_counted(tree, text):
    assert value(lives.measures(tree({"transfers/page.py": text})), "kind-branches") == 1


NO_BRANCHES = {
    "a kind given": f"{STATES_IMPORT}def f(): return create(kind=states.CANCELLATION)",
    "a kind asked for": f"{STATES_IMPORT}def f(q): return q.filter(kind=states.CANCELLATION)",
    "a kind of the demo's own": "from demo.rows import A\ndef f(r): return r.kind == A.CANCELLATION",
    "another thing's kind": "from icpportal.pages.faq import A\ndef f(answer): return answer.kind == A.CANCELLATION",
    "the same word of something else": 'def f(o): return o.outcome == "transfer"',
    "a row of the kind": "def f(order): return kinds.BY_KEY[order.kind].label",
}


@pytest.mark.parametrize("text", NO_BRANCHES.values(), ids=NO_BRANCHES)
def test_merely_naming_a_kind_is_no_branch(tree, text):
    other = 'class A:\n    CANCELLATION = "cancellation"\n'
    files = {"transfers/page.py": text, "icpportal/pages/faq.py": other, "demo/rows.py": other}

    assert offenders(lives.measures(tree(files)), "kind-branches") == ()


def test_the_file_of_kinds_may_branch_on_them(tree):
    text = FOLDERS["transfers/orders/kinds.py"] + "def f(order): return order.kind == CANCELLATION\n"

    assert value(lives.measures(tree({"transfers/orders/kinds.py": text}, FOLDERS)), "kind-branches") == 0


@pytest.mark.parametrize(
    ("markup", "branches"),
    [
        ('{% if order.kind == "cancellation" %}', 1),
        ("{% if may and not order.is_cancellation %}", 1),
        ("{% if order.kind %}", 1),
        ('{% if row.kind == "filing" %}', 0),
        ("{{ order.kind }}", 0),
    ],
)
def test_branches_on_a_kind_are_counted_in_templates(tree, markup, branches):
    assert value(lives.measures(tree({"templates/transfers/a.html": markup})), "kind-branches") == branches


def test_modules_side_by_side_are_counted_without_init_and_migrations(tree):
    files = {f"filings/full/m{number}.py": "" for number in range(13)}
    files |= {f"filings/migrations/{number:04}_m.py": "" for number in range(20)}
    files |= {f"filings/provinces/p{number}.py": "" for number in range(31)}
    found = layout.measures(tree({"filings/full/__init__.py": "", **files}))

    assert value(found, "fullest-package") == 13
    assert offenders(found, "full-packages") == ("filings/full: 13",)


def test_folders_with_one_module_are_counted_but_not_those_above_others(tree):
    files = (
        "filings/lone/a.py",
        "filings/pair/a.py",
        "filings/pair/b.py",
        "filings/above/a.py",
        "filings/above/in/a.py",
    )
    found = layout.measures(tree(dict.fromkeys(files, "")))

    assert offenders(found, "lone-modules") == ("filings/above/in/a.py", "filings/lone/a.py")


def test_files_over_400_lines_are_counted(tree):
    files = {"filings/a.py": "\n" * 401, "filings/b.py": "\n" * 400, "templates/a.html": "\n" * 401}

    assert offenders(layout.measures(tree(files)), "long-files") == ("filings/a.py:401", "templates/a.html:401")


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ('"""What it is."""\nfrom a import b\nimport c\n__all__ = ["b", "c"]\n', 0),
        ("", 0),
        ('"""What it is."""\nSTEPS = (1, 2)\n', 1),
        ("def f(): ...\n", 1),
    ],
)
def test_an_init_holds_imports_only(tree, text, counted):
    assert value(layout.measures(tree({"filings/__init__.py": text})), "init-code") == counted


@pytest.mark.parametrize("stem", ["judging", "asking_type", "handing_over", "processing", "verify_asking"])
def test_a_gerund_is_recognised_by_its_ending(stem):
    assert layout.is_gerund(stem)


@pytest.mark.parametrize(
    "stem", ["filing", "filing_numbers", "processing_codes", "blocking_order", "settings", "views"]
)
def test_a_noun_is_no_gerund(stem):
    assert not layout.is_gerund(stem)


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("from typing import Any\na: dict[str, Any] = {}\nb: Any = 1", 2),
        ("import typing\na: typing.Any = 1", 1),
        ('from typing import Any\na: "Any" = 1', 1),
        ("def f(a: object) -> object: ...", 2),
        ("from typing import cast\na = cast(int, 1)", 1),
        ("a = f()  # type: ignore[no-any-return]", 1),
        ("UNSET = object()", 0),
        ("from django.db.models.functions import Cast\na = Cast(1)\ncast = 2", 0),
        ('TEXT = "# type: ignore and Any"', 0),
        ("class A:\n    Any = 1\nb = A.Any", 0),
    ],
)
def test_uninformative_types_are_counted(tree, text, counted):
    assert len(offenders(looseness.measures(tree({"filings/a.py": text})), "loose-types")) == counted


def test_uninformative_types_are_related_to_the_lines(tree):
    files = {"filings/a.py": "a: object = 1\n" + "\n" * 99}

    assert value(looseness.measures(tree(files, {})), "loose-types") == 10


@pytest.mark.parametrize(
    ("path", "text", "counted"),
    [
        ("transfers/views.py", 'def f(r): return render(r, "a.html", {"a": 1})', 1),
        ("transfers/views.py", 'def f(r): return render(r, "a.html", context=c)', 1),
        ("transfers/views.py", 'def f(r): return TemplateResponse(r, "a.html", c)', 1),
        ("transfers/views.py", 'def f(r): return render_to_string("a.html", c)', 1),
        ("transfers/views.py", "class V:\n    def get_context_data(self): return {}", 1),
        ("transfers/views.py", 'def f(r): return render(r, "a.html")', 0),
        ("transfers/views.py", 'def f(r): return render_page(r, "a.html", page)', 0),
        ("transfers/views.py", "def f(form): return form.render(a, b, c)", 0),
        ("transfers/pages/frame.py", 'def render_page(r, t, page): return render(r, t, {"page": page})', 0),
        ("filings/views.py", 'def f(r): return render(r, "a.html", {"a": 1})', 0),
    ],
)
def test_contexts_built_by_hand_are_counted(tree, path, text, counted):
    assert value(looseness.measures(tree({path: text})), "own-contexts") == counted


def test_what_the_view_of_a_document_reaches_is_counted_through_other_modules(tree):
    files = {
        "transfers/documents/__init__.py": "",
        "transfers/documents/views.py": (
            "from django.http import Http404\nfrom icpportal import settings\nfrom transfers.documents import access\n"
            "from transfers.models import Order\ndef serve(): ...\n"
        ),
        "transfers/documents/access.py": "from filings import queries\nfrom transfers.documents.views import serve\n",
        "transfers/models/__init__.py": "from transfers import dashboard\n",
        "transfers/dashboard.py": "",
        "filings/queries.py": "def f():\n    from .numbers import g\n",
        "filings/numbers.py": "",
        "icpportal/settings.py": "from icpportal import celery\n",
        "icpportal/celery.py": "",
    }
    found = reach.measures(tree(files))

    assert offenders(found, "reach") == (
        "filings/numbers.py",
        "filings/queries.py",
        "transfers/documents/access.py",
    )
    assert offenders(found, "reach-outside") == ("filings/numbers.py", "filings/queries.py")


def test_a_missing_view_is_not_counted_as_reaching_nothing(tree):
    with pytest.raises(LookupError, match="serve"):
        reach.measures(tree({"transfers/documents/views.py": "def other(): ...\n"}))


@pytest.mark.parametrize(
    ("path", "is_inside"),
    [
        ("icpportal/gateways/miit/simulator/views.py", True),
        ("icpportal/management/commands/rehearse.py", True),
        ("icpportal/management/invented.py", True),
        ("icpportal/gateways/sms/page.py", True),
        ("templates/outbox/demo_messages.html", True),
        ("demo/ministry/simulator.py", False),
        ("templates/demo/simulator.html", False),
        ("icpportal/pages/views.py", False),
        ("transfers/photo/page.py", False),
    ],
)
def test_lines_of_demo_are_counted_inside_the_product(tree, path, is_inside):
    assert value(demo.measures(tree({path: "\n\n\n"})), "demo-lines") == (3 if is_inside else 0)


def test_imports_of_demo_are_counted_from_outside_it(tree):
    files = {
        "icpportal/tasks.py": "def f():\n    from demo.ministry import views\n",
        "demo/seed.py": "from demo import ministry\n",
        "filings/a.py": "import demography\n",
    }

    assert offenders(demo.measures(tree(files)), "demo-imports") == ("icpportal/tasks.py:2 demo.ministry.views",)


@pytest.mark.parametrize("folder", ["templates", "demo/templates"])
def test_wide_lines_of_templates_are_counted(tree, folder):
    files = {f"{folder}/a.html": "a" * 141 + "\n" + "b" * 140 + "\n", "filings/a.py": f"# {'c' * 150}\n"}

    assert offenders(templates.measures(tree(files)), "wide-lines") == (f"{folder}/a.html:1 141",)


@pytest.mark.parametrize(
    ("markup", "compared"),
    [
        ('{% if order.state == "draft" %}', 1),
        ("{% if slip.state.key == 'approved' and a %}", 1),
        ('{% if import.state in "a b" %}', 1),
        ('{% if a %}{% elif mark == "refused" %}', 1),
        ("{% if page.is_draft %}", 0),
        ("{% if row.state %}", 0),
        ('{% if lang == "en" %}', 0),
        ('{% include "partials/state.html" with state=row.state %}', 0),
        ('{# {% if order.state == "draft" %} #}', 0),
    ],
)
def test_comparisons_of_states_in_templates_are_counted(tree, markup, compared):
    assert value(templates.measures(tree({"templates/transfers/a.html": markup})), "template-states") == compared


def test_nesting_of_if_is_counted_within_a_file(tree):
    files = {
        "templates/deep.html": "{% if a %}{% if b %}{% endif %}{% for c in d %}{% if c %}{% if d %}{% endif %}",
        "templates/flat.html": "{% if a %}{% endif %}" * 9,
    }

    assert value(templates.measures(tree(files)), "if-depth") == 3


def test_decisions_are_related_to_tags_and_variables(tree):
    text = (
        '{% if a %}{{ b|yesno:"x,y" }}{% elif c %}{{ d }}{% else %}{{ yesno }}{% endif %}{% for e in f %}{% endfor %}'
    )

    assert templates.share(tree({"templates/a.html": f"{text}{{# {{% if g %}} #}}{{{{ h }}}}"})) == 37.5  # 3 of 8


def test_the_command_fails_while_a_measure_misses_its_target(tree, monkeypatch, capsys):
    files = {"transfers/documents/views.py": "def serve(): ...\n"}
    good = report.measure_all(tree(files).root)
    monkeypatch.setattr(command, "measure_all", lambda: good)

    assert all(measure.ok for measure in good), report.as_table(good, with_names=True)
    assert command.main([]) == 0

    bad = report.measure_all(tree(files | {"transfers/judging.py": f"{STATES_IMPORT}TABLE = states.ENDED"}).root)
    monkeypatch.setattr(command, "measure_all", lambda: bad)

    assert command.main(["--names"]) == 1
    assert "transfers/judging.py:2 TABLE names approved, refused" in capsys.readouterr().out
    assert command.main(["--json", "--only", "several"]) == 1
    assert [row["value"] for row in json.loads(capsys.readouterr().out)] == [1]


def test_growth_is_reported_and_shrinkage_is_saved(tree, monkeypatch, tmp_path):
    found = demo.measures(tree({"icpportal/management/invented.py": "\n" * 5}))
    monkeypatch.setattr(report, "VALUES", tmp_path / "values.json")

    assert report.worse(found, {"demo-lines": 4, "demo-imports": 0})[0].startswith("demo-lines is 5, was 4")
    assert report.worse(found, {"demo-lines": 5, "demo-imports": 0}) == []
    assert report.worse(found, {"demo-lines": 5}) == ["demo-imports is not on both sides"]

    (tmp_path / "values.json").write_text('{"demo-lines": 4, "demo-imports": 7}')
    report.keep(found)
    assert report.kept_values() == {"demo-lines": 4, "demo-imports": 0}


@pytest.mark.once
def test_no_measure_gets_worse():
    assert report.worse(report.measure_all(), report.kept_values()) == []
