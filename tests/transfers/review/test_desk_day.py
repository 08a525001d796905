"""A reviewer's day in a browser: from the desk to a decision by keys, by mouse, and without script; nothing scrolls."""

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from icpportal.accounts.models import User
from tests.transfers import states
from tests.transfers.builders import (
    make_lead_reviewer,
    make_order,
    make_ready_document,
    make_reviewer,
    moves,
    sign_in,
    subject_answers,
)
from tests.transfers.review.desk import make_named, window
from transfers.models import DeskSettings, FieldVerdict, Order, ReasonVersion, ReturnReason, ReviewDraft
from transfers.review import catalogue
from transfers.review.cases.parts.parts import parts_of
from transfers.review.leases import assign_to_me, take_over

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WINDOW = {"width": 1440, "height": 900}
PARTS = 35
WIDE = 900  # pixels of each picture
PAPERS = (("lead_id", 1), ("lead_id", 2), ("admin_id", 1), ("admin_id", 2), ("subject_id", 1), ("statement", 1))
ON_FILE = ("id_address", "post_region", "investor", "lead_name", "lead_id_type", "lead_id_number", "lead_phone1")
OTHER_ON_FILE = {"post_address": "示例路9号"}
NAME, ADDRESS, STATEMENT = "website.site_name", "subject.post_address", "paper.statement"
OWN_WORDS = "请写明楼号"

OTHER_CLICKS = 5  # claiming, accepting the equal ones together, to the first open part, to the decision, deciding

# what a reviewer must see of the current part and of its paper without scrolling
IN_SIGHT = """() => {
  const inside = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && box.left >= 0 && box.top >= 0
      && box.right <= window.innerWidth && box.bottom <= window.innerHeight;
  };
  const page = document.scrollingElement;
  const focus = document.querySelector(".focus");
  const part = document.querySelector(".part.on");
  const pane = document.querySelector(".pane");
  const shown = [...part.querySelectorAll("h3, .cmp, .find-list, .verdicts, .why")].filter((each) => each.offsetParent);
  return {
    scrolled: window.scrollY + focus.scrollTop,
    beyond: Math.max(page.scrollHeight - window.innerHeight, page.scrollWidth - window.innerWidth,
      focus.scrollHeight - focus.clientHeight, 0),
    part: shown.every(inside),
    listed: inside(document.querySelector(".parts-nav a[aria-current]")),
    paper: inside(pane.querySelector("img")),
    right: !part.dataset.paper || part.dataset.paper === pane.dataset.paper,
  };
}"""
SEEN = {"scrolled": 0, "beyond": 0, "part": True, "listed": True, "paper": True, "right": True}


class Keyboard:
    """The keys of a person who does not use the mouse, counted; typed words count separately."""

    def __init__(self, page: Page) -> None:
        self.page, self.commands, self.letters = page, 0, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
        self.commands += len(keys)

    def write(self, words: str) -> None:
        self.page.keyboard.insert_text(words)
        self.letters += len(words)


@pytest.fixture
def reviewer() -> User:
    return make_reviewer()


@pytest.fixture(params=[True], ids=["script"])
def desk(request: pytest.FixtureRequest, browser: Browser, live_server: Any, reviewer: User) -> Iterator[Page]:
    """The reviewer's window of 1440 × 900; fails if the browser reports an error."""
    with window(browser, live_server.url, reviewer, viewport=WINDOW, java_script_enabled=request.param) as page:
        yield page


def company() -> Order:
    """35 parts, six pictures; some values are on file as entered, one differs, one part has a finding."""
    entered = subject_answers()
    finding = {NAME: ["名称与备案规则不符？"]}
    record = {**{name: entered[name] for name in ON_FILE}, **OTHER_ON_FILE}
    advice = {"findings": {"zh-hans": finding, "en": finding}, "record": record}
    order = make_order(state=states.SUBMITTED, submitted_at=timezone.now(), advice=advice)
    for slot, side in PAPERS:
        make_ready_document(order, slot, side=side)
    catalogue.seed(ReturnReason, ReasonVersion)
    return order


def anchor(part: str) -> str:
    return "p-" + part.replace(".", "-").replace("_", "-")


def open_own_case(page: Page, order: Order, reviewer: User) -> None:
    """The case of an order that the reviewer has claimed."""
    assign_to_me(order, reviewer)
    page.goto(page.base + reverse("admin:transfers_order_case", args=[order.pk]))
    arrive(page)


def open_desk(page: Page) -> None:
    page.goto(page.base + reverse("admin:index"))


def arrive(page: Page) -> None:
    """The case is open and its first paper is rendered."""
    page.wait_for_url("**/case/**")
    expect_picture(page)


def expect_picture(page: Page) -> None:
    expect(page.locator(".pane img").first).to_have_js_property("naturalWidth", WIDE)


def in_sight(page: Page) -> dict[str, Any]:
    expect_picture(page)
    found: dict[str, Any] = page.evaluate(IN_SIGHT)
    return found


def in_focus(page: Page) -> str:
    return page.locator(".part.on").get_attribute("data-part") or ""


def progress_on(page: Page) -> str:
    return page.locator(".judged").inner_text().replace("\n", " ")


def expect_decision(page: Page, order: Order, move: str, state: str) -> None:
    """The next page is open, and the order is where the decision sends it."""
    expect(page.locator(".told .success").first).to_be_visible()
    assert (Order.objects.get(pk=order.pk).state, moves(order)) == (state, [move])


def judge_by_keys(page: Page, keys: Keyboard, returned: dict[str, tuple[str, ...]]) -> None:
    """Every open part by its key: 1, or the keys of a return; each is looked at first."""
    for _n in range(PARTS):
        assert in_sight(page) == SEEN, in_focus(page)
        part = in_focus(page)
        if part not in returned:
            keys.press("1")
        else:
            return_by_keys(page, keys, returned[part])
        if progress_on(page).startswith(f"{PARTS} of"):
            return


def return_by_keys(page: Page, keys: Keyboard, how: tuple[str, ...]) -> None:
    keys.press("2", *how)
    assert in_sight(page) == SEEN
    if "Tab" in how:
        keys.write(OWN_WORDS)
        keys.press("Escape")
    keys.press("g")


# --- by keys -------------------------------------------------------------------------------------


def test_a_clean_case_takes_at_most_forty_keys_and_no_scrolling(desk: Page) -> None:
    order = company()
    keys = Keyboard(desk)
    open_desk(desk)

    keys.press("t")
    arrive(desk)
    assert progress_on(desk) == f"0 of {PARTS} judged"
    keys.press("e")
    assert (
        progress_on(desk) == f"{len(ON_FILE)} of {PARTS} judged"
    )  # never a differing value, never a part with a finding
    keys.press("g")
    judge_by_keys(desk, keys, {})
    keys.press("a")
    desk.wait_for_url("**/case/accept/**")
    keys.press("y")

    expect_decision(desk, order, "accept", states.PHOTO_DUE)
    assert keys.commands <= 40


def test_messages_above_a_case_cover_nothing_of_it_and_the_slash_leads_to_the_search(desk: Page) -> None:
    order = company()
    desk.goto(desk.base + reverse("admin:transfers_order_case", args=[order.pk]))
    desk.locator("[name=look-words]").fill("核对住所")
    desk.locator("button[value=look]").click()
    expect(desk.locator(".told .success")).to_be_visible()
    expect(desk.locator(".decide")).to_be_visible()  # at the end of the page: messages are at its top

    tops = desk.evaluate("""() => [...document.querySelectorAll(".told, .case-bar, .judge, .decide")]
      .map((each) => each.getBoundingClientRect()).map((box) => [Math.round(box.top), Math.round(box.bottom)])""")

    assert len(tops) == 4
    assert [below >= bottom for (_, bottom), (below, _) in itertools.pairwise(tops)] == [True, True, True]
    assert tops[-1][1] <= WINDOW["height"]
    desk.keyboard.press("/")
    expect(desk.get_by_role("searchbox")).to_be_focused()


def test_three_returns_take_at_most_seventy_keys_and_no_scrolling(desk: Page) -> None:
    order = company()
    keys = Keyboard(desk)
    returned = {NAME: ("Space",), STATEMENT: ("Space",), ADDRESS: ("Tab",)}
    open_desk(desk)

    keys.press("t")
    arrive(desk)
    keys.press("e", "g")
    judge_by_keys(desk, keys, returned)
    expect(desk.locator(".lacking")).to_have_text(
        "3 to return"
    )  # nothing is open, and this is why it cannot be accepted
    keys.press("b")
    desk.wait_for_url("**/case/return/**")
    expect(desk.locator(".letters")).to_contain_text(OWN_WORDS)
    keys.press("y")

    expect_decision(desk, order, "send_back", states.RETURNED)
    assert keys.commands <= 70
    said_back(order)


def said_back(order: Order) -> None:
    """The three parts, with a reason of the catalogue or own words, and nothing else is returned."""
    rows = FieldVerdict.objects.filter(round__order=order, verdict=FieldVerdict.RETURN).select_related("reason")
    assert {row.field: row.words or bool(row.reason) for row in rows} == {
        NAME: True,
        STATEMENT: True,
        ADDRESS: OWN_WORDS,
    }


def test_the_reasons_of_every_part_open_without_scrolling(desk: Page, reviewer: User) -> None:
    order = company()
    keys = Keyboard(desk)
    open_own_case(desk, order, reviewer)

    for part in parts_of(order):
        desk.locator(f".parts-nav a[href='#{anchor(part)}']").click()
        keys.press("2")
        assert in_sight(desk) == SEEN, part
        assert desk.locator(".part.on .reasons label").count() > 0
        keys.press("u")

    assert progress_on(desk) == f"0 of {PARTS} judged"


def test_no_key_decides_too_early_and_none_acts_from_a_text_field(desk: Page, reviewer: User) -> None:
    order = company()
    keys = Keyboard(desk)
    open_own_case(desk, order, reviewer)
    case = desk.url

    keys.press("a")  # nothing is judged yet
    expect(desk.locator(".lacking")).to_be_focused()
    keys.press("y", "Enter")
    expect(desk.locator(".accept")).to_be_hidden()
    desk.locator(f".parts-nav a[href='#{anchor(NAME)}']").click()
    keys.press("2", "Space", "Tab", "a", "b", "y")
    with desk.expect_response(lambda answer: "aby1" in (answer.request.post_data or "")):
        keys.press("1", "Enter")

    expect(desk.locator(f"[name='words.{NAME}']")).to_have_value("aby1")
    assert desk.url.partition("#")[0] == case.partition("#")[0]
    assert moves(order) == []


def test_enter_alone_accepts_nothing_and_a_key_held_down_does_not_reach_the_next_page(
    desk: Page, reviewer: User
) -> None:
    order = company()
    keys = Keyboard(desk)
    open_own_case(desk, order, reviewer)
    keys.press("e", "g", *["1"] * (PARTS - len(ON_FILE)))
    keys.press("a")
    desk.wait_for_url("**/case/accept/**")

    keys.press("Enter")
    held = "new KeyboardEvent('keydown', {key: 'y', repeat: true, bubbles: true, cancelable: true})"
    assert desk.evaluate(f"document.body.dispatchEvent({held})") is True  # no handler took it

    assert moves(order) == []
    keys.press("y")
    expect_decision(desk, order, "accept", states.PHOTO_DUE)


def test_no_key_decides_when_keys_are_switched_off(desk: Page, reviewer: User) -> None:
    DeskSettings.objects.update_or_create(user=reviewer, defaults={"single_keys": False})
    order = company()
    keys = Keyboard(desk)
    open_own_case(desk, order, reviewer)

    keys.press("e", "1", "2", "b", "a")

    assert progress_on(desk) == f"0 of {PARTS} judged"
    assert moves(order) == []


# --- by mouse ------------------------------------------------------------------------------------


def click_through(page: Page, returned: dict[str, str]) -> int:
    """Judges the open parts by clicks; returns how many it took."""
    clicks = 0
    while not progress_on(page).startswith(f"{PARTS} of"):
        assert in_sight(page) == SEEN, in_focus(page)
        part = in_focus(page)
        here = page.locator(".part.on")
        if part in returned:
            here.locator("label.return").click()
            here.locator(f".reasons input[value='{returned[part]}']").click()
            clicks += 1
        else:
            here.locator("label.ok").click()  # moves to the next open part
            assert in_focus(page) != part or progress_on(page).startswith(f"{PARTS} of")
        clicks += 1
        if part in returned and page.locator(".lacking").is_visible() and page.locator(".lacking").inner_text():
            page.locator(".lacking").click()
            clicks += 1
    return clicks


@pytest.mark.parametrize(
    ("returned", "move", "state"),
    [
        ({}, "accept", states.PHOTO_DUE),
        ({NAME: "site_name", STATEMENT: "statement", ADDRESS: "cross_province"}, "send_back", states.RETURNED),
    ],
    ids=["clean", "three-returns"],
)
def test_the_same_day_by_mouse_alone(desk: Page, returned: dict[str, str], move: str, state: str) -> None:
    order = company()
    open_desk(desk)

    desk.locator("[data-key=t]").click()
    arrive(desk)
    desk.locator(".together").click()
    desk.locator(".lacking").click()
    clicks = click_through(desk, returned)
    desk.locator(".btn.back" if returned else ".accept").click()
    desk.locator(f"button[value={move}]").click()

    expect_decision(desk, order, move, state)
    assert clicks + OTHER_CLICKS <= 70


# --- without script ------------------------------------------------------------------------------


@pytest.mark.parametrize("desk", [False], ids=["no-script"], indirect=True)
@pytest.mark.parametrize(
    ("returned", "move", "state"),
    [
        ({}, "accept", states.PHOTO_DUE),
        ({NAME: "site_name", STATEMENT: "statement", ADDRESS: "own"}, "send_back", states.RETURNED),
    ],
    ids=["clean", "three-returns"],
)
def test_the_same_day_without_script(desk: Page, returned: dict[str, str], move: str, state: str) -> None:
    order = company()
    open_desk(desk)

    desk.locator("[data-key=t]").click()
    desk.wait_for_url("**/case/**")  # a page that is still loading has fewer parts
    for part in desk.locator("[data-judged]:not([data-optional])").evaluate_all(
        "all => all.map(one => one.dataset.part)"
    ):
        desk.check(f"[name='verdict.{part}'][value={'return' if part in returned else 'ok'}]")
        if part in returned:
            desk.check(f"[name='reason.{part}'][value={returned[part]}]")
    if ADDRESS in returned:
        desk.fill(f"[name='words.{ADDRESS}']", OWN_WORDS)
    desk.locator(".decide button[value=keep]").click()
    expect(desk.locator(".judged")).to_have_text(f"{PARTS} of {PARTS} judged")
    desk.locator(".btn.back" if returned else ".accept").click()
    desk.locator(f"button[value={move}]").click()

    expect_decision(desk, order, move, state)
    if returned:
        said_back(order)


# --- two people ----------------------------------------------------------------------------------


def test_typed_words_survive_when_a_lead_takes_the_order_over(desk: Page, reviewer: User) -> None:
    order, lead = company(), make_lead_reviewer()
    User.objects.filter(pk=lead.pk).update(name="林石")
    open_desk(desk)
    keys = Keyboard(desk)
    keys.press("t")
    arrive(desk)
    desk.locator(f".parts-nav a[href='#{anchor(NAME)}']").click()
    keys.press("2", "Space", "Tab")
    with desk.expect_response(lambda answer: "改名" in (answer.request.post_data or "")):
        keys.write("改名")

    case = reverse("admin:transfers_order_case", args=[order.pk])
    taken = {"move": "take_over", "seen": Order.objects.get(pk=order.pk).version}
    sign_in(Client(), lead).post(case, taken)
    assert Order.objects.get(pk=order.pk).reviewer == lead
    keys.write("称")

    expect(desk.locator("[data-saved]")).to_contain_text("林石")
    expect(desk.locator("[data-saved]")).to_contain_text("has had this order since")
    assert ReviewDraft.objects.get(reviewer=reviewer).typed[f"words.{NAME}"] == "改名称"
    desk.reload()
    expect(desk.locator(f"[name='words.{NAME}']")).to_have_value("改名称")
    expect(desk.locator(".lease")).to_contain_text("林石")
    expect(desk.locator(".accept")).to_have_count(0)


def test_who_loses_a_case_while_they_judge_it_reads_at_its_head_who_has_it(desk: Page, reviewer: User) -> None:
    order = company()
    open_own_case(desk, order, reviewer)
    whose = desk.locator(".case-bar .lease")
    expect(whose).to_have_text(re.compile("Yours until"))
    take_over(Order.objects.get(pk=order.pk), make_named("林石", make_lead_reviewer))

    desk.keyboard.press("1")

    expect(whose).to_have_text(re.compile("林石 has had this order since"))


def test_words_typed_after_the_session_ended_are_saved_once_signed_in_again_in_another_tab(
    desk: Page, reviewer: User
) -> None:
    open_own_case(desk, company(), reviewer)
    cookies = desk.context.cookies()
    signed_out = [each for each in cookies if each["name"] != settings.SESSION_COOKIE_NAME]
    desk.context.clear_cookies()
    desk.context.add_cookies(signed_out)  # type: ignore[arg-type]
    desk.locator(f".parts-nav a[href='#{anchor(NAME)}']").click()
    keys = Keyboard(desk)
    keys.press("2", "Space", "Tab")

    keys.write("改名称")

    expect(desk.locator("[data-saved]")).to_have_text("Not saved: you are signed out")
    keys.press("Escape", "b")
    expect(desk.locator(f"[name='words.{NAME}']")).to_have_value("改名称")
    again = [{**each, "value": "n" * 32} if each["name"] == settings.CSRF_COOKIE_NAME else each for each in cookies]
    desk.context.add_cookies(again)  # type: ignore[arg-type]
    with desk.expect_response(lambda answer: answer.ok and "改名称" in (answer.request.post_data or "")):
        desk.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(desk.locator("[data-sign-in]")).to_be_hidden()
    assert ReviewDraft.objects.get(reviewer=reviewer).typed[f"words.{NAME}"] == "改名称"
    assert "403" in desk.complaints.pop()  # type: ignore[attr-defined]  # to the token of the session that ended
