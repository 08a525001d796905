"""The page of one backdrop at the desk: where it goes, and what can be recorded now."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from icpportal.fields.components import Panel
from icpportal.fields.marked_text import zh
from icpportal.fields.types import Words
from verification.backdrops import actions
from verification.models import Backdrop


@dataclass(frozen=True, slots=True)
class Posting(Panel):
    """The panel for courier and tracking number; `can_post` until it is posted."""

    template: ClassVar[str] = "admin/verification/backdrop/posting.html"
    form: forms.Form
    seen: int
    in_stock: int
    can_post: bool


@dataclass(frozen=True, slots=True)
class Arrival(Panel):
    """The panel that records delivery or return."""

    template: ClassVar[str] = "admin/verification/backdrop/arrival.html"


def panels(backdrop: Backdrop, moves: Collection[str], form: forms.Form) -> list[Panel]:
    """What can be recorded now; a refused form stays, with what was typed."""
    can_post = "post" in moves
    posting = Posting(form, backdrop.version, actions.stock().count, can_post) if can_post or form.is_bound else None
    return [*([posting] if posting else []), *([Arrival()] if "arrive" in moves else [])]


def address(backdrop: Backdrop) -> list[tuple[Words, SafeString]]:
    """The address, and the courier once it is known."""
    found: list[tuple[Words, SafeString | str]] = [
        (_("Recipient"), zh(backdrop.recipient)),
        (_("Recipient's mobile"), format_html("{}", backdrop.mobile)),
        (_("Street address"), format_html("{} {}", zh(backdrop.region_name), zh(backdrop.address))),
        (_("Company"), zh(backdrop.company) if backdrop.company else ""),
        (_("Courier"), format_html("{} {}", backdrop.courier, backdrop.tracking) if backdrop.tracking else ""),
    ]
    return [(label, value) for label, value in found if isinstance(value, SafeString)]
