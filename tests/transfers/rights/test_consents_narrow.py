"""The table of consents on a phone, in a real browser: each cell is one text beside its label."""

from dataclasses import replace

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override
from playwright.sync_api import Browser

from transfers.rights.views.consents import ConsentRow

pytestmark = pytest.mark.browser
SHEETS = ("tokens", "elements", "button", "list")
AGREED = ConsentRow(
    reference="T7Q4-M2KX",
    order_url="/order/",
    domain="示例.cn",
    who="陈** (Website administrator)",
    since="Mon 30 Nov, 09:00",
    ended="",
    url="/withdraw/",
)
ROWS = [AGREED, replace(AGREED, domain="example.com", ended="30 Nov", url="")]
# of each cell: whether part of its text is under the label, and the widest gap in a line
CELLS = """() => [...document.querySelectorAll(".table tbody :is(th, td)")].map(cell => {
  const words = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), found = []
  while (words.nextNode()) {
    if (words.currentNode.parentElement.closest(".sr") || !words.currentNode.data.trim()) continue
    const range = document.createRange()
    range.selectNodeContents(words.currentNode)
    found.push(...[...range.getClientRects()].filter(each => each.width > 1))
  }
  const label = cell.dataset.label ? 100 : 0, left = cell.getBoundingClientRect().left
  const holes = found.flatMap((each, at) => at && Math.abs(each.top - found[at - 1].top) < 8
    ? [each.left - found[at - 1].right] : [])
  return [found.some(each => each.left < left + label), Math.max(0, ...holes) > 8]
})"""


def test_on_a_phone_no_cell_is_torn_apart_or_wraps_under_its_label(browser: Browser) -> None:
    css = "".join((settings.BASE_DIR / "static" / "css" / f"{name}.css").read_text("utf-8") for name in SHEETS)
    with override("en"):
        html = render_to_string("transfers/rights/consents.html", {"rows": ROWS, "text": "I agree"})
    page = browser.new_page(viewport={"width": 390, "height": 800})

    page.set_content(html.replace("</head>", f"<style>{css}</style></head>"))
    found = page.evaluate(CELLS)
    page.close()

    assert found == [[False, False]] * len(found)
    assert len(found) == 4 * len(ROWS)
