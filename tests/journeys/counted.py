"""Counts what a person has to do on the pages: values set, presses, pages; what is filled in already is free.

The person sees what a browser shows of the pages: only links and forms on the page can be pressed.
"""

import io
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html
from PIL import Image

HOST = "http://testserver"
ONE_OF = ("radio", "checkbox")
NOT_SET = ("hidden", "submit", "button")
Values = Mapping[str, "str | list[str] | SimpleUploadedFile"]


def drawn_paper(seed: int) -> SimpleUploadedFile:
    """A picture that is no duplicate of another."""
    image = Image.new("RGB", (1400, 1000), "#fbfaf6")
    dice = random.Random(seed)
    image.paste((dice.randrange(256), 40, 90), (60, 60, 700, 500))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return SimpleUploadedFile(f"paper-{seed}.jpg", out.getvalue(), content_type="image/jpeg")


@dataclass
class Counted:
    """One person; `fields` are controls whose value is set, `clicks` presses of links, buttons, file choosers."""

    client: Client
    url: str = ""
    fields: int = 0
    ticks: int = 0  # those of the fields set by a press: ticks, choices, selects
    clicks: int = 0
    pages: int = 0
    log: list[str] = field(default_factory=list)
    tree: Any = None

    # --- pages ---

    def begin(self, url: str) -> None:
        """Opens the first page: no press is counted."""
        self._arrive(self.client.get(url, follow=True), url)

    def follow(self, *ends: str) -> None:
        """Presses the first link of the page whose address ends like this."""
        for link in self.tree.xpath("//a[@href]"):
            target = urljoin(f"{HOST}{self.url}", link.get("href"))
            if any(urlsplit(target).path.endswith(end) for end in ends):
                self._pressed(f"follow {urlsplit(target).path}")
                self._arrive(self.client.get(target.removeprefix(HOST), follow=True), target)
                return
        raise AssertionError(f"no link to {ends} on {self.url}: {self.text()[:400]}")

    def download(self, end: str) -> None:
        """Presses a link to a file: the page stays."""
        links = [each.get("href") for each in self.tree.xpath("//a[@href]")]
        target = next(urljoin(self.url, each) for each in links if each.endswith(end))
        self._pressed(f"download {target}")
        assert self.client.get(target).status_code == 200

    def reload(self) -> None:
        """The page as it is now; no press is counted, as the script polls."""
        self._arrive(self.client.get(self.url, follow=True), self.url, counts=False)

    def send(self, values: Values | None = None, /, *, button: str = "", **more: Any) -> None:
        """Sets these controls of the form that has them all, and presses its button."""
        values = {**(values or {}), **more}
        form = self._form(values, button)
        sent = self._sent(form, values)
        if button:
            found = form.xpath(f".//button[@name='{button}']")[0]
            sent[button] = found.get("value", "")
        target = urljoin(f"{HOST}{self.url}", form.get("action") or "").removeprefix(HOST)
        self._pressed(f"press {button or (form.xpath('.//button') or [form])[-1].text_content().strip()}")
        ask = self.client.post if form.get("method", "get").lower() == "post" else self.client.get
        self._arrive(ask(target, sent, follow=True), target)

    def set(self, wanted: Values, /, *, instead: Mapping[str, Values] | None = None) -> None:
        """Makes the page contain these values and presses its button: only missing values are set.

        A control that the page does not have is left out; `instead` gives what is set in its place.
        """
        names = set(self.tree.xpath("//main//form//@name"))
        values: dict[str, Any] = {}
        for name, value in wanted.items():
            values |= {name: value} if name in names else dict((instead or {}).get(name, {}))
        self.send(self._missing(values))

    def _missing(self, values: Values) -> dict[str, Any]:
        shown: dict[str, list[str]] = {}
        for control in self.tree.xpath("//main//form//*[@name]"):
            if control.get("disabled") is None:
                shown.setdefault(control.get("name"), []).extend(self._shown(control, control.get("type", "text")))
        as_list = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
        return {name: values[name] for name, value in as_list.items() if name in shown and value != shown[name]}

    def to(self, end: str) -> None:
        """Follows a link there, unless it is the current page."""
        if not urlsplit(self.url).path.endswith(end):
            self.follow(end)

    def upload(self, action_end: str, file: SimpleUploadedFile) -> None:
        """Chooses a file (a press that opens the chooser) and presses upload."""
        self._pressed("choose a file")
        for form in self.tree.xpath("//form[.//input[@type='file']]"):
            if form.get("action", "").endswith(action_end):
                name = form.xpath(".//input[@type='file']")[0].get("name")
                hidden = {each.get("name"): each.get("value", "") for each in form.xpath(".//input[@type='hidden']")}
                self._count(name, "a file", is_tick=False)
                self._pressed("upload")
                target = urljoin(f"{HOST}{self.url}", form.get("action")).removeprefix(HOST)
                self._arrive(self.client.post(target, {**hidden, name: file}, follow=True), target)
                return
        raise AssertionError(f"no upload {action_end} on {self.url}: {self.text()[:400]}")

    # --- what is there ---

    def text(self) -> str:
        """The words of the page."""
        return " ".join((self.tree.xpath("//main") or [self.tree])[0].text_content().split())

    def has(self, path: str) -> bool:
        return bool(self.tree.xpath(path))

    # --- the count ---

    def _form(self, values: Values, button: str) -> Any:
        for form in self.tree.xpath("//main//form"):
            names = {each.get("name") for each in form.xpath(".//*[@name]")}
            if set(values) <= names and (not button or button in names) and (values or button or self._leads_on(form)):
                return form
        raise AssertionError(f"no form with {sorted(values)} {button} on {self.url}: {self.text()[:400]}")

    @staticmethod
    def _leads_on(form: Any) -> bool:
        """Whether it is the form of the page's main button."""
        buttons = form.xpath(".//button[contains(concat(' ', @class, ' '), ' button ')]")
        return any("button-secondary" not in each.get("class") for each in buttons)

    def _sent(self, form: Any, values: Values) -> dict[str, Any]:
        """The data that the form sends; each control with a value counts, unless the page fills it in."""
        known = set(form.xpath(".//*[@class='filled']/ancestor::*[contains(@class,'field')][1]//@name"))
        sent: dict[str, Any] = {}
        for control in form.xpath(".//input[@name] | .//select[@name] | .//textarea[@name]"):
            name, kind = control.get("name"), control.get("type", "text")
            if control.get("disabled") is not None or kind in ("submit", "button", "file"):
                continue
            shown = self._shown(control, kind)
            if kind == "hidden":
                sent[name] = shown[0] if shown else ""
            elif name in values:
                sent[name] = values[name]
            elif shown:
                sent.setdefault(name, []).extend(shown)
        for name, value in sent.items():
            controls = form.xpath(f".//*[@name='{name}' and not(@type='hidden')]")
            if not controls or value in ("", [""]):
                continue
            as_shown = [each for control in controls for each in self._shown(control, control.get("type", "text"))]
            given = value if isinstance(value, list) else [value]
            if name in known and given == as_shown:
                continue
            is_tick = controls[0].tag == "select" or controls[0].get("type") in ONE_OF
            for each in given if controls[0].get("type") == "checkbox" else given[:1]:
                self._count(name, each, is_tick=is_tick)
        return sent

    @staticmethod
    def _shown(control: Any, kind: str) -> list[str]:
        """What a control contains as rendered."""
        if control.tag == "select":
            chosen = control.xpath(".//option[@selected]")
            return [each.get("value", "") for each in chosen or control.xpath(".//option")[:1]]
        if control.tag == "textarea":
            return [(control.text or "").strip("\n")] if control.text else []
        if kind in ONE_OF:
            return [control.get("value", "on")] if control.get("checked") is not None else []
        return [control.get("value", "")]

    def _count(self, name: str, value: Any, *, is_tick: bool) -> None:
        self.fields += 1
        self.ticks += is_tick
        self.log.append(f"  set {name} = {value}")

    def _pressed(self, what: str) -> None:
        self.clicks += 1
        self.log.append(what)

    def _arrive(self, answer: Any, url: str, *, counts: bool = True) -> None:
        assert answer.status_code == 200, (url, answer.status_code)
        chain = getattr(answer, "redirect_chain", [])
        here = urljoin(url, chain[-1][0]) if chain else url
        self.url = here.removeprefix(HOST)
        self.pages += counts
        self.tree = html.document_fromstring(answer.content.decode())
        self.log.append(f"-> {self.url}")
        trouble = self.tree.xpath("//*[contains(@class,'error-summary') or @class='field-error']")
        assert not trouble, (self.url, [each.text_content().split() for each in trouble])
