"""A walk through the bare wizard: nine pages and seven forms."""

from bench.walks.visitor import Visitor
from demo.rehearsal.http_browser import Form, UnexpectedPage


def walk(me: Visitor) -> None:
    """The page before it, the first step, seven submitted steps; the last page shows the entries."""
    me.get("/")
    page = me.get("wizard/")
    for _step in range(7):
        page = me.send(page.forms[0], _fill(page.forms[0]))
    if page.forms or page.status != 200:
        raise UnexpectedPage(f"the bare wizard ended on {page.url}")


def _fill(form: Form) -> dict[str, str]:
    """A valid value for each of its fields."""
    return {name: _value(name) for name in form.names if "-" in name and not name.endswith("current_step")}


def _value(name: str) -> str:
    field = name.partition("-")[2]
    special = {"email": "li@example.com", "home_url": "https://example.com/", "declared": "on"}
    chosen = {"id_type": "1", "instance": "1", "content": "1"}
    return (special | chosen).get(field, "示例科技有限公司")
