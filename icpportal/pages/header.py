"""Head and foot of every page: places, language and theme."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.fields.components import Link
from icpportal.fields.language_marks import reads_chinese
from icpportal.fields.types import Words
from icpportal.kept_html.gaps import addresses
from icpportal.paths import path

if TYPE_CHECKING:  # the simulated ministry also draws these pages, and has no accounts
    from django.contrib.auth.models import AnonymousUser

    from icpportal.accounts.models import User

SYSTEM = "system"
THEMES = (
    (SYSTEM, _("System"), "half"),
    ("light", pgettext_lazy("theme", "Light"), "sun"),
    ("dark", pgettext_lazy("theme", "Dark"), "moon"),
)
PLACES = (
    ("start", pgettext_lazy("navigation", "Home")),
    ("dashboard", _("My filings")),
    ("service-codes", _("Service codes")),
    ("rules", pgettext_lazy("navigation", "Rules")),
    ("help", _("Help")),
)
# pages whose URL suggests another place
WITHIN = {"/transfers/new/": "start", "/transfers/": "dashboard"}
MEMBERS = (("account", _("Account and security")),)
STAFF = (("admin:index", _("Review desk")),)
VISITORS = (("account_login", _("Sign in")), ("account_signup", _("Create an account")))
OF_ACCOUNT = (
    *MEMBERS,
    ("notifications", _("Messages")),
    ("message-settings", _("What we tell you, and how")),
    ("mfa_index", _("Second factor")),
    ("usersessions_list", _("Where you are signed in")),
    ("your-data", _("Your data")),
)
DEMO = (("demo-messages", _("Messages sent")), ("demo-authority", _("Play the authority")))
STANDING = (("help", _("Help")), ("rules", _("Rules by province")), ("privacy", _("Privacy")))


@dataclass(frozen=True, slots=True)
class Place:
    """A part of the portal named on every page; `is_here` if the page is in it."""

    url: str
    label: Words
    is_here: bool


@dataclass(frozen=True, slots=True)
class Language:
    """The language that the page is not in, by its own name."""

    code: str
    mark: str  # as browsers and screen readers expect it
    name: str


@dataclass(frozen=True, slots=True)
class Theme:
    """One choice of appearance."""

    value: str
    label: Words
    icon: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a page; a URL is empty where the page cannot offer it."""

    icon: str
    title: Words
    places: list[Place]
    links: list[Link]
    bell_url: str
    logout_url: str
    language_url: str
    theme_url: str
    themes: list[Theme]
    demo_links: list[Link]


class Reader(Enum):
    """Kinds of readers, with different places in the header."""

    VISITOR = "visitor"
    MEMBER = "member"
    STAFF = "staff"


LINKS = {Reader.VISITOR: VISITORS, Reader.MEMBER: MEMBERS, Reader.STAFF: (*MEMBERS, *STAFF)}


def reader_of(user: "User | AnonymousUser | None") -> Reader:
    """Which kind of reader somebody is."""
    if user is None or not user.is_authenticated:
        return Reader.VISITOR
    return Reader.STAFF if user.is_staff else Reader.MEMBER


def header(reader: Reader, place: str, theme: str, *, can_post: bool) -> Header:
    """The header for this reader on a page of `place`; without a request there can be no form (`can_post`)."""
    known = reader is not Reader.VISITOR
    return Header(
        icon="person" if known else "menu",
        title=_("Account") if known else _("Menu"),
        places=places(place),
        links=links(LINKS[reader]),
        bell_url=_url("notifications") if known else "",
        logout_url=_url("account_logout") if known and can_post else "",
        language_url=_url("set_language") if can_post else "",
        theme_url=_url("set_theme") if can_post else "",
        themes=themes(theme),
        demo_links=links(DEMO),
    )


def other_language() -> Language:
    """The language that the button switches to."""
    return Language("en", "en", "English") if reads_chinese() else Language("zh-hans", "zh-Hans", "中文")


def places(here: str) -> list[Place]:
    """The parts of the portal in order, the one with this name marked."""
    return [Place(url, label, name == here) for name, label in PLACES if (url := _url(name))]


def place_of(path: str) -> str:
    """The part that a page is in; "" for none."""
    within = next((name for begin, name in _beginnings(addresses(), get_script_prefix()) if path.startswith(begin)), "")
    return within or ("start" if path == "/" else "")


@lru_cache
def _beginnings(_addresses: tuple[str, str], _prefix: str) -> list[tuple[str, str]]:
    """With what the paths of each part begin."""
    return [*WITHIN.items(), *((url, name) for name, _label in PLACES if (url := _url(name)) and url != "/")]


def places_of_account(request: HttpRequest | None) -> list[Place]:
    """The pages of the reader's account, the open one marked."""
    path = request.path if request is not None else ""
    return [Place(link.url, link.label, link.url == path) for link in links(OF_ACCOUNT)]


def themes(chosen: str) -> list[Theme]:
    """All themes, the chosen one marked."""
    return [Theme(value, label, icon, value == (chosen or SYSTEM)) for value, label, icon in THEMES]


def next_theme(chosen: str) -> Theme:
    """The next theme for a single button: light, system, dark, light."""
    found = themes(chosen)
    return found[[theme.is_chosen for theme in found].index(True) - 1]


def links(rows: Iterable[tuple[str, Words]]) -> list[Link]:
    """Those of the pages that exist in this portal."""
    return [Link(label, url) for name, label in rows if (url := _url(name))]


def _url(name: str) -> str:
    at = getattr(settings, "STAFF_BASE_URL", "") if name.startswith("admin:") else ""
    try:
        return f"{at}{path(name)}"
    except NoReverseMatch:
        return ""
