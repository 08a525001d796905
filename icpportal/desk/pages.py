"""Pages of the desk that are neither lists nor forms of Django: a typed page in, a response out."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import ClassVar, Protocol

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse

from icpportal.fields.types import Words


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
