"""A row of my filings in a real browser: its title and its button each receive their own press."""

from dataclasses import replace

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from playwright.sync_api import Browser

from icpportal.fields.components import Action
from transfers.dashboard.panels import OrderRow
from transfers.models import Order
from transfers.orders import states

pytestmark = pytest.mark.browser
SHEETS = ("tokens", "elements", "button", "state", "filings")
ORDER = Order(reference="QKX4-UNN8", state="draft", domain="example.com")
LINK = Action("Continue", "/go-on/", kind="primary")
# the topmost element in the middle of each link and button: itself, or the text of what covers it
ON_TOP = """() => [...document.querySelectorAll(".dense tbody a, .dense tbody button")].map(each => {
  const box = each.getClientRects()[0]
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)
  return each.contains(top) ? "itself" : top.textContent
})"""


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("act", [LINK, replace(LINK, post=True)], ids=["link", "form"])
def test_title_and_button_of_a_row_can_each_be_pressed(browser: Browser, width: int, act: Action) -> None:
    row = OrderRow(ORDER, "Transfer", "", states.DRAFT, "", None, act)
    css = "".join((settings.BASE_DIR / "static" / "css" / f"{name}.css").read_text("utf-8") for name in SHEETS)
    html = render_to_string("transfers/dashboard/order_row.html", {"row": row})
    page = browser.new_page(viewport={"width": width, "height": 600})

    page.set_content(f"<!doctype html><style>{css}</style><table class=dense><tbody>{html}</table>")
    found = page.evaluate(ON_TOP)
    page.close()

    assert found == ["itself", "itself"]
