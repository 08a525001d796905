"""Reads a year's holiday notice from a file, so that staff need not type thirty days."""

import csv
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from icpportal.command_line.text_files import marked_encoding, separator_in
from icpportal.workdays.models import WorkCalendarDay

KINDS = {"work": True, "off": False}


class BadNotice(ValueError):
    """The file is not a list of days; the text says which line and why."""


def read(path: Path, *, source: str = "") -> list[WorkCalendarDay]:
    """The days of a CSV file with lines such as `2027-02-06,work` or `2027-02-08,off,Spring Festival`."""
    text = _text(path)
    lines = csv.reader(text.splitlines(), delimiter=separator_in(text.partition("\n")[0]))
    days = [_day(number, cells, source or path.name) for number, cells in enumerate(lines, start=1) if any(cells)]
    if not days:
        raise BadNotice(f"{path.name} holds no day")
    often, times = Counter(day.date for day in days).most_common(1)[0]
    if times > 1:
        raise BadNotice(f"{path.name} names {often} twice")
    return days


def _text(path: Path) -> str:
    """The file's text: as its byte order mark says, else UTF-8, else the GB18030 of Excel on a Chinese Windows."""
    content = path.read_bytes()
    marked = marked_encoding(content)
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            return content.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    raise BadNotice(f"{path.name} is neither UTF-8, UTF-16 nor GB18030: save it as CSV UTF-8")


def _day(number: int, cells: list[str], source: str) -> WorkCalendarDay:
    texts = [cell.strip() for cell in cells]
    try:
        day = date.fromisoformat(texts[0])
    except ValueError as error:
        raise BadNotice(f"line {number}: write the date as 2027-02-08") from error
    kind = texts[1] if len(texts) > 1 else ""
    if kind not in KINDS:
        raise BadNotice(f"line {number}: write work or off after the date")
    why = texts[2] if len(texts) > 2 else ""
    return WorkCalendarDay(date=day, is_workday=KINDS[kind], source=f"{source}: {why}"[:200] if why else source[:200])


def save(days: Iterable[WorkCalendarDay]) -> int:
    """Writes the days, replacing existing ones; returns how many."""
    saved = WorkCalendarDay.objects.bulk_create(
        days, update_conflicts=True, unique_fields=["date"], update_fields=["is_workday", "source"]
    )
    return len(saved)
