"""A browser that records how long it waited, and sends what the portal's scripts send."""

import time
from typing import Any

import requests

from demo.rehearsal.http_browser import Browser, Form, Page, Value

DRAFT = "data-draft-url"


class Line(requests.Session):
    """Opens a new connection after a pause: gunicorn closes one that is idle for two seconds."""

    PAUSE_SECONDS = 1.0
    used_at = 0.0

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        if time.monotonic() - self.used_at > self.PAUSE_SECONDS:
            self.close()
        try:
            return super().send(request, **options)
        finally:
            self.used_at = time.monotonic()


class Visitor(Browser):
    """One person. A request is a page that is drawn or a form that is sent.

    A redirect belongs to the request after it, and what scripts send to the page they are on.
    """

    def __init__(self, base_url: str, **options: str) -> None:
        super().__init__(base_url, **options)
        headers, self.session = self.session.headers, Line()
        self.session.headers.update(headers)
        self.took: list[float] = []

    def _keep(self, answer: requests.Response) -> Page:
        self.note(answer)
        return super()._keep(answer)

    def note(self, answer: requests.Response) -> None:
        """Records how long each request of a click took."""
        led_on = 0.0
        for each in (*answer.history, answer):
            seconds = each.elapsed.total_seconds() + led_on
            if each.request.method == "POST" or each is answer:
                self.took.append(seconds)
                led_on = 0.0
            else:
                led_on = seconds

    def arrive(self, path: str) -> Page:
        """The page at this address: the current one, or one opened by a click."""
        return self.page if self.page.url.endswith(path) and self.page.status == 200 else self.get(path)

    def autosave(self, **typed: Value) -> None:
        """Saves what is typed and not sent yet, as the page's script does after twenty seconds."""
        address = next((each.attrs[DRAFT] for each in self.page.find(class_="draft-status")), "")
        form = next((form for form in self.page.forms if "page_draft" in form.names), None)
        if not address or form is None:
            return
        kept = {name: value for name, value in form.fields if name in ("page_draft", "csrfmiddlewaretoken")}
        answer = self.session.post(self.base + address.lstrip("/"), data={**typed, **kept}, timeout=30)
        answer.raise_for_status()

    def upload(self, form: Form, **files: tuple[str, bytes, str]) -> Page:
        """Sends a picture as the page's script does, and gets the part of the page that it puts in its place."""
        headers = {"X-Requested-With": "fetch", "Referer": self.page.url}
        return self._keep(self.session.post(form.action, data=form.fields, files=files, headers=headers, timeout=30))

    def poll(self) -> None:
        """Requests a part of the page that is in progress again, as the page's script does."""
        waiting = next((each.attrs["data-poll"] for each in self.page.find() if "data-poll" in each.attrs), "")
        if waiting:
            headers = {"X-Requested-With": "fetch"}
            self.session.get(self.base + waiting.lstrip("/"), headers=headers, timeout=30).raise_for_status()
