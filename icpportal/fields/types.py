"""Shared types of values: texts, keys of rows, JSON, facts and columns."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Model
from django.db.models.expressions import Combinable
from django.utils.functional import Promise

Words = str | Promise  # a text, or a lazily translated one
Key = str | int | UUID  # a row's key

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
JsonObject = Mapping[str, Json]

Answer = Json | date  # an answer on a page, as stored
Answers = Mapping[str, Answer]

# values for guards, messages and the log
Fact = None | bool | int | float | str | date | timedelta | Promise | Sequence["Fact"] | Mapping[str, "Fact"]
Facts = Mapping[str, Fact]
Column = Fact | bytes | UUID | Model | Combinable  # values written into a row
Columns = Mapping[str, Column]
