"""The base of rows that a wizard fills in."""

from collections.abc import Collection
from typing import ClassVar

from icpportal.fields.types import Columns
from icpportal.lifecycle.models import LifecycleModel
from icpportal.privacy.fields import EncryptedJSONField
from icpportal.privacy.models import SealedModel


class DraftModel(LifecycleModel, SealedModel):
    """A row with a lifecycle whose `answers`, by step, are filled in page by page. The model adds the column."""

    answers: EncryptedJSONField
    derived_from: ClassVar[frozenset[str]] = frozenset()  # the steps and columns that `derived_sources()` reads

    class Meta:
        abstract = True

    @property
    def is_editable(self) -> bool:
        """Whether its answers may still be changed."""
        raise NotImplementedError

    def columns_when_changed(self) -> Columns:
        """Further columns that every change of answers writes."""
        return {}

    def derived_sources(self) -> Collection[object]:
        """What the values are made of that are stored outside the row and depend on its answers and columns."""
        return ()

    def keep_derived(self) -> None:
        """Writes those values; called in the transaction of a change of their sources."""
