"""One of many who press the same button at the same time."""

import threading
import time

import requests

from bench.harness.accounts import PASSWORD
from bench.walks.company import PROVINCE
from demo.rehearsal import transfer
from demo.rehearsal.http_browser import Form, Page, UnexpectedPage
from demo.rehearsal.scenario import Scenario


class Presser(Scenario):
    """Records whether a press was served, and how long it took."""

    form: Form
    trouble = ""
    seconds = 0.0

    def __init__(self, url: str, account: str, simulator: str) -> None:
        super().__init__(url, PROVINCE, ("", ""))
        self.account, self.simulator = account, simulator

    def sign_in(self) -> None:
        """Signs in and puts the filing on the authority's record."""
        self.watcher.base = f"{self.simulator}/"
        self.authority = lambda rest="": self.watcher.get("/" + rest)
        transfer.put_on_record(self)
        page = self.me.get("/account/login/")
        page = self.me.send(page.form("login", "password"), login=self.account, password=PASSWORD)
        if "/filings/" not in page.url:
            raise UnexpectedPage(f"signing in ended on {page.url}: {page.trouble()}")

    def open_page(self) -> None:
        self.form = self.me.get("/transfers/new/").form("id_number", "domain")

    def press(self, start: threading.Barrier) -> None:
        """Presses once everybody is ready, on a new connection: the server closes one that is idle for two seconds."""
        self.me.session.close()
        start.wait()
        began = time.monotonic()
        try:
            page: Page | None = self.me.send(self.form, transfer.site_entries(self))
        except (UnexpectedPage, requests.RequestException) as problem:
            page, self.trouble = None, str(problem)
        self.seconds = time.monotonic() - began
        self.was_served = page is not None and bool(page.find(class_="outcome"))
        if page is not None and not self.was_served:
            self.trouble = page.trouble()
