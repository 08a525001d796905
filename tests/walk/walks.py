"""One role's walk in one language: every page, every rule and, if asked, every button."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from tests.transfers.cancels import prove_again
from tests.walk import begun, pages, rules
from tests.walk.walker import Page, Quiet, Walker, buttons, links, name_of
from tests.walk.world import HALFWAY, VISITOR, World

PROVED = ("newcomer", "owner", "reviewer", "lead")  # roles with pages that require a recent proof of identity
LANGUAGES = ("en", "zh-hans")
# in the frame of every page: pressed once a walk
FRAME = ("set_language", "set_theme", "account_logout", "admin:logout", "admin:transfers_order_search")
# pages where the kind of order decides what is offered; on the others its state does
BY_KIND = ("order", "order-move", "filing", "admin:transfers_order_case")
# page, role, rule, element, and what is wrong; an entry that no longer occurs fails
KNOWN = {
    # several buttons that stand out: this list may only shrink
    ("by-phone", "visitor", "primary buttons", "<button"): "one a paper",
}


@dataclass
class Walk:
    """The pages reached and the problems found; `pressed` holds what others have pressed before."""

    made: World
    role: str
    language: str
    pressed: set[Any] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    met: set[Any] = field(default_factory=set)  # entries of KNOWN
    found: list[Page] = field(default_factory=list)

    def go(self) -> None:
        """Opens every page, those with typed addresses too, checks them, and presses every button."""
        walker, self.found = self.look_around()
        for page in self.found:
            self._judge(page, walker, page.url)
        for page in self.found:
            self._press(page, walker)

    def look_around(self, *, typed: bool = True, kind: type[Walker] = Walker) -> tuple[Walker, list[Page]]:
        """Opens every page; returns the walker and the pages."""
        walker = kind(self._client(), self.made.about)
        return walker, self._follow(walker, walker.begins(pages.where(self.made, self.role, typed=typed)))

    def _client(self) -> Quiet:
        client = Quiet()
        if self.role in PROVED:
            prove_again(client, self.made.people[self.role])
        elif self.role == VISITOR:
            begun.go_on(client, self.made.people, self.made.tokens)
        elif self.role == HALFWAY:
            begun.sign_in(client, self.made.people)
        else:
            client.force_login(self.made.people[self.role])
        client.cookies["django_language"] = self.language
        return client

    def _follow(self, walker: Walker, begin: list[str]) -> list[Page]:
        """Every page linked from these addresses, directly or not; a typed one may redirect."""
        found: dict[str, Page] = {}
        ahead = deque(begin)
        while ahead:
            page = walker.arrive(ahead.popleft())
            if page.status >= 500:
                self._note(page.name, page.url, f"answers {page.status}", page.trouble)
            elif page.status < 400:
                self.reached.add(page.name)
            if page.url not in found and page.is_html and page.status < 500:
                found[page.url] = page
                ahead.extend(to for element, to in links(page) if walker.wants(to, rules.text_of(element)))
        return list(found.values())

    def _judge(self, page: Page, walker: Walker, where: str) -> None:
        for rule, element in rules.violations(page, walker):
            self._note(page.name, where, rule, element)

    def _press(self, page: Page, walker: Walker) -> None:
        for form, button in buttons(page):
            target = page.lead(form.get("action") or page.url)
            name = name_of(target)
            word = (button.get("name"), button.get("value")) if button is not None else ()
            about = self.made.about(target) or self.made.about(page.url)
            if page.name not in BY_KIND:
                about = about.partition(".")[2]
            once = (
                {(name, word)} if name in FRAME else _presses(page.name, name, target.rsplit("/", 2)[-2], about, word)
            )
            if once <= self.pressed:
                continue
            self.pressed |= once
            where = f"{page.url} [{rules.text_of(button) if button is not None else ''}]"
            with walker.press(page, form, button) as (answer, after):
                if answer.status >= 400:
                    self._note(name, where, f"answers {answer.status}", answer.trouble)
                    continue
                self.reached |= {name, answer.name}
                if answer.is_html:
                    self._judge(answer, after, f"{where} {answer.url}")

    def _note(self, name: str, where: str, rule: str, element: str) -> None:
        known = {entry for entry in KNOWN if entry[:3] == (name, self.role, rule) and entry[3] in element}
        self.met |= known
        if not known:
            about = self.made.about(where)
            self.wrong.append(f"{self.made.profile} {self.role} {self.language} {where} {about} {rule}: {element}")


def _presses(page: str, name: str, last: str, about: str, word: tuple[str, ...]) -> set[Any]:
    """The keys of a button: each state is pressed once, and if it names a part, each part once."""
    act, _colon, part = word[-1].partition(":") if word and word[-1] else ("", "", "")
    if not part:
        return {(page, name, last, about, word)}
    return {(page, name, last, about, act), (page, name, last, "", word)}
