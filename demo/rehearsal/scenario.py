"""Goes through a whole order or import over HTTP, with the pages, forms, tokens and uploads that a person uses.

Uses the portal's tables of provinces and regions but none of its models; codes are read from the demo's message page,
the reviewer works in Django admin, the authority on its page. The first unexpected thing ends the rehearsal.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urljoin

import requests

from demo import fake_data
from demo.rehearsal.http_browser import Browser, Form, Page, UnexpectedPage, Value
from filings.provinces import PROVINCES
from filings.register import regions

Seen = TypeVar("Seen")

# seconds for a worker or the authority: what a killed worker was reading waits for the end of its
# lease (90 s), and the next sweep takes it up within a minute
PATIENCE = 170.0
PAUSE = 0.4
NOT_COUNTED = "not counted"  # the portal's own words when an outside system does not answer


def _place(code: str) -> tuple[str, str, str]:
    """The first county of a province: its code, the region in a company's name there, its address."""
    county = regions.counties(regions.cities(code)[0].code)[0]
    return county.code, PROVINCES[code].short_zh, county.full_name


REGIONS = {code: _place(code) for code in PROVINCES}


@dataclass
class StepResult:
    """One step and how long it took."""

    name: str
    seconds: float
    state: str = ""


@dataclass
class Scenario:
    """The people of the rehearsal and what they know."""

    base_url: str
    province: str
    reviewer: tuple[str, str]
    dice: random.Random = field(default_factory=lambda: random.Random())  # noqa: S311 -- invented people
    steps: list[StepResult] = field(default_factory=list)
    say: Callable[[StepResult], None] = lambda done: None
    standing: str = ""  # the state of the order or import, as its page says
    reference: str = ""  # of the order or import
    read: set[tuple[str, str]] = field(default_factory=set)  # codes already read, each with its recipient
    site: int = 1  # the number of the website under the subject
    nature: str = "enterprise"
    id_type: str = "1"

    def __post_init__(self) -> None:
        region, place, self.address = REGIONS[self.province]
        self.region = region
        self.me = Browser(self.base_url)
        self.watcher = Browser(self.base_url)
        self.lead, self.admin = fake_data.two_people(self.dice, self.province)
        self.company, self.code = fake_data.organisation(self.dice, self.province, place)
        self.number = fake_data.filing_number(self.dice, self.province)
        self.domain = f"rehearsal{self.dice.randrange(10**9):09d}.com"
        self.filing_password = f"Pw{self.dice.randrange(10**6):06d}"
        self.account = f"rehearsal{self.dice.randrange(10**9):09d}@example.com"
        self.account_mobile = f"138{self.dice.randrange(10**8):08d}"

    def run(self, steps: "tuple[tuple[str, Callable[[Scenario], None]], ...]") -> None:
        """Runs every step in order; raises `UnexpectedPage` at the first error."""
        for name, step in steps:
            begun = time.monotonic()
            step(self)
            done = StepResult(name, round(time.monotonic() - begun, 2), self.standing)
            self.steps.append(done)
            self.say(done)

    # --- what the steps share ---

    def url(self, rest: str = "") -> str:
        return f"/transfers/{self.reference}/{rest}"

    def wait_for(self, what: str, look: Callable[[], Seen | None]) -> Seen:
        """Calls `look` until it returns something."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            found = look()
            if found:
                return found
            time.sleep(PAUSE)
        raise UnexpectedPage(f"waited {PATIENCE:.0f} s for {what}")

    def authority(self, rest: str = "") -> Page:
        """A page of the authority: the portal links to the process that simulates it, which may be down for a while."""

        def look() -> Page | None:
            try:
                page = self.watcher.get("/demo/authority/")
                return self.watcher.get(urljoin(page.url, rest)) if rest else page
            except requests.ConnectionError:
                if self.me.get("/").status != 200:  # the portal itself is down
                    raise
                return None

        return self.wait_for("the authority's page", look)

    def send_patiently(self, form: Form, **values: Value) -> Page:
        """Sends a form that queries an outside system; if that does not answer, tries again as a person would."""

        def send() -> Page | None:
            page = self.me.send(form, values)
            return None if NOT_COUNTED in page.trouble().lower() else page

        return self.wait_for("an outside system to answer", send)

    def code_for(self, address: str) -> str:
        """The newest unread code sent to an address, from the demo's message page."""

        def look() -> str:
            page = self.watcher.get(f"/demo/messages/?to={address}")
            newest = next((code.text.strip() for code in page.find("code", class_="code")), "")
            return "" if (address, newest) in self.read else newest

        code = self.wait_for(f"a code to {address[:3]}…", look)
        self.read.add((address, code))
        return str(code)

    def order_state(self) -> str:
        page = self.me.get(self.url())
        found = page.find(class_="order-head")
        if not found:
            raise UnexpectedPage(f"no order on {page.url}")
        self.standing = found[0].attrs["data-state"]
        return self.standing

    def expect_state(self, *wanted: str) -> None:
        """Waits until the order is in one of these states."""
        self.wait_for(f"{' or '.join(wanted)} (it is {self.standing})", lambda: self.order_state() in wanted)

    def moved_on(self, page: Page, left: str) -> Page:
        """An accepted form leads to another address; one that stays shows why."""
        if page.url.rstrip("/").endswith(left.rstrip("/")):
            raise UnexpectedPage(f"{left} was not taken: {page.trouble()}")
        return page
