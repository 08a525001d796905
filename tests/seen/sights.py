"""Each page once: of all pages that the roles reach, one per name, and for pages of orders one per state."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag, urlsplit

from django.urls import reverse

from tests.transfers import states
from tests.walk import outlines, pages, world
from tests.walk.looks import Eyes
from tests.walk.walker import BY_STATE, Page, Walker, name_of
from tests.walk.walks import Walk
from transfers.models import ReturnReason

STAFF = tuple(world.STAFF)
# the role asked first for a page that several see
ROLES = ("owner", world.VISITOR, world.HALFWAY, "newcomer", "unconfirmed", "stranger", *STAFF)
# the page differs for each of these
BY_LAST_PART = ("step", "slot", "order-move", "verify-type-outcome", "rules-province")
FIRST_PAGES = {
    "start": ("owner", world.VISITOR, "lead"),
    "dashboard": ("owner", "newcomer"),
    "data-close": ("owner", "newcomer", "lead"),
    "data-export": ("owner", "newcomer", "lead"),
    "admin:index": STAFF,
}
# rows opened per name until all its kinds are found
ROWS = 40
FEW = 2
PROVINCES = ("12", "31", "44", "64")  # of 31 pages that differ only in their rows
DJANGOS = {"history": 1, "delete": 1, "add": 3}  # of pages that Django renders alike


@dataclass
class Sight:
    """A page, the name of its picture, and the role that sees it."""

    title: str
    page: Page
    role: str
    walker: Walker
    typed: dict[str, str] | None = None  # data to post, if the page only answers that


class Sightseer(Walker):
    """Opens what may look different, whether its address was typed or linked."""

    def begins(self, typed: list[str]) -> list[str]:
        return [url for url in typed if self.wants(url)]

    def wants(self, url: str, words: str = "") -> bool:
        here = urldefrag(url).url
        if here not in self.decided:
            name = name_of(url)
            last = urlsplit(url).path.rstrip("/").rpartition("/")[2] if name in BY_LAST_PART else ""
            kind = (name, self.about(url), last if not last.startswith("o-") else "")
            self.alike[kind] += 1
            self.decided[here] = self.alike[kind] <= (ROWS if name in BY_STATE else FEW)
        return self.decided[here]


def of(made: world.World, language: str, roles: tuple[str, ...] = ROLES) -> Iterator[Sight]:
    """All pages, role by role."""
    seen: set[str] = set()
    alike: Counter[str] = Counter()
    for role in roles:
        walk = Walk(made, role, language)
        walker, found = walk.look_around(kind=Sightseer)
        frames: Counter[str] = Counter()
        for page in found:
            if page.status >= 400 or page.name in pages.FRAGMENTS:
                continue
            title = _title_of(page, made)
            if title in seen:
                if role not in FIRST_PAGES.get(page.name, ()) or frames[page.name]:
                    continue
                title = f"{title}.{role}"  # the frame and the first page differ by role
            elif _is_one_of_many(page, title, alike):
                continue
            frames[page.name] += 1
            seen.add(title)
            yield Sight(title, page, role, walker)
        if role == "lead":
            yield _preview(made, walker)
        if role == world.VISITOR:
            yield Sight("account_invitation.over", walker.open(pages.invitation_over()), role, walker)


def _title_of(page: Page, made: world.World) -> str:
    """A case that asks why it is opened counts as its own page; who has the case, or leads, is asked for the other."""
    asks = page.name.startswith("admin:") and page.tree.xpath("//*[@id='look-words']")
    return f"{page.name.replace(':', '-')}.purpose" if asks else outlines.title_of(page, made)


def _preview(made: world.World, walker: Walker) -> Sight:
    """The draft of a reason, read on a case."""
    url = reverse("admin:desk_reason", args=[ReturnReason.objects.get(versions__published_at=None).key])
    case = world.of(made, states.SUBMITTED)
    return Sight(
        "admin-desk_reason.preview", walker.open(url), "lead", walker, {"move": "try", "reference": case.reference}
    )


def _is_one_of_many(page: Page, title: str, alike: Counter[str]) -> bool:
    """Whether enough pages were seen that differ only in their rows."""
    kind = page.name.rpartition("_")[2]
    alike[kind] += 1
    is_django = page.name.startswith("admin:") and alike[kind] > DJANGOS.get(kind, 99)
    is_province = page.name == "rules-province" and title.rpartition(".")[2] not in PROVINCES
    return is_django or is_province or "case.transfer_another" in title


def open_each(browser: Any, found: Iterable[Sight]) -> Iterator[tuple[Sight, Eyes]]:
    """Each of them, open in the browser of a role that sees it."""
    eyes: Eyes | None = None
    for sight in found:
        if eyes is None or eyes.client is not sight.walker.client:
            if eyes is not None:
                eyes.close()
            eyes = Eyes(browser, sight.walker.client)
        eyes.open(sight.page.url, sight.typed)
        yield sight, eyes
    if eyes is not None:
        eyes.close()
