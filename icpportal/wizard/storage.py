"""Where a wizard keeps its answers: on the row itself, so two tabs and two devices see one draft."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date

from django.core.files.storage import Storage
from django.db import models, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from formtools.wizard.storage.base import BaseStorage

from icpportal.fields.types import Column, Json, JsonObject
from icpportal.privacy.fields import sealed
from icpportal.wizard.models import DraftModel

TRIES = 5


class Closed(Exception):
    """The row left its editable state while somebody was typing."""


class RowStorage(BaseStorage):
    """formtools' storage over `request.wizard_row.answers`; a GET changes nothing and nothing is ever reset."""

    def __init__(self, prefix: str, request: HttpRequest, file_storage: Storage | None = None) -> None:
        super().__init__(prefix, request, file_storage)
        self.init_data()

    @property
    def row(self) -> DraftModel:
        return self.request.wizard_row

    def reset(self) -> None:
        """The draft outlives the wizard; retention ends it, not a page view."""

    def get_step_data(self, step: str) -> MultiValueDict | None:
        kept = self.row.answers.get(step)
        return None if kept is None else as_form_data(kept)

    def set_step_data(self, step: str, cleaned_data: dict[str, Json]) -> None:
        keep(self.row, step, cleaned_data)


def as_json(cleaned: Mapping[str, Json | date]) -> dict[str, Json]:
    """Cleaned form data as JSON can carry it: dates as ISO text."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in cleaned.items()}


def as_form_data(kept: JsonObject) -> MultiValueDict:
    """Kept answers as a browser would send them, to validate them once more."""
    data: MultiValueDict[str, str] = MultiValueDict()
    for name, value in kept.items():
        if value is None or value is False:
            continue
        data.setlist(
            name, [str(v) for v in value] if isinstance(value, list) else ["on" if value is True else str(value)]
        )
    return data


def seen_mark(row: DraftModel, step: str) -> str:
    """A mark of what a page showed; another tab's save changes it."""
    text = json.dumps(row.answers.get(step), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def keep(row: DraftModel, step: str, values: JsonObject) -> None:
    """Write one step's answers if they are new; other steps saved since in another tab stay. Raises `Closed`."""
    if row.answers.get(step) == values:
        return
    change(row, lambda answers: {**answers, step: values})


def change(
    row: DraftModel, edit: Callable[[dict[str, dict[str, Json]]], Mapping[str, JsonObject]], **columns: Column
) -> None:
    """Apply `edit` to the row's answers and write `columns`, by one UPDATE that fails when the row moved since.

    A row may say by `columns_when_changed()` what every change writes as well,
    and by `derived()` what else is kept in step.
    """
    manager: models.Manager = type(row)._default_manager
    for _ in range(TRIES):
        if not row.is_editable:
            break
        derived = row.derived()
        row.answers = edit(row.answers)
        written_columns = {**row.columns_when_changed(), **columns}
        with transaction.atomic():
            written = manager.filter(pk=row.pk, version=row.version, state=row.state).update(
                answers=sealed(row, "answers"), version=F("version") + 1, **written_columns
            )
            if written:
                row.version += 1
                for name, value in written_columns.items():
                    setattr(row, name, value)
                if row.derived() != derived:
                    row.keep_derived()
                return
        row.refresh_from_db()
    raise Closed(str(row))
