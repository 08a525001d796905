"""The look in a real browser: accessible, within the strict policy, on a narrow phone, with and without script."""

import gzip
import re
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import expect

from icpportal.accounts.models import User

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.icpportal.look_urls"),
]

LANGUAGES = ("zh-hans", "en")


@pytest.fixture
def visit(browser, live_server):
    """Opens a page; errors of the browser are in `page.complaints`."""
    opened = []

    def open_page(address, language="en", width=1280, cookies=(), act=None, **options):
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        opened.append(context)
        context.add_cookies(
            [
                {"name": name, "value": value, "url": live_server.url}
                for name, value in (("django_language", language), *cookies)
            ]
        )
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
        page.on("pageerror", lambda fault: page.complaints.append(str(fault)))
        if act:
            act(page)
        page.goto(live_server.url + address)
        return page

    yield open_page
    for context in opened:
        context.close()


@pytest.mark.parametrize(("language", "theme", "width"), [("zh-hans", "light", 360), ("en", "dark", 1280)])
@pytest.mark.parametrize("address", ["/gallery/?errors", "/gallery/step/", "/help/", "/gallery/too-many/"])
def test_axe_finds_nothing(visit, address, language, theme, width):
    page = visit(address, language, width, color_scheme=theme, bypass_csp=True)

    report = Axe().run(page)

    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in report.response["violations"]] == []


@pytest.mark.parametrize("address", ["/gallery/", "/gallery/?errors", "/gallery/step/", "/help/", "/privacy/"])
def test_the_browser_reports_no_errors(visit, address):
    page = visit(address)

    page.wait_for_load_state("networkidle")

    assert page.complaints == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", ["/gallery/", "/gallery/?errors", "/gallery/step/", "/help/", "/privacy/"])
def test_nothing_scrolls_sideways_on_the_narrowest_phone(visit, address, language):
    page = visit(address, language, width=320)

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("width", [320, 1280])
def test_the_chosen_tab_is_in_sight_although_the_row_of_tabs_scrolls(visit, width):
    place = visit("/gallery/", width=width).locator(".tabs [aria-current]").bounding_box()

    assert place["x"] >= 0
    assert int(place["x"] + place["width"]) <= width


def test_words_spaced_wider_by_the_reader_are_not_cut_off(visit):
    page = visit("/gallery/step/", width=360, bypass_csp=True)

    page.add_style_tag(
        content="* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
    )

    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_control_is_at_least_44_pixels_high(visit, language):
    page = visit("/gallery/step/", language, width=360)

    small = page.evaluate(
        """() => [...document.querySelectorAll("button, summary, select, .button, .back, .choice, .foot-links a")]
            .filter((e) => e.checkVisibility() && e.type !== "hidden")
            .map((e) => [e.textContent.trim().slice(0, 20), Math.round(e.getBoundingClientRect().height)])
            .filter(([, height]) => height < 44)"""
    )

    assert small == []


def test_the_first_tab_reaches_the_skip_link_and_it_leads_to_the_content(visit):
    page = visit("/gallery/step/")

    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.className")
    page.keyboard.press("Enter")

    assert first == "skip"
    assert page.evaluate("document.activeElement.id") == "content"


def test_the_focus_goes_to_the_summary_and_from_there_to_each_field(visit):
    page = visit("/gallery/?errors")
    at_first = page.evaluate("document.activeElement.id")

    page.click(".error-summary a >> nth=0")
    text_field = page.evaluate("document.activeElement.id")
    page.click('.error-summary a[href="#id_nature_0"]')

    assert (at_first, text_field) == ("error-summary", "id_site_name")
    assert page.evaluate("document.activeElement.id") == "id_nature_0"
    assert page.title().startswith("Error: ")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_goes_from_the_summary_to_a_field_sees_its_name_and_what_is_wrong(visit, language, width):
    """The input was at the top of the window, and its name, hint and error above it."""
    page = visit("/gallery/?errors", language, width=width)
    hidden = []

    for link in page.locator(".error-summary a").all():
        link.click()
        top = page.evaluate("document.activeElement.closest('.field').getBoundingClientRect().top")
        hidden += [link.get_attribute("href")] if top < 0 else []

    assert hidden == []


def test_without_script_everything_needed_is_there_and_no_dead_control_is_shown(visit):
    page = visit("/gallery/", java_script_enabled=False)

    page.click("details.menu > summary")

    expect(page.locator(".menu-sheet")).to_be_visible()
    expect(page.get_by_role("link", name="Refresh")).to_be_visible()
    expect(page.locator(".reveal-button")).to_be_hidden()
    expect(page.locator("[data-copy]")).to_be_hidden()
    assert "1 day 7 hours left" in page.locator(".deadline-left").first.text_content()


def test_a_password_is_shown_and_hidden_again(visit):
    page = visit("/gallery/step/")
    page.fill("#id_password", "Abc12345")

    page.click(".reveal-button")
    shown = (page.get_attribute("#id_password", "type"), page.inner_text(".reveal-button"))
    page.click(".reveal-button")

    assert shown == ("text", "Hide")
    assert (page.get_attribute("#id_password", "type"), page.inner_text(".reveal-button")) == ("password", "Show")


def test_in_the_last_hour_the_minutes_tick_by_the_servers_clock(visit):
    far_off = datetime(2031, 5, 5, 12, 0, tzinfo=UTC)
    page = visit("/gallery/", act=lambda page: page.clock.install(time=far_off))
    lines = page.locator("[data-countdown]")
    before = lines.all_text_contents()

    page.clock.fast_forward("02:10")
    after = lines.all_text_contents()
    page.clock.fast_forward("40:00")
    near_the_end = lines.all_text_contents()[1]
    page.clock.fast_forward("01:00")

    assert before == ["1 day 7 hours left", "42 minutes left", "Time is up"]
    assert after == ["1 day 7 hours left", "40 minutes left", "Time is up"]
    assert near_the_end == "Less than a minute left"
    assert lines.all_text_contents()[1] == "Time is up"


@pytest.mark.parametrize(
    ("zone", "language", "added"),
    [
        ("America/New_York", "en", r" \((Sun|Mon|Tue|Wed|Thu|Fri|Sat), \d\d:\d\d E[SD]T\)"),
        ("Europe/Berlin", "zh-hans", r"（周. GMT\+[12] \d\d:\d\d）"),
        ("Asia/Singapore", "en", ""),
    ],
)
def test_readers_elsewhere_find_their_own_time_beside_beijing_time(visit, zone, language, added):
    page = visit("/gallery/", language, timezone_id=zone)

    times = page.locator("time").filter(has_text=re.compile("Beijing time|北京时间"))
    beside = times.first.evaluate("time => time.nextSibling?.textContent ?? ''").rstrip()  # a time itself does not wrap
    words = f"{times.first.text_content()}{beside}"

    assert re.fullmatch(r"(?:\w{3} \d+ \w{3}(?: \d{4})?, \d\d:\d\d Beijing time|北京时间.+?）)" + added, words)


def test_a_slot_being_checked_becomes_ready_by_itself_although_the_server_was_down(visit):
    away = [500, 503]
    page = visit("/gallery/", act=lambda page: page.clock.install())
    page.route("**/gallery/slot/", lambda route: route.fulfill(status=away.pop()) if away else route.continue_())
    slot = page.locator("#slot-lead_id_back")
    expect(slot).to_contain_text("Checking")

    page.clock.fast_forward(2_000)
    expect(slot).not_to_contain_text("No answer")
    page.clock.run_for(2_500)
    expect(slot).to_contain_text("No answer just now. We ask again by ourselves")
    page.clock.run_for(5_000)

    expect(slot).to_contain_text("Ready")
    assert slot.get_attribute("data-poll") is None
    assert away == []


def test_a_form_pressed_twice_is_sent_once(visit):
    page = visit("/gallery/step/", act=lambda page: page.clock.install())
    sent = []

    def hold(route):
        if route.request.method != "POST":
            return route.continue_()
        sent.append(route.request.url)
        page.wait_for_timeout(300)
        return route.fulfill(status=204)

    page.route("**/gallery/step/", hold)
    button = page.get_by_role("button", name="Verify password")
    button.dblclick()
    page.clock.fast_forward(20_000)  # as long as a slow upload takes
    button.click()
    page.wait_for_timeout(500)

    assert len(sent) == 1
    assert button.is_enabled()
    expect(page.get_by_role("status").filter(has_text="Already being submitted")).to_be_visible()


STOPS = {
    "Escape": "document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))",
    "button": "window.stop()",  # what the browser's own does
}


@pytest.mark.parametrize("stop", STOPS)
def test_a_form_that_was_stopped_can_be_sent_again(visit, stop):
    page = visit("/gallery/step/")
    sent = []
    page.route("**/gallery/step/", lambda route: sent.append(route))  # no answer comes

    seen = page.get_by_role("button", name="Verify password").evaluate(
        """async (button) => {
            const after = (act) => new Promise((done) => {
                act();
                setTimeout(() => done(button.form.dataset.sent), 300);
            });
            return [await after(() => button.click()), await after(() => STOP), await after(() => button.click())];
        }""".replace("STOP", STOPS[stop])
    )
    for route in sent:
        route.abort()

    assert (seen, len(sent)) == (["yes", None, "yes"], 2)


def test_a_province_determines_the_cities_and_the_button_for_readers_without_script_disappears(visit):
    page = visit("/gallery/regions/")
    cities = page.locator("#id_city option")
    expect(page.locator("[data-chained-button]")).to_be_hidden()

    page.select_option("#id_province", "64")
    expect(cities).to_have_text(["Choose the city", "银川市", "石嘴山市"])
    page.select_option("#id_province", "")

    expect(cities).to_have_text(["Choose the city"])
    assert page.complaints == []


def test_selecting_a_province_again_keeps_the_city(visit):
    page = visit("/gallery/regions/")
    page.select_option("#id_province", "64")
    page.select_option("#id_city", "6402")

    page.select_option("#id_province", "64")

    page.wait_for_load_state("networkidle")
    expect(page.locator("#id_city")).to_have_value("6402")


def test_without_an_answer_the_cities_of_another_province_disappear_and_return_once_the_connection_is_back(visit):
    page = visit("/gallery/regions/", act=lambda page: page.clock.install())
    cities = page.locator("#id_city option")
    page.select_option("#id_province", "64")
    expect(cities).to_have_count(3)

    page.context.set_offline(True)
    page.select_option("#id_province", "12")
    expect(page.get_by_text("No answer just now. We ask again by ourselves")).to_be_visible()
    expect(cities).to_have_text(["Choose the city"])
    expect(page.get_by_role("button", name="Show cities")).to_be_visible()
    page.context.set_offline(False)
    page.clock.fast_forward(2_000)

    expect(cities).not_to_have_text(["Choose the city"])
    expect(page.locator("[data-chained-button]")).to_be_hidden()


def test_without_script_the_button_for_cities_is_there(visit):
    page = visit("/gallery/regions/", java_script_enabled=False)

    expect(page.get_by_role("button", name="Show cities")).to_be_visible()


def test_only_papers_that_match_the_choice_are_offered(visit):
    page = visit("/gallery/fitting/")
    offered, paper = page.locator("#id_paper option"), page.locator("#id_paper")
    expect(offered).to_have_text(["Choose", "ID card", "Passport", "Licence"])
    expect(paper).to_have_value("1")

    page.select_option("#id_nature", "firm")
    expect(offered).to_have_text(["Choose", "Licence"])
    expect(paper).to_have_value("1")
    page.select_option("#id_nature", "person")
    expect(offered).to_have_text(["Choose", "ID card", "Passport"])
    expect(paper).to_have_value("")
    page.select_option("#id_nature", "")

    expect(offered).to_have_text(["Choose", "ID card", "Passport", "Licence"])
    expect(page.locator("#id_paper optgroup")).to_have_count(2)
    assert page.complaints == []


def test_without_script_every_paper_is_offered_in_its_group(visit):
    page = visit("/gallery/fitting/", java_script_enabled=False)

    page.select_option("#id_nature", "firm")

    expect(page.locator("#id_paper optgroup[label='A person'] option")).to_have_text(["ID card", "Passport"])


def test_a_long_text_counts_its_characters_a_rare_one_as_one(visit):
    page = visit("/gallery/")

    page.fill("#id_note", "𠮷" * 190)
    near = page.text_content(".counter")
    page.fill("#id_note", "a" * 201)

    assert near == "190 / 200"
    expect(page.locator(".counter.is-over")).to_have_text("201 / 200")


def test_the_footer_code_is_copied_completely(visit, live_server):
    page = visit("/gallery/", permissions=["clipboard-read", "clipboard-write"])

    page.click("[data-copy]")
    expect(page.locator("[data-copy-word]")).to_have_text("Copied")

    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == '<a href="https://beian.miit.gov.cn/">宁ICP备00000000号-1</a>'


def test_the_language_switch_keeps_the_page(visit):
    page = visit("/gallery/step/?errors")

    page.get_by_role("button", name="中文").click()

    assert page.url.endswith("/gallery/step/?errors")
    assert page.get_attribute("html", "lang") == "zh-Hans"


def test_the_reader_chooses_dark_and_print_stays_light(visit):
    page = visit("/gallery/step/")
    ground = "getComputedStyle(document.body).backgroundColor"

    page.click("details.menu > summary")
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.wait_for_load_state()
    chosen = page.evaluate(ground)
    page.emulate_media(media="print")

    assert chosen == "rgb(17, 25, 29)"
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    expect(page.locator(".top-tools")).to_be_hidden()


def test_escape_closes_the_menu_and_returns_the_focus(visit):
    page = visit("/gallery/step/")
    page.click("details.menu > summary")

    page.keyboard.press("Escape")

    expect(page.locator(".menu-sheet")).to_be_hidden()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


@pytest.mark.urls("icpportal.urls")
def test_a_first_visit_loads_little_and_nothing_from_other_hosts(visit, live_server):
    fetched = []
    page = visit("/", act=lambda page: page.on("response", lambda answer: fetched.append(answer)))

    page.wait_for_load_state("networkidle")

    assert {answer.url for answer in fetched if not answer.url.startswith(live_server.url)} == set()
    assert len(fetched) <= 10
    assert sum(len(gzip.compress(answer.body())) for answer in fetched if answer.ok) < 40_000


@pytest.mark.urls("icpportal.urls")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_review_desk_keeps_the_policy_on_list_form_and_index(visit, theme):
    staff = User.objects.create_superuser("staff@example.com", "x", name="审核员")
    client = Client()
    client.force_login(staff)
    session = [(name, morsel.value) for name, morsel in client.cookies.items()]

    pages = [
        visit(address, cookies=session, color_scheme=theme)
        for address in ("/admin/", "/admin/accounts/user/", f"/admin/accounts/user/{staff.pk}/change/")
    ]

    for page in pages:
        expect(page.get_by_role("banner").get_by_role("link", name="Review desk")).to_be_visible()
        assert page.complaints == []


@pytest.mark.urls("icpportal.urls")
def test_a_stranger_at_the_review_desk_causes_no_policy_violation(visit):
    page = visit("/admin/")

    page.wait_for_load_state("networkidle")

    assert [text for text in page.complaints if "Content Security Policy" in text] == []
