"""Pages of the desk that are neither lists nor forms of Django: a typed page in, a response out.

`RepeatedTemplate` is for what such a page draws many times.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from html import escape
from typing import ClassVar, Protocol

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.safestring import SafeData, SafeString
from django.utils.translation import get_language

from icpportal.fields.types import Words

# characters that no text contains
BEGIN, END = "\ue000", "\ue001"
PLACE = re.compile(f"{BEGIN}(\\w+){END}")


class Page(Protocol):
    """A page with a title."""

    @property
    def title(self) -> Words:
        """The title of the page."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPage:
    """What a template may use, besides what every page of the desk has."""

    template: ClassVar[str]

    title: Words


def page_response(request: HttpRequest, template: str, context: Mapping[str, object], page: Page) -> TemplateResponse:
    """Renders a page that its template reads as `page`, with what every page of the desk has."""
    return TemplateResponse(request, template, {**context, "title": page.title, "page": page})


def draw(request: HttpRequest, site: AdminSite, page: DeskPage) -> TemplateResponse:
    """Renders the page in the frame of the desk."""
    own = {each.name: getattr(page, each.name) for each in fields(page)}
    return TemplateResponse(request, page.template, {**site.each_context(request), **own})


class RepeatedTemplate:
    """A template whose variables are named `places`, by which it can decide nothing, and `fixed` values.

    What is kept contains nothing of a person, as the places are empty then.
    """

    def __init__(self, name: str, *places: str, **fixed: Words) -> None:
        self.name, self.places, self.fixed = name, places, fixed
        self._kept: dict[str | None, list[str]] = {}  # by language

    def fill(self, **values: Words) -> SafeString:
        """The markup with these values in its places, escaped unless they are safe."""
        first, *rest = self._pieces()
        written = [first]
        for place, text in zip(rest[::2], rest[1::2], strict=True):
            value = str(values[place])
            written += (value if isinstance(value, SafeData) else escape(value), text)
        return SafeString("".join(written))

    def _pieces(self) -> list[str]:
        """Text, name of a place, text, …, text."""
        language = get_language()
        found = self._kept.get(language)
        if found is None:
            marked = {place: SafeString(f"{BEGIN}{place}{END}") for place in self.places}
            found = PLACE.split(render_to_string(self.name, {**self.fixed, **marked}))
            if not settings.DEBUG:  # there, a changed template is read again
                self._kept[language] = found
        return found
