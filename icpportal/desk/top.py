"""The head of the desk: where the reader may go, who the reader is, and what every page warns of."""

from dataclasses import dataclass, field

from icpportal.fields.components import Link
from icpportal.fields.types import Words


@dataclass(frozen=True, slots=True)
class DeskLink:
    """One place in the head, with how much waits there where that is counted."""

    label: Words
    url: str
    is_here: bool = False
    count: str = ""


@dataclass(frozen=True, slots=True)
class Top:
    """What `admin/top.html` draws."""

    links: list[DeskLink]
    own_links: list[Link]  # of the reader's account
    name: Words
    role: Words
    demo: Words = ""  # what a demo says of itself
    keys_off: bool = False  # no single key acts
    warning: Words = ""  # what must not stay so in production
    notices: list[str] = field(default_factory=list)  # what all staff should know
