"""A list of the desk: Django's, narrowed by declared filters alone, with what its page says of it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.contrib.admin.views.main import ChangeList
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from icpportal.desk.stock.declared_lookups import DeclaredList

if TYPE_CHECKING:
    from django.http import HttpRequest

    from icpportal.fields.types import Words


class DeskList(DeclaredList):
    """Called by what lies in it, not by what is to be done with a row."""

    def __init__(self, request: "HttpRequest", *given: Any) -> None:
        super().__init__(request, *given)
        self.title = capfirst(str(self.opts.verbose_name_plural))

    @property
    def frame(self) -> str:
        """The class of the page's frame: with a column for the filters, or without."""
        return "queue" if self.has_filters else "frame"

    @property
    def lead(self) -> "list[Words]":
        """What the page says of itself."""
        said = getattr(self.model_admin, "lead", "")
        return [said] if said else []

    @property
    def count_words(self) -> str:
        """`1,000+`, where more rows are there than were counted."""
        return f"{self.result_count:,}+"

    @property
    def add_label(self) -> str:
        """What the button says that begins a new row."""
        return _("Add %(name)s") % {"name": self.opts.verbose_name}

    @property
    def described_by(self) -> SafeString:
        """The words below the search, for those who cannot see where they stand."""
        return SafeString(' aria-describedby="searchbar_helptext"' if self.search_help_text else "")

    @cached_property
    def kept(self) -> Iterator[tuple[str, str]]:
        """What of the address a search keeps."""
        return ((name, value) for name, value in self.params.items() if name != "q")


def of_the_desk(theirs: type[ChangeList]) -> type[ChangeList]:
    """The same list, closed and with our words."""
    return DeskList if theirs is ChangeList else type(theirs.__name__, (DeskList, theirs), {})
