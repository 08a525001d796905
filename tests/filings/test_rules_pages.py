"""The public rules pages: their content in both languages, without any query."""

import re
from html.parser import HTMLParser

import lxml.html
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from filings.provinces import PROVINCES, province, provinces
from filings.provinces.rule_lines import sections
from filings.rules_filter import ASKS, RulesFilter, is_called
from icpportal.fields.language_marks import has_han

VOID = {"meta", "link", "input", "br", "hr", "img", "use", "path", "circle"}


class Page(HTMLParser):
    """What a reader sees on a page: the text, its links, and any Chinese not marked as such."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.texts: list[str] = []
        self.unmarked: list[str] = []
        self.links: list[str] = []
        self.classes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.links += [given["href"]] if tag == "a" and "href" in given else []
        self.classes |= set((given.get("class") or "").split())
        chinese = given.get("lang", "").startswith("zh") if "lang" in given else bool(self.open and self.open[-1][1])
        self.unmarked += [] if chinese else [text for text in given.values() if text and has_han(text)]
        if tag not in VOID:
            self.open.append((tag, chinese))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop()[0] == tag

    def handle_data(self, data):
        self.texts.append(data)
        if has_han(data) and not self.open[-1][1]:
            self.unmarked.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())


@pytest.fixture
def english() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def chinese() -> Client:
    return Client(headers={"accept-language": "zh-hans"})


def read(client: Client, address: str) -> Page:
    answer = client.get(address)
    assert answer.status_code == 200
    return Page(answer.content.decode())


def codes_on(page: Page) -> list[str]:
    """The provinces that the index links to."""
    return [found[1] for link in page.links if (found := re.fullmatch(r"/rules/(\d\d)/(\?profile=[\w-]+)?", link))]


# --- one province --------------------------------------------------------------------------------


@pytest.mark.parametrize("code", list(PROVINCES))
def test_every_rule_of_a_province_is_on_its_page_with_its_date(english, code):
    page = read(english, f"/rules/{code}/")

    rules = province(code)
    with override("en"):
        said = [line for _title, lines in sections(rules) for line in lines]
        wanted = [str(title) for title, _lines in sections(rules)]
        wanted += [str(note.text) for note in rules.notes]
        wanted += [f"{reader}: {text}" if reader else str(text) for line in said for reader, text in line.texts]
        wanted += [f"{line.source.title} · {line.source.date}" for line in said]
    assert f"Rules of {rules.name_en} {rules.name_zh}" in page.text
    assert f"{rules.authority_en} {rules.authority_zh}" in page.text
    assert [text for text in wanted if text not in page.text] == []


@pytest.mark.parametrize("profile", ["seed-2018", "current-2020"])
def test_each_line_shows_its_own_date_under_its_own_label(english, profile):
    html = english.get(f"/rules/12/?profile={profile}").content.decode()

    with override("en"):
        for line in (line for _title, lines in sections(province("12", profile)) for line in lines):
            [row] = re.findall(rf'<div class="rules-line" id="{line.rule}">(.*?)</div>', html, re.DOTALL)
            page = Page(row)
            assert page.text.startswith(str(line.label))
            assert page.text.endswith(f"· {line.source.date}")


@pytest.mark.parametrize("code", list(PROVINCES))
def test_an_english_page_marks_every_chinese_word(english, code):
    page = read(english, f"/rules/{code}/")

    assert page.unmarked == []
    assert has_han(page.text)


@pytest.mark.parametrize("profile", ["seed-2018", "current-2020"])
def test_the_index_marks_every_chinese_word(english, profile):
    assert read(english, f"/rules/?profile={profile}").unmarked == []


def test_the_rules_of_tianjin_are_shown_in_english(english):
    text = read(english, "/rules/12/").text

    assert "to be entered on its site within 48 hours" in text
    assert "Must be a different person from the subject lead, with a different mobile number." in text
    assert "Name of the subject, document number." in text
    assert "Rules of June 2018, as of 2018-06-15" in text


def test_the_rules_of_tianjin_are_shown_in_chinese(chinese):
    page = read(chinese, "/rules/12/")

    assert "天津市管局规则" in page.text
    assert "天津市通信管理局" in page.text
    assert "须在 48 小时内到其网站填写" in page.text
    assert "须与主体负责人不是同一人，手机号也不能相同。" in page.text
    assert "2018 年 6 月的规则，自 2018-06-15 起" in page.text
    assert "Communications Administration" not in page.text


@pytest.mark.parametrize("code", list(PROVINCES))
def test_no_english_sentence_is_left_on_a_chinese_page(chinese, code):
    text = read(chinese, f"/rules/{code}/").text

    for english in (
        "Not required",
        "Must ",
        "Source",
        "Organisations",
        "Individuals",
        "working days",
        "Phone",
        "Nothing",
    ):
        assert english not in text.replace("Online", ""), english


def test_shanxi_s_page_is_not_shaanxi_s(english):
    shanxi, shaanxi = read(english, "/rules/14/").text, read(english, "/rules/61/").text

    assert "Shaanxi" not in shanxi
    assert "陕" not in shanxi
    assert "晋ICP备" in shanxi
    assert "山西" not in shaanxi
    assert "陕ICP备" in shaanxi


def test_the_page_links_to_the_start_and_to_the_other_provinces(english):
    page = read(english, "/rules/44/")

    assert reverse("start") in page.links
    assert reverse("rules") in page.links


def test_each_source_has_a_title_a_date_and_a_link_and_no_local_path(english):
    tree = lxml.html.fromstring(english.get("/rules/44/").content.decode())

    sources = tree.xpath("//section[@id='sources']//li")
    assert sources
    assert all(source.xpath("./a/@href")[0].startswith("http") for source in sources)
    assert "广东备案规则" in sources[0].text_content()
    assert not any("AlibabaCloudDocs" in source.text_content() or ".md" in source.text_content() for source in sources)


def test_each_line_links_to_its_source_at_the_foot(english):
    html = english.get("/rules/44/").content.decode()

    numbers = re.findall(r'href="#source-(\d+)"', html)
    assert set(numbers) == set(re.findall(r'id="source-(\d+)"', html))
    assert len(numbers) == sum(len(lines) for _title, lines in sections(province("44")))


@pytest.mark.parametrize("code", ["99", "71", "1", "123", "440000", "gd", "粤", "44%00", "..", "44?x"])
def test_an_unknown_code_is_not_found(english, code):
    answer = english.get(f"/rules/{code}/".replace("?x", "%3Fx"))

    assert answer.status_code in (400, 404) if "%00" in code else answer.status_code == 404


def test_the_current_profile_is_shown_on_request(english):
    page = read(english, "/rules/12/?profile=current-2020")

    assert "within 24 hours" in page.text
    assert "48 hours" not in page.text
    assert "Rules since August 2020, as of 2020-08-17" in page.text
    assert "/rules/?profile=current-2020" in page.links


def test_the_setting_decides_which_profile_is_shown(english, settings):
    settings.RULE_PROFILE = "current-2020"

    page = read(english, "/rules/44/")

    assert "within 24 hours" in page.text
    assert "/rules/" in page.links


@pytest.mark.parametrize("profile", ["current-2021", "SEED-2018", "<b>"])
def test_an_unknown_profile_is_not_found(english, profile):
    assert english.get("/rules/44/", {"profile": profile}).status_code == 404


# --- the index -----------------------------------------------------------------------------------


def test_the_index_lists_all_provinces_by_area(english):
    page = read(english, "/rules/")

    assert codes_on(page) == [each.code for each in provinces()]
    areas = ["North China", "North-East China", "East China", "Central China", "South China", "South-West China"]
    places = [page.text.index(f" {area} ") for area in (*areas, "North-West China")]
    assert places == sorted(places)


def test_the_index_names_provinces_in_the_reader_s_language(english, chinese):
    assert "Inner Mongolia 内蒙古" in read(english, "/rules/").text
    assert "内蒙古自治区" in read(chinese, "/rules/").text
    assert "Inner Mongolia" not in read(chinese, "/rules/").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("asks=phones", ["12", "46", "54", "62", "63", "64", "65"]),
        ("asks=app", ["21", "34", "35", "44", "50"]),
        ("asks=shanghai-app", ["31"]),
        ("asks=certificate", ["15", "32", "43", "52", "61"]),
        ("asks=local-mobile", ["12", "21", "32", "43", "45", "61", "62"]),
        ("asks=letter", ["11", "32", "51", "62"]),
        ("asks=no-outsiders", ["14", "23", "36", "41", "50", "53", "54", "62", "63", "64", "65"]),
        ("asks=nothing", ["14", "33", "44", "46"]),
        ("q=44", ["44"]),
        ("q=粤", ["44"]),
        ("q=西", ["14", "36", "45", "54", "61"]),
        ("q=shanxi", ["14"]),
        ("q=SHAANXI", ["61"]),
        ("q=Ｓｈａａｎｘｉ", ["61"]),
        ("q=山西", ["14"]),
        ("q=%20天津市%20", ["12"]),
        ("q=西&asks=phones", ["54"]),
        ("asks=phones&profile=current-2020", [*PROVINCES]),
        ("asks=no-phones&profile=current-2020", []),
        ("q=nowhere", []),
        ("q=", [*PROVINCES]),
    ],
)
def test_the_filter_works_without_script(english, query, found):
    page = read(english, f"/rules/?{query}")

    assert sorted(codes_on(page)) == sorted(found)
    assert f"{len(found)} of 31 provinces" in page.text


def test_a_search_without_result_gives_advice(english):
    page = read(english, "/rules/?q=nowhere")

    assert "No province matches" in page.text
    assert "/rules/" in page.links


@pytest.mark.parametrize("query", ["asks=everything", "profile=current-2021", "q=%E2%80%AEgnod", "q=" + "x" * 41])
def test_an_invalid_filter_is_reported_and_shows_all(english, query):
    page = read(english, f"/rules/?{query}")

    assert "error-summary" in page.classes
    assert codes_on(page) == [*PROVINCES]


def test_the_search_stays_in_the_form(english):
    html = english.get("/rules/?q=tian&asks=phones").content.decode()

    assert 'value="tian"' in html
    assert re.search(r'<option value="phones" selected', html)
    assert re.search(r'<option value="seed-2018" selected', html)


def test_links_of_the_index_keep_the_profile(english):
    page = read(english, "/rules/?profile=current-2020")

    assert "/rules/44/?profile=current-2020" in page.links
    assert "/rules/44/" not in page.links


def test_search_text_is_escaped(english):
    html = english.get("/rules/", {"q": "<script>alert(1)</script>"}).content.decode()

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


# --- cheap and harmless --------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/rules/", "/rules/?asks=phones", "/rules/12/", "/rules/12/?profile=current-2020"])
@pytest.mark.django_db
def test_the_pages_make_no_database_query(english, django_assert_num_queries, address):
    with django_assert_num_queries(0):
        english.get(address)


@pytest.mark.parametrize("address", ["/rules/", "/rules/12/"])
def test_only_the_reader_s_browser_caches_the_page(english, address):
    answer = english.get(address)

    assert answer["Cache-Control"] == "private, max-age=300"
    assert {each.strip() for each in answer["Vary"].split(",")} == {"Accept-Encoding", "Accept-Language", "Cookie"}


def test_an_error_page_is_cached_by_nobody(english):
    assert "max-age=300" not in english.get("/rules/99/").get("Cache-Control", "")


@pytest.mark.parametrize("address", ["/rules/", "/rules/12/"])
def test_the_pages_accept_only_get(english, address):
    assert english.post(address).status_code == 405
    assert english.head(address).status_code == 200


@pytest.mark.parametrize("address", ["/rules/", "/rules/12/"])
def test_the_page_has_no_inline_style_or_script(english, address):
    html = english.get(address).content.decode()

    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\bsrc=)|\son\w+=|javascript:|data:", html)
    assert "css/portal.css" in html


def test_every_class_of_the_pages_own_is_styled(english, settings):
    css = (settings.BASE_DIR / "static" / "css" / "rules.css").read_text("utf-8")
    used = {
        name
        for address in ("/rules/?asks=phones", "/rules/31/")
        for name in read(english, address).classes
        if name.startswith("rules-")
    }

    assert {name for name in used if f".{name}" not in css} == set()


# --- the filter's parts --------------------------------------------------------------------------


def test_every_value_of_the_filter_matches_some_province_of_some_profile():
    for key, (_label, judge) in ASKS.items():
        assert any(judge(each) for name in ("seed-2018", "current-2020") for each in provinces(name)), key


def test_a_name_is_found_in_any_width_and_case():
    guangxi = province("45")

    assert is_called(guangxi, "guangxi")
    assert is_called(guangxi, " 广西 ")
    assert is_called(guangxi, "４５")
    assert is_called(guangxi, "桂")
    assert not is_called(guangxi, "4")
    assert not is_called(guangxi, "粤")


def test_the_form_can_be_left_empty():
    assert RulesFilter({"q": "", "asks": "", "profile": ""}).is_valid()
