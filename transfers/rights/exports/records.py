"""The structure of a copy, used for both formats: keys and values for machines, labels and words for people."""

from dataclasses import dataclass, field
from datetime import date, datetime

from icpportal.fields.types import Json, Words
from icpportal.time_format import day_words, long_words


@dataclass(frozen=True, slots=True)
class Entry:
    """One value: key and JSON value, label and words; without a label it is in JSON only."""

    key: str
    label: Words
    value: Json
    words: Words = ""

    @property
    def shown(self) -> Words:
        return self.words or ("" if self.value in (None, []) else str(self.value))


@dataclass(frozen=True, slots=True)
class Record:
    """One thing: an account, an order, a person; `parts` are the things within it."""

    title: Words
    entries: list[Entry] = field(default_factory=list)
    parts: "list[Part]" = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Part:
    """Things of one kind under a key; in JSON a list or, with `is_one`, the thing itself."""

    key: str
    title: Words
    records: list[Record]
    is_one: bool = False


def moment(key: str, label: Words, at: datetime | None) -> Entry:
    """A moment, or empty values for None."""
    return Entry(key, label, at.isoformat() if at else None, long_words(at) if at else "")


def day(key: str, label: Words, on: date | None) -> Entry:
    return Entry(key, label, on.isoformat() if on else None, day_words(on, weekday=False) if on else "")


def as_json(record: Record) -> dict[str, Json]:
    """A record for machines."""
    found: dict[str, Json] = {entry.key: entry.value for entry in record.entries}
    for part in record.parts:
        each = [as_json(one) for one in part.records]
        found[part.key] = (each[0] if each else {}) if part.is_one else each
    return found
