"""The head of the desk: places, the reader, and warnings."""

from dataclasses import dataclass, field

from icpportal.fields.components import Link
from icpportal.fields.types import Words


@dataclass(frozen=True, slots=True)
class DeskLink:
    """One place in the head, with a count if it has one."""

    label: Words
    url: str
    is_here: bool = False
    count: str = ""


@dataclass(frozen=True, slots=True)
class Top:
    """The variables of `admin/top.html`."""

    links: list[DeskLink]
    own_links: list[Link]  # links of the reader's account
    name: Words
    role: Words
    demo: Words = ""  # notice of a demo
    keys_off: bool = False  # single keys are switched off
    warning: Words = ""  # warning about an unsafe configuration
    notices: list[str] = field(default_factory=list)  # notices to all staff
