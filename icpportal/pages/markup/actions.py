"""Buttons and links of a page, of which a page of documents has a dozen: each kind is drawn once and filled in."""

from collections.abc import Mapping

from django.utils.safestring import SafeString

from icpportal.fields.components import Action
from icpportal.fields.marked_text import zh_parts
from icpportal.fields.types import Facts, Words
from icpportal.kept_html.repeated_templates import RepeatedTemplate
from icpportal.pages.markup.drawings import icon
from icpportal.pages.markup.fields import attributes

BUTTONS = {
    "primary": "button",
    "secondary": "button button-secondary",
    "danger": "button button-danger",
    "link": "link",
}
LINK = RepeatedTemplate("partials/action_link.html", "look", "url", "label")
FORM = RepeatedTemplate("partials/action_form.html", "look", "url", "label", "token", "sends")
ABOUT = RepeatedTemplate("partials/action_about.html", "about")


def markup(given: Action | Mapping[str, object], token: Words) -> SafeString:
    """A link, or a form of one button with this CSRF token."""
    action = given if isinstance(given, Action) else Action(**given)  # type: ignore[arg-type]
    look, words = BUTTONS[action.kind or "secondary"], label(action)
    if not action.post:
        return LINK.fill(look=look, url=action.url, label=words)
    sends: Facts = {"name": action.name, "value": action.value} if action.name else {}
    return FORM.fill(look=look, url=action.url, label=words, token=token, sends=SafeString(attributes(sends)))


def label(action: Action) -> SafeString:
    """What stands on it, with no white space between."""
    words = icon(action.icon) + zh_parts(action.label)
    return SafeString(words + ABOUT.fill(about=zh_parts(action.about)) if action.about else words)
