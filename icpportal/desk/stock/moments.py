"""Filters by whether a moment of a row is set."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.contrib.admin import EmptyFieldListFilter
from django.contrib.admin.views.main import ChangeList
from django.utils.translation import pgettext

if TYPE_CHECKING:
    from django.contrib.admin.filters import _ListFilterChoices


class MomentFilter(EmptyFieldListFilter):
    """Django's filter of an empty column, with labels for a moment."""

    def choices(self, changelist: ChangeList) -> "Iterator[_ListFilterChoices]":
        every, *two = super().choices(changelist)
        words = pgettext("has it happened", "Not yet"), pgettext("has it happened", "Yes")
        yield every
        for choice, shown in zip(two, words, strict=True):
            choice["display"] = shown
            yield choice
