"""How the rehearsal's browser parses a page and what it would send."""

import pytest

from demo.rehearsal.http_browser import Page, UnexpectedPage

PAGE = """<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><main>
<form method="post" action="../save/" data-domain="example.cn">
<input type="hidden" name="token" value="t1">
<select name="region"><option value="">选择</option><option value="64" selected>宁夏</option></select>
<select name="kind"><option value="first">一</option><option value="second">二</option></select>
<label><input type="radio" name="sex" value="a"><input type="radio" name="sex" value="b" checked></label>
<input type="checkbox" name="agree" value="on"><input type="checkbox" name="mail" checked>
<input name="empty"><input name="fixed" value="1" disabled><input type="file" name="paper">
<textarea name="remark">
第一行
&lt;second&gt;</textarea>
<button name="move" value="keep">保存</button><input type="submit" name="go" value="1">
</form>
<form action="?page=2"><input name="q" value="x"></form>
<p class="field-error big">写错了 <b>这里</b></p><li data-role="lead" data-n="1">主体<span>负责人</span></li>
</main></html>"""


@pytest.fixture
def page() -> Page:
    return Page("http://portal.example/orders/1/edit/", 200, PAGE)


def test_a_form_sends_what_a_browser_would_and_no_button_that_was_not_pressed(page):
    assert page.form("token").fields == [
        ("token", "t1"),
        ("region", "64"),
        ("kind", "first"),  # no option is selected: a browser sends the first
        ("sex", "b"),
        ("mail", "on"),
        ("empty", ""),
        ("remark", "第一行\n<second>"),
    ]


def test_a_form_knows_all_its_fields_and_buttons_and_where_it_goes(page):
    form = page.form("paper", "agree", "move", data_domain="example.cn")

    assert form.buttons == [("move", "keep"), ("go", "1")]
    assert (form.method, form.action) == ("post", "http://portal.example/orders/1/save/")
    assert page.form("q").action == "http://portal.example/orders/1/edit/?page=2"


def test_a_missing_form_is_reported_with_the_errors_on_the_page(page):
    with pytest.raises(UnexpectedPage, match=r"no form with nothing on http://portal\.example/.*: 写错了 这里$"):
        page.form("nothing")


def test_elements_are_found_by_tag_class_and_data(page):
    assert [each.text for each in page.find("li", data_role="lead")] == ["主体负责人"]
    assert [each.attrs["class"] for each in page.find(class_="field-error")] == ["field-error big"]
    assert page.find(class_="field") == []
    assert page.find("p", data_role="lead") == []


def test_an_answer_that_is_not_html_has_neither_forms_nor_text():
    empty = Page("http://portal.example/paper.pdf", 200, "")

    assert (empty.forms, empty.find("p"), empty.trouble()) == ([], [], "HTTP 200")
