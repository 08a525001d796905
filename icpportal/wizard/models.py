"""The row that a wizard fills in."""

from collections.abc import Collection

from icpportal.fields.types import Columns
from icpportal.lifecycle.models import LifecycleModel
from icpportal.privacy.fields import EncryptedJSONField
from icpportal.privacy.models import SealedModel


class DraftModel(LifecycleModel, SealedModel):
    """A row with a life whose `answers`, by step, are typed page after page. The model itself has the column."""

    answers: EncryptedJSONField

    class Meta:
        abstract = True

    @property
    def is_editable(self) -> bool:
        """Whether its answers may still change."""
        raise NotImplementedError

    def columns_when_changed(self) -> Columns:
        """What every change of answers writes as well."""
        return {}

    def derived(self) -> Collection[tuple[str, str]]:
        """What is kept beside the row because of its answers and columns."""
        return ()

    def keep_derived(self) -> None:
        """Writes it; called in the transaction of a change that alters it."""
