"""What values are, where no library says it: words for people, keys of rows, JSON, facts and columns."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Model
from django.db.models.expressions import Combinable
from django.utils.functional import Promise

Words = str | Promise  # a text, or one that is translated when it is read
Key = str | int | UUID  # what a row is known by

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
JsonObject = Mapping[str, Json]

Answer = Json | date  # to one question of a page, as it is kept
Answers = Mapping[str, Answer]

# what is told of something: to guards, to messages, to the log
Fact = None | bool | int | float | str | date | timedelta | Promise | Sequence["Fact"] | Mapping[str, "Fact"]
Facts = Mapping[str, Fact]
Column = Fact | bytes | UUID | Model | Combinable  # what is written into a row
Columns = Mapping[str, Column]
