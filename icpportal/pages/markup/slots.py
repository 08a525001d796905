"""The sides of documents, of which a page of documents has several: each state is drawn once and filled in."""

from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from icpportal.fields.components import DrawnSlot
from icpportal.fields.marked_text import zh_parts
from icpportal.fields.types import Words
from icpportal.kept_html.repeated_templates import RepeatedTemplate
from icpportal.pages.markup import actions
from icpportal.pages.markup.drawings import drawing, sample
from icpportal.pages.markup.order_slip import state_mark

GAPS = (
    "key", "title", "preview_alt", "picture", "form_url", "button_look", "token", "mark", "full_url",
    "frames", "found",
)  # fmt: skip
MAY_BE_EMPTY = (
    "poll_url", "refresh_url", "preview_url", "reason", "hint", "shown", "facts", "form", "actions",
)  # fmt: skip
CLASSES = {"look": "slot-look slot-ready"}  # of the others, the one of its state
QUIET = " button-secondary"


class SlotLook(NamedTuple):
    """How a document's slot looks in a state."""

    tone: str
    icon: str
    label: Words
    waits: bool = False  # the page asks for it again, and its picture is not shown
    folds: bool = False  # its form is folded


LOOKS = {
    "empty": SlotLook("slate", "circle-dashed", _("Not uploaded")),
    "checking": SlotLook("blue", "hourglass", _("Checking"), waits=True, folds=True),
    "ready": SlotLook("green", "right", _("Ready"), folds=True),
    "look": SlotLook("teal", "warning", _("Ready, but look")),
    "reused": SlotLook("green", "right", _("Using an earlier upload"), folds=True),
    "again": SlotLook("amber", "return", _("Upload again")),
    "replace": SlotLook("amber", "return", _("To replace")),
}
ALIASES = {"refused": "again", "retired": "empty", "": "empty"}


def _template(key: str, look: SlotLook) -> RepeatedTemplate:
    classes = CLASSES.get(key, f"slot-{key}")
    return RepeatedTemplate("partials/slot.html", *GAPS, may_be_empty=MAY_BE_EMPTY, classes=classes, folds=look.folds)


SLOTS = {key: _template(key, look) for key, look in LOOKS.items()}


def look_key(state: str) -> str:
    """The entry of `LOOKS` for a state: refused looks like again, retired like empty."""
    return ALIASES.get(state, state)


def markup(slot: DrawnSlot, token: Words) -> SafeString:
    """One side of a document with its form, which sends this CSRF token."""
    key = look_key(slot["state"])
    look = LOOKS[key]
    found = {"found": slot["found"]} if slot["found"] else None
    return SLOTS[key].fill(
        key=slot["key"],
        title=zh_parts(slot["title"]),
        mark=state_mark(look.tone, look.icon, slot["label"] or look.label),
        poll_url=slot["poll_url"] if look.waits else "",
        refresh_url=slot["refresh_url"] if look.waits else "",
        preview_url="" if look.waits else slot["preview_url"],
        full_url=slot["full_url"] or slot["preview_url"],
        preview_alt=slot["preview_alt"] or slot["title"],
        frames=render_to_string("partials/frames.html", found) if found else "",
        found=render_to_string("partials/found.html", found) if found else "",
        picture=sample(slot["sample"]) if slot["sample"] else drawing(slot["drawing"]) if slot["drawing"] else "",
        reason=zh_parts(slot["reason"]) if slot["reason"] else "",
        hint=zh_parts(slot["hint"]) if slot["hint"] and key == "empty" and not slot["reason"] else "",
        shown=slot["shown"],
        facts=slot["facts"],
        form=slot["form"] or "",
        form_url=slot["form_url"],
        button_look=QUIET if slot["is_quiet"] else "",
        token=token,
        actions=SafeString("".join(actions.markup(action, token) for action in slot["actions"])),
    )
