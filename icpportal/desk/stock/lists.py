"""Django's list, limited to declared filters, with the texts of its page."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from icpportal.desk.stock.declared_lookups import DeclaredList

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest

    from icpportal.fields.types import Words


PICKED = "_is_picked"


def is_picked(row: "Model") -> bool:
    """Whether this row of a list was picked for the action that is being answered."""
    return bool(getattr(row, PICKED, False))


class DeskList(DeclaredList):
    """Titled by its content, not by what is to be done with a row."""

    def __init__(self, request: "HttpRequest", *given: Any) -> None:
        super().__init__(request, *given)
        self.title = capfirst(str(self.opts.verbose_name_plural))

    def get_results(self, request: "HttpRequest") -> None:
        """As Django's; the rows picked in a POST know it."""
        super().get_results(request)
        picked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        for row in self.result_list if picked else ():
            setattr(row, PICKED, str(row.pk) in picked)

    @property
    def frame(self) -> str:
        """The CSS class of the page: with or without a column of filters."""
        return "queue" if self.has_filters else "frame"

    @property
    def lead(self) -> "list[Words]":
        """The introductory text of the page."""
        lead = getattr(self.model_admin, "lead", "")
        return [lead] if lead else []

    @property
    def count_words(self) -> str:
        """The count, as `1,000+` if there are more rows than counted."""
        return f"{self.result_count:,}+"

    @property
    def add_label(self) -> str:
        """The label of the button that adds a row."""
        return _("Add %(name)s") % {"name": self.opts.verbose_name}

    @property
    def described_by(self) -> SafeString:
        """The description of the search for screen readers."""
        return SafeString(' aria-describedby="searchbar_helptext"' if self.search_help_text else "")

    @cached_property
    def kept(self) -> Iterator[tuple[str, str]]:
        """The parameters of the URL that a search keeps."""
        return ((name, value) for name, value in self.params.items() if name != "q")


def of_the_desk(theirs: type[ChangeList]) -> type[ChangeList]:
    """The same list, limited and with our texts."""
    return DeskList if theirs is ChangeList else type(theirs.__name__, (DeskList, theirs), {})
