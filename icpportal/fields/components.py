"""The arguments of the partials in `templates/partials`, as typed values. Imports nothing of ours."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NotRequired, Protocol, TypedDict

from django import forms
from django.utils.functional import Promise

from icpportal.fields.types import Words

PRIMARY, SECONDARY, DANGER, LINK = "primary", "secondary", "danger", "link"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing the reader can do: a link or, with `post`, a form with one button (`partials/action.html`)."""

    label: str | Promise
    url: str
    kind: str = SECONDARY
    post: bool = False
    name: str = ""
    value: str = ""
    icon: str = ""
    about: str = ""  # visually hidden: what it acts on


class StateMark(TypedDict):
    """The variables of `partials/state.html`; tone and icon default to those of its key."""

    key: str
    label: str | Promise
    tone: NotRequired[str]
    icon: NotRequired[str]


class SlotAction(TypedDict):
    """A button below the picture of a slot."""

    label: str | Promise
    url: str
    post: bool
    name: str
    value: str
    kind: str
    icon: NotRequired[str]
    about: NotRequired[str | Promise]


class StateRow(Protocol):
    """A row of a table of states for pages."""

    @property
    def label(self) -> str | Promise: ...
    @property
    def tone(self) -> str: ...
    @property
    def icon(self) -> str: ...


@dataclass(frozen=True, slots=True)
class OrderSlip:
    """What the slip beside an order's pages shows; what is empty has no row."""

    reference: str
    domain: str
    subject: str  # masked already
    state: StateRow
    is_approved: bool
    number: str
    next_at: datetime | None
    next_label: str | Promise
    url: str


@dataclass(frozen=True, slots=True)
class Frame:
    """A place on a picture, in its pixels."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PictureMark:
    """One thing found on a picture: what, what to do about it, and where, unless it is the whole picture."""

    words: str | Promise
    remedy: str = ""
    frame: Frame | None = None


@dataclass(frozen=True, slots=True)
class PictureFindings:
    """The findings on a picture of this size: `partials/found.html` lists them, `partials/frames.html` frames them."""

    width: int
    height: int
    marks: list[PictureMark]


class SlotDetails(TypedDict):
    """What a slot need not have; templates ask for all of it, and look ten times as long for what is missing."""

    label: str  # instead of the usual word of its state
    sample: str  # a name of samples.svg, before there is a picture
    preview_url: str
    preview_alt: str  # replaces the title
    full_url: str  # the picture in full size
    found: PictureFindings | None  # findings on a ready picture
    facts: str
    form: forms.Form | None
    form_url: str
    actions: list[SlotAction]
    shown: str  # the picture's reference, for the page's form, which sends only what was looked at
    is_quiet: bool  # whether the page's primary button is another one


class DrawnSlot(SlotDetails):
    """The variables of `partials/slot.html`: one wanted picture and its upload."""

    key: str
    title: str | Promise
    state: str
    reason: str | Promise
    hint: str | Promise
    drawing: str
    poll_url: str
    refresh_url: str


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """One side in small: its picture, or the drawing of a correct one."""

    sample: str
    preview_url: str = ""


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document of the hub: `transfers/documents/row.html`."""

    key: str
    title: Words
    url: str  # "" while it cannot be opened
    thumbnails: list[Thumbnail]
    sides: Words  # its sides or pages; "" for a single picture
    state: str
    label: Words  # replaces the usual label of its state
    words: Words
    items: list[Words]  # what the province wants
    is_ready: bool
    to_sign: Words  # what to do with the printed statement; "" for other documents
    action: Action | None
    form: forms.Form | None  # for pictures dropped on the row
    form_url: str
    hub_url: str
    statement_url: str
    slot_id: str  # the section of the document's page that shows a dropped picture


def no_details() -> SlotDetails:
    """Those of a slot without any."""
    return {
        "label": "",
        "sample": "",
        "preview_url": "",
        "preview_alt": "",
        "full_url": "",
        "found": None,
        "facts": "",
        "form": None,
        "form_url": "",
        "actions": [],
        "shown": "",
        "is_quiet": False,
    }


class SummaryRow(TypedDict):
    """One line of `partials/summary_list.html`."""

    label: str | Promise | None
    value: str | Promise


@dataclass(frozen=True, slots=True)
class Link:
    """A page that the reader may open."""

    label: str | Promise
    url: str


@dataclass(frozen=True, slots=True)
class Tab:
    """One of several lists that share a page (`partials/tabs.html`), with its count."""

    label: str | Promise
    count: int
    url: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """A box of `partials/notices.html`: its kind (info, turn, problem or done), title, and one paragraph a line."""

    kind: str
    title: str | Promise
    lines: tuple[str | Promise, ...] = ()
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class TimeBar:
    """How much of a period has passed (`partials/deadline.html`), with labels of its ends."""

    percent: int
    begins: str | Promise
    ends: str | Promise


@dataclass(frozen=True, slots=True)
class Panel:
    """A part that only some pages have: its template reads it as `panel`."""

    template: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Task:
    """One task of `partials/task_list.html`."""

    title: str | Promise
    url: str  # "" while it cannot be opened
    state: str
    label: str | Promise = ""  # instead of the usual word of its state
    hint: str | Promise = ""
