"""Stores a wizard's answers on the row itself, so that two tabs and two devices share one draft."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from datetime import date
from functools import cache

from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import CharField, F, IntegerField, UUIDField
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from formtools.wizard.storage.base import BaseStorage

from icpportal.database.prepared_updates import CompiledUpdate
from icpportal.fields.types import Column, Json, JsonObject
from icpportal.privacy.fields import seal_value
from icpportal.wizard.models import DraftModel

TRIES = 5


class RowClosed(Exception):
    """The row left its editable state while somebody was typing."""

    def __init__(self, row: DraftModel) -> None:
        super().__init__(str(row))
        self.row = row


class RowStorage(BaseStorage):
    """formtools' storage over `request.wizard_row.answers`; GET changes nothing, and nothing is ever reset."""

    def __init__(self, prefix: str, request: HttpRequest, file_storage: Storage | None = None) -> None:
        super().__init__(prefix, request, file_storage)
        self.init_data()

    @property
    def row(self) -> DraftModel:
        return self.request.wizard_row

    def reset(self) -> None:
        """Does nothing: retention ends the draft, not a page view."""

    def get_step_data(self, step: str) -> MultiValueDict | None:
        answers = self.row.answers.get(step)
        return None if answers is None else as_form_data(answers)

    def set_step_data(self, step: str, cleaned_data: dict[str, Json]) -> None:
        keep(self.row, step, cleaned_data)


def as_json(cleaned: Mapping[str, Json | date]) -> dict[str, Json]:
    """Cleaned form data as JSON: dates as ISO text."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in cleaned.items()}


def as_form_data(kept: JsonObject) -> MultiValueDict:
    """Stored answers as posted data, to validate them again."""
    data: MultiValueDict[str, str] = MultiValueDict()
    for name, value in kept.items():
        if value is None or value is False:
            continue
        data.setlist(
            name, [str(v) for v in value] if isinstance(value, list) else ["on" if value is True else str(value)]
        )
    return data


def seen_mark(row: DraftModel, step: str) -> str:
    """A digest of what a page showed; another tab's save changes it."""
    text = json.dumps(row.answers.get(step), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def keep(row: DraftModel, step: str, values: JsonObject) -> None:
    """Writes one step's answers if they changed; other steps saved by another tab stay. Raises `RowClosed`."""
    if row.answers.get(step) == values:
        return
    change(row, lambda answers: {**answers, step: values})


def change(
    row: DraftModel, edit: Callable[[dict[str, dict[str, Json]]], Mapping[str, JsonObject]], **columns: Column
) -> None:
    """Applies `edit` to the row's answers and writes `columns`, by one UPDATE that fails if the row has changed.

    `columns` have plain values, no expressions.

    `columns_when_changed()` of the row adds columns to every change, and `derived_sources()` says what else to update.
    """
    for _ in range(TRIES):
        if not row.is_editable:
            break
        answers = edit(row.answers)
        may_differ = not row.derived_from.isdisjoint(_changed(row.answers, answers, columns))
        derived = row.derived_sources() if may_differ else ()
        row.answers = answers
        written_columns = {**row.columns_when_changed(), **columns}
        for name, value in written_columns.items():
            setattr(row, name, value)
        if _write(row, written_columns, has_derived=may_differ and row.derived_sources() != derived):
            return
        row.refresh_from_db()
    raise RowClosed(row)


def _changed(before: Mapping[str, JsonObject], after: Mapping[str, JsonObject], columns: Iterable[str]) -> set[str]:
    """The names of steps whose answers differ, and of written columns."""
    return {*columns, *(step for step in {*before, *after} if before.get(step) != after.get(step))}


def _write(row: DraftModel, columns: Mapping[str, Column], *, has_derived: bool) -> bool:
    """Writes the row's answers and these columns, and what is derived from them; returns False if it has changed."""
    sealed = {"answers": seal_value(row, "answers"), **columns}
    with transaction.atomic() if has_derived else nullcontext():  # one statement needs none
        if not _unchanged(type(row)).run(sealed, pk=row.pk, version=row.version, state=row.state):
            return False
        row.version += 1
        if has_derived:
            row.keep_derived()
    return True


@cache
def _unchanged(model: type[DraftModel]) -> CompiledUpdate[DraftModel]:
    """Writes into a row that is as it was read."""
    rows = model._default_manager
    return CompiledUpdate(
        lambda pk, version, state: rows.filter(pk=pk, version=version, state=state),  # type: ignore[misc]
        {"version": F("version") + 1},
        pk=UUIDField(),
        version=IntegerField(),
        state=CharField(),
    )
