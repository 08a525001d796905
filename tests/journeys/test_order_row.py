"""A row of my filings in a real browser: its title and its button each take the press that is meant for them."""

from types import SimpleNamespace

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
SHEETS = ("tokens", "base", "button", "state", "order_row")
ORDER = SimpleNamespace(reference="QKX4-UNN8", state="draft", display_domain="example.com", get_absolute_url="/order/")
LINK = {"label": "Continue", "url": "/go-on/", "kind": "primary"}
# what lies on top in the middle of each link and button: itself, or the words of what covers it
ON_TOP = """() => [...document.querySelectorAll("article a, article button")].map(each => {
  const box = each.getClientRects()[0]
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)
  return each.contains(top) ? "itself" : top.textContent
})"""


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("act", [LINK, {**LINK, "post": True}], ids=["link", "form"])
def test_title_and_button_of_a_row_are_each_pressed_where_they_stand(browser: Browser, width: int, act: dict) -> None:
    row = {"order": ORDER, "kind": "Transfer", "state": {"key": "draft", "label": "Draft"}, "act": act}
    css = "".join((settings.BASE_DIR / "static" / "css" / f"{name}.css").read_text("utf-8") for name in SHEETS)
    html = render_to_string("transfers/order_row.html", {"row": row, "strong": True})
    page = browser.new_page(viewport={"width": width, "height": 600})

    page.set_content(f"<!doctype html><style>{css}</style><main>{html}</main>")
    found = page.evaluate(ON_TOP)
    page.close()

    assert found == ["itself", "itself"]
