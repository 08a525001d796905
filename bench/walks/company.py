"""A company's first transfer, from its list of filings to the submitted order, with six papers.

Its administrator is another person, who agrees by a link in a text. Signing in comes before and is not counted. The
people of the walk, its outside systems and its entries are those of a rehearsal (`demo/rehearsal`); everything is
entered correctly at once. Texts are read from the demo's inbox, not from a page.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path

from bench.harness.accounts import PASSWORD
from bench.walks.visitor import Visitor
from demo.rehearsal import transfer
from demo.rehearsal.http_browser import Page, UnexpectedPage
from demo.rehearsal.scenario import Scenario

PROVINCE = "44"  # asks for no phones before the photo
PAPERS = (("lead_id", 2), ("admin_id", 2), ("subject_id", 1), ("statement", 1))
LINK = re.compile(r"/consent/[\w-]+/")


class Company(Scenario):
    """The walker; `inbox` holds the unsent texts, `is_examined` returns whether no paper waits."""

    def __init__(
        self, url: str, inbox: Path, papers: dict[str, bytes], is_examined: Callable[[], bool] = lambda: True
    ) -> None:
        super().__init__(url, PROVINCE, ("", ""))
        self.me = self.visitor = Visitor(url)
        self.other = Visitor(url)
        self.inbox, self.papers, self.is_examined = inbox, papers, is_examined

    @property
    def took(self) -> list[float]:
        """Seconds that each request took, the administrator's included."""
        return self.visitor.took + self.other.took

    def prepare(self, simulator: str, address: str) -> None:
        """Not counted: puts the filing at another provider on the authority's record, and signs in."""
        self.watcher = Visitor(simulator)
        self.authority = lambda rest="": self.watcher.get("/" + rest)
        transfer.put_on_record(self)
        page = self.me.get("/account/login/")
        page = self.me.send(page.form("login", "password"), login=address, password=PASSWORD)
        if "/filings/" not in page.url:
            raise UnexpectedPage(f"signing in ended on {page.url}: {page.trouble()}")
        self.visitor.took.clear()

    def walk(self) -> None:
        """The whole walk, counted."""
        self.walk_to_documents()
        self._documents()
        self._send()

    def walk_to_documents(self) -> None:
        """The steps before the papers."""
        self.me.get("/filings/")
        self._type()
        self._proofs()
        self._details()
        self._administrator_agrees()

    def upload_again(self, slot: str) -> None:
        """Uploads a paper that needs no consent, replacing one if there is one."""
        page = self.me.get(self.url(f"documents/{slot}/"))
        self._upload(page, slot, 0)

    def _type(self) -> None:
        page = self.me.get("/transfers/new/")
        typed = transfer.site_entries(self)
        self.visitor.autosave(**typed)
        page = self.me.send(page.form("id_number", "domain"), typed)
        found = page.find(class_="outcome")
        if not found or found[0].attrs.get("data-outcome") != "transfer":
            raise UnexpectedPage(f"this is no transfer: {page.trouble()}")
        page = self.me.send(page.form(action="/start/"))
        self.reference = page.url.split("/transfers/")[1].split("/")[0]

    def _proofs(self) -> None:
        page = self.visitor.arrive(self.url("service_code/"))
        options = [each.attrs.get("value", "") for each in page.find("option")]
        server = next(each for each in options if each.startswith("i-example-"))
        page = self.me.send(page.form("instance", "service_code"), instance=server)
        self.moved_on(page, "service_code")
        page = self.visitor.arrive(self.url("filing_password/"))
        page = self.me.send(page.form("filing_password"), filing_password=self.filing_password)
        self.moved_on(page, "filing_password")

    def _details(self) -> None:
        subject = {
            "id_address": f"{self.address}示例路1号",
            "post_region": self.region,
            "post_address": "示例路1号2号楼301室",
            "is_legal_rep": "yes",
        }
        website = {
            "site_name": "示例演练品牌网",
            "home_url": f"https://www.{self.domain}/",
            "content": ["8"],
            "service_kind": "1",
            "languages": ["1"],
            "needs_approval": "no",
        }
        lead, admin = (
            transfer.person_entries(*each, self.dice) for each in (("lead", self.lead), ("admin", self.admin))
        )
        self._page("subject", "lead_name", {**subject, **lead})
        self._page("website", "site_name", website)
        self._page("administrator", "same_person", {**admin, "same_person": "no"})

    def _page(self, key: str, field: str, typed: dict[str, str | list[str]]) -> None:
        page = self.visitor.arrive(self.url(f"{key}/"))
        self.visitor.autosave(**typed)
        self.moved_on(self.me.send(page.form(field), typed), key)

    def _administrator_agrees(self) -> None:
        page = self.me.get(self.url("people/consent/"))
        self.me.send(page.form("send"), button=("send", "1"))
        page = self.other.get(self._link())
        page = self.other.send(page.form("role", "pictures"), role="on", pictures="on")
        if any("role" in form.names for form in page.forms):
            raise UnexpectedPage(f"the administrator's yes was not taken: {page.trouble()}")

    def _link(self) -> str:
        """The link in the administrator's text."""

        def look() -> str:
            messages = (json.loads(file.read_text("utf-8")) for file in self.inbox.glob("*.json"))
            texts = (message["text"] for message in messages if message["to"] == self.admin.mobile)
            return next((found[0] for text in texts if (found := LINK.search(text))), "")

        return self.wait_for("a link to the administrator", look)

    def _documents(self) -> None:
        for slot, sides in PAPERS:
            self.visitor.arrive(self.url("documents/"))
            page = self.me.get(self.url(f"documents/{slot}/"))
            if any("agree" in form.names for form in page.forms):
                page = self.me.send(page.form("agree"), agree="on")
            if slot == "statement":
                self._statement()
            for side in range(sides):
                page = self._upload(page, slot, side)
            self.me.get(self.url("documents/"))

    def _statement(self) -> None:
        sheet = self.me.session.get(self.me.base + self.url("documents/statement.pdf").lstrip("/"), timeout=30)
        if not sheet.content.startswith(b"%PDF"):
            raise UnexpectedPage("the statement is no PDF")
        self.visitor.note(sheet)

    def _upload(self, page: Page, slot: str, side: int) -> Page:
        """Uploads a paper, and polls once to see that it was examined."""
        form = [form for form in page.forms if "file" in form.names][side]
        page = self.visitor.upload(form, file=(f"{slot}.jpg", self.papers[slot], "image/jpeg"))
        refused = page.find(class_="slot-again")
        if refused:
            raise UnexpectedPage(f"{slot} was refused: {' '.join(refused[0].text.split())[:200]}")
        self.visitor.poll()
        return page

    def _send(self) -> None:
        self.wait_for("the papers to be examined", self.is_examined)
        page = self.me.get(self.url("check/"))
        page = self.me.send(page.form("declared"), declared="on")
        self.moved_on(page, "check")
