"""What a person does in a browser window: the steps of a journey."""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Page, Route, expect

from demo import fake_data
from demo.rehearsal import http_browser
from demo.rehearsal.http_browser import Browser
from demo.rehearsal.scenario import REGIONS
from demo.rehearsal.transfer import picture
from tests.journeys.manners import Manner, judge
from tests.journeys.portal import Portal

SECRET = "a long enough secret 27"
REVIEWER = ("reviewer@example.com", "demo-Beian-2026")


@dataclass
class Person:
    """One applicant in one window, in one manner, with an invented filing at another provider."""

    portal: Portal
    page: Page
    folder: Path
    province: str = "12"
    manner: Manner = Manner()
    other_number_on_file: bool = False
    reference: str = ""
    dice: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self.region, place, self.address = REGIONS[self.province]
        self.lead, self.admin = fake_data.two_people(self.dice, self.province)
        self.company, self.code = fake_data.organisation(self.dice, self.province, place)
        self.number = fake_data.filing_number(self.dice, self.province)
        self.domain = f"journey{self.dice.randrange(10**9):09d}.com"
        self.password = f"Pw{self.dice.randrange(10**6):06d}"
        self.email = f"journey{self.dice.randrange(10**9):09d}@example.com"
        self.mobile = f"138{self.dice.randrange(10**8):08d}"
        self.on_file = (
            fake_data.person(self.dice, self.province).mobile if self.other_number_on_file else self.admin.mobile
        )
        self.desk = Browser(self.portal.url)
        self._put_on_record()

    # --- the world outside ---

    def put_another_on_record(self) -> None:
        """Puts another website of my subject at another provider on record; from now on the journey is about it."""
        self.domain = f"further{self.dice.randrange(10**9):09d}.com"
        self._put_on_record()

    def _put_on_record(self) -> None:
        page = self.desk.get("/demo/authority/")
        self.desk.send(
            page.form("site_name", "lead_mobile"),
            number=self.number,
            province=self.province,
            id_type_code="1",
            id_number=self.code,
            subject_name=self.company,
            password=self.password,
            domain=self.domain,
            site_name="示例旅程网站",
            region=self.region,
            lead_name=self.lead.name,
            administrator_name=self.admin.name,
            lead_mobile=self.lead.mobile,
            lead_id_number=self.lead.id_number,
            administrator_mobile=self.on_file,
            administrator_id_number=self.admin.id_number,
        )

    def newest_code(self, address: str) -> str:
        """The code sent to an address, from the demo's page of messages."""
        for _ in range(60):
            found = self.desk.get(f"/demo/messages/?to={address}").find("code", class_="code")
            if found:
                return found[0].text.strip()
            self.page.wait_for_timeout(300)
        raise AssertionError(f"no code came to {address}")

    def authority_decides(self, decision: str, code: str = "") -> None:
        page = self._desk_with_my_report()
        form = page.form("report", data_domain=self.domain)
        self.desk.send(form, button=("decision", decision), **({"code": code} if code else {}))

    def _desk_with_my_report(self) -> http_browser.Page:
        """The authority's desk once my report has arrived over SOAP."""
        for _ in range(60):
            page = self.desk.get("/demo/authority/")
            if page.find("li", data_domain=self.domain):
                return page
            self.page.wait_for_timeout(500)
        raise AssertionError(f"no report about {self.domain} came to the authority")

    def confirm_at_the_ministry(self) -> None:
        page = self._desk_with_my_report()
        mine = {self.lead.mobile: self.lead, self.on_file: self.admin}
        texts = [each.attrs for each in page.find("li") if each.attrs.get("data-mobile") in mine]
        assert len(texts) == 2
        for text in texts:
            form = self.desk.get(urljoin(page.url, "/codes/")).form("mobile", "code", "tail")
            tail = mine[text["data-mobile"]].id_number[-6:]
            self.desk.send(form, mobile=text["data-mobile"], code=text["data-code"], tail=tail)

    # --- the browser ---

    def open(self, path: str) -> None:
        judge(self.page, self.manner)
        self.page.goto(f"{self.portal.url}{path}")

    def tick(self, box: str) -> None:
        """Ticks a box or a choice by its label, which covers it, as a person does."""
        field = self.page.locator(box)
        field.scroll_into_view_if_needed()  # waits until the page no longer moves, as when a picture has just loaded
        field.check(force=True)

    def press(self) -> None:
        """Presses the one primary button of the page."""
        judge(self.page, self.manner)
        self.page.locator("main form .actions button.button:not(.button-secondary)").last.click()

    def enter(self, field: str) -> None:
        """The Enter key in a field, which does the same as the primary button."""
        self.page.locator(f"[name={field}]").press("Enter")

    def press_as_the_line_breaks(self, button: str) -> None:
        """The first press does not get through, the answer to the second is lost; then the page is opened again."""
        context, here = self.page.context, self.page.url
        context.set_offline(True)
        self.page.locator(button).click()
        self.page.wait_for_url(re.compile("^chrome-error:"))
        context.set_offline(False)
        self.page.goto(here)
        with self._answers_lost():
            self.page.locator(button).click()
            self.page.wait_for_url(re.compile("^chrome-error:"))
        self.page.goto(here)

    @contextmanager
    def _answers_lost(self) -> Iterator[None]:
        """Requests arrive; answers are lost."""

        def lose(route: Route) -> None:
            if route.request.method == "POST":
                route.fetch(max_redirects=0)
                route.abort()
            else:
                route.continue_()

        self.page.route("**/*", lose)
        yield
        self.page.unroute("**/*", lose)

    def choose_language(self) -> None:
        self.open("/")
        is_english = self.manner.language == "en"
        if (self.page.locator("html").get_attribute("lang") == "en") != is_english:
            self.page.locator("form[action*='language'] button").first.click()
        expect(self.page.locator("html")).to_have_attribute("lang", "en" if is_english else "zh-Hans")

    def sign_up(self) -> None:
        self.choose_language()
        self.open("/account/signup/")
        for name, value in (
            ("email", self.email),
            ("mobile", self.mobile),
            ("password1", SECRET),
            ("password2", SECRET),
        ):
            self.page.fill(f"[name={name}]", value)
        self.tick("[name=agree]")
        self.enter("mobile")
        for address in (self.email, self.mobile):
            self.page.fill("[name=code]", self.newest_code(address))
            self.page.locator("main form:has([name=code]) button.button").first.click()
        expect(self.page).to_have_url(re.compile("/filings/$"))

    def verify_type(self) -> None:
        self.open("/transfers/new/")
        self.page.select_option("[name=nature]", "enterprise")
        self.page.select_option("[name=id_type]", "1")
        self.page.fill("[name=id_number]", self.code)
        self.page.fill("[name=name]", self.company)
        for name, place in (("province", self.province), ("city", f"{self.region[:4]}00"), ("county", self.region)):
            self.page.select_option(f"[name=region_{name}]", place, timeout=10_000)
            if not self.manner.script and name != "county":
                self.page.click("[name=show_places]")
        self.page.fill("[name=domain]", self.domain)
        self.enter("domain")
        expect(self.page.locator(".outcome")).to_have_attribute("data-outcome", "transfer")
        self.press()
        self.reference = self.page.url.split("/transfers/")[1].split("/")[0]

    def pass_the_gates(self) -> None:
        server = self.page.locator("[name=instance] option[value^='i-example-']").first.get_attribute("value")
        self.page.select_option("[name=instance]", server)
        self.press()
        self.page.fill("[name=filing_password]", self.password)
        self.enter("filing_password")
        expect(self.page).to_have_url(re.compile("/gates/$"))

    def enter_the_details(self) -> None:
        self.open(f"/transfers/{self.reference}/subject/")
        self.page.fill("[name=id_address]", f"{self.address}示例路1号")
        self.page.select_option("[name=post_region]", self.region)
        self.page.fill("[name=post_address]", "示例路1号2号楼301室")
        self.tick("[name=is_legal_rep][value=yes]")
        self._person("lead", self.lead)
        self.press()
        self.open(f"/transfers/{self.reference}/website/")
        self.page.fill("[name=site_name]", "示例旅程品牌网")
        self.tick("[name=content][value='8']")
        self.tick("[name=needs_approval][value=yes]")
        expect(self.page.locator("[name=approval_number]")).to_be_visible()
        # "Leave this empty": for who sees the group whatever was answered
        expect(self.page.locator("[data-without-script]")).to_be_visible(visible=not self.manner.script)
        self.tick("[name=needs_approval][value=no]")
        self.press()
        self.open(f"/transfers/{self.reference}/administrator/")
        self.tick("[name=same_person][value=no]")
        self._person("admin", self.admin)
        self.press()
        expect(self.page).to_have_url(re.compile("/people/$"))
        self.the_administrator_agrees()

    def the_administrator_agrees(self) -> None:
        """The administrator opens the texted link on another phone and agrees."""
        self.open(f"/transfers/{self.reference}/people/consent/")
        before = self._links_of_consent()
        self.page.click("[name=send]")
        for _ in range(60):
            new = self._links_of_consent() - before
            if new:
                break
            self.page.wait_for_timeout(300)
        theirs = Browser(self.portal.url)
        theirs.send(theirs.get(new.pop()).form("role"), role="on", pictures="on")

    def _links_of_consent(self) -> set[str]:
        return set(re.findall(r"/consent/[\w-]+/", self.desk.get(f"/demo/messages/?to={self.admin.mobile}").html))

    def _person(self, prefix: str, who: fake_data.FakePerson) -> None:
        self.page.fill(f"[name={prefix}_name]", who.name)
        self.page.select_option(f"[name={prefix}_id_type]", "2")
        self.page.fill(f"[name={prefix}_id_number]", who.id_number)
        self.page.fill(f"[name={prefix}_id_until]", f"{date.today().year + 9}-06-06")
        self.page.fill(f"[name={prefix}_phone1]", who.mobile)
        self.page.fill(f"[name={prefix}_phone2]", f"137{self.dice.randrange(10**8):08d}")
        self.page.fill(f"[name={prefix}_emergency]", f"136{self.dice.randrange(10**8):08d}")
        self.page.fill(f"[name={prefix}_email]", who.email)

    def prove_the_phones(self) -> None:
        for role, who in (("subject_lead", self.lead),):
            self.open(f"/transfers/{self.reference}/people/")
            self.page.click(f"[data-role={role}] [name=send]")
            self.page.fill("[name=code]", self.newest_code(who.mobile))
            self.page.locator("form:has([name=code]) button.button").click()
            expect(self.page).to_have_url(re.compile("/people/$"))

    def upload_the_papers(self, *slots: str) -> None:
        for slot in slots or ("lead_id", "admin_id", "subject_id", "statement"):
            self.open(f"/transfers/{self.reference}/documents/{slot}/")
            if self.page.locator("[name=agree]").count():
                self.tick("[name=agree]")
                self.page.locator("form:has([name=agree]) button.button").click()
            for side in range(1, 3 if slot in ("lead_id", "admin_id") else 2):
                self._choose_file(f"#slot-{slot}-{side}", f"{slot} {side} {self.reference} {self.dice.random()}")

    def _choose_file(self, slot: str, words: str, *, width: int = 1400, height: int = 1000) -> None:
        file = self.folder / "paper.jpg"
        file.write_bytes(picture(words, width=width, height=height))
        self.page.locator(f"{slot} input[type=file]").set_input_files(str(file))
        self.page.locator(f"{slot} .slot-form button:not([type])").click()
        self._wait_until_checked(slot)

    def _wait_until_checked(self, slot: str) -> None:
        """The page updates by itself once the worker has checked; a person without script reloads."""
        expect(self.page.locator(f"{slot}.slot-checking, {slot}.slot-ready")).to_be_visible()
        if not self.manner.script:
            self._wait_for_page("its papers", self.page.url, id=slot.removeprefix("#"), class_="slot-ready")
            self.page.reload()
        expect(self.page.locator(f"{slot}.slot-ready")).to_be_visible(timeout=30_000)

    def _wait_for_page(self, what: str, address: str, **element: str) -> None:
        """Waits until a page of mine has this element; requests it unrendered, as rendering costs ten times as much."""
        for _ in range(60):
            answer = self.page.request.get(address, max_retries=2)  # a kept-alive connection may just have been closed
            if http_browser.Page(address, answer.status, answer.text()).find(**element):
                return
            self.page.wait_for_timeout(500)
        raise AssertionError(f"{what} never came to {element}")

    def submit(self) -> None:
        self.open(f"/transfers/{self.reference}/check/")
        self.tick("[name=declared]")
        self.press()
        self.sees("submitted")

    def send_the_photo(self) -> None:
        self.open(f"/transfers/{self.reference}/photo/")
        self.tick("[name=photo_way][value=backdrop]")
        self.page.click("button[name=choose]")
        self._choose_file("#slot-photo", f"photo {self.reference}", width=1200, height=1600)
        self.tick("[name=photo_confirm]")
        self.page.click("button[name=send]")
        self.sees("photo_review")

    def sees(self, state: str) -> None:
        """Waits until the order's page shows this state, now or after the workers have done their part."""
        address = f"/transfers/{self.reference}/"
        self._wait_for_page("the order", f"{self.portal.url}{address}", class_="order-head", data_state=state)
        self.open(address)
        expect(self.page.locator(".order-head")).to_have_attribute("data-state", state)


@dataclass
class Reviewer:
    """The provider's reviewer in a window of their own."""

    portal: Portal
    page: Page

    def sign_in(self) -> None:
        self.page.goto(f"{self.portal.url}/admin/")
        self.page.fill("[name=login]", REVIEWER[0])
        self.page.fill("[name=password]", REVIEWER[1])
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(re.compile("/admin/"))

    def open(self, reference: str) -> None:
        self.page.goto(f"{self.portal.url}/admin/")
        self.page.fill("[type=search]", reference)
        self.page.press("[type=search]", "Enter")
        self.page.wait_for_url("**/case/**")
        if (claim := self.page.locator("main button[value=claim]").first).count():  # opens for the person who has it
            claim.click()
        expect(self.page.locator(".judge")).to_have_attribute("data-reference", reference)
        self.page.wait_for_load_state()  # a key pressed before the script is loaded does nothing

    def press(self, move: str) -> None:
        self.page.locator(f"button[name=move][value={move}]").click()

    def accept(self) -> None:
        """Says OK to every part by its key, and accepts the order on the next page."""
        for _part in range(self.page.locator(".part[data-judged]").count()):
            if self.page.locator(".btn.accept").is_visible():
                break
            self.page.keyboard.press("1")
        self._saved()
        self.page.click(".btn.accept")
        self.press("accept")

    def send_back(self) -> None:
        """Returns what was named, although other parts have no verdict."""
        self._saved()
        self.page.click(".btn.back")
        if self.page.locator("[name=return-although]").count():
            self.page.check("[name=return-although]")
        self.press("send_back")

    def accept_the_photo(self) -> None:
        """Says OK to every rule by its key, and accepts the photo."""
        for _rule in range(self.page.locator(".rules li").count()):
            self.page.keyboard.press("1")
        self._saved()
        self.press("to_accept")
        self.press("accept_photo")

    def _saved(self) -> None:
        expect(self.page.locator("[data-saved]")).not_to_be_empty()
        self.page.wait_for_load_state("networkidle")

    def name(self, part: str, reason: str) -> None:
        """Returns one part, for a reason."""
        anchor = "p-" + part.replace(".", "-").replace("_", "-")
        self.page.click(f".parts-nav a[href='#{anchor}']")
        self.page.keyboard.press("2")
        self.page.check(f"#{anchor} [name='reason.{part}'][value='{reason}']")
