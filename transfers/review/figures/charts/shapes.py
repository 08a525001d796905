"""Charts as shapes: whole numbers that become SVG attributes, and CSS classes; no style, no script."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

WIDTH = 620
START, MIDDLE, END = "start", "middle", "end"
FIRST, SECOND, WARN, BAD, SMALL = "c1", "c2", "cw", "cb", "few"  # how a bar is filled
LABEL, STRONG, AXIS = "lb", "axb", "ax"  # how words are written
GRID, LIMIT = "grid", "limit"  # how a line is drawn


@dataclass(frozen=True, slots=True)
class Bar:
    x: int
    y: int
    width: int
    height: int
    css: str


@dataclass(frozen=True, slots=True)
class Line:
    x1: int
    x2: int
    y1: int
    y2: int
    css: str


@dataclass(frozen=True, slots=True)
class Text:
    x: int
    y: int
    anchor: str
    css: str
    words: str


@dataclass(frozen=True, slots=True)
class Curve:
    points: str
    css: str
    end_x: int
    end_y: int


@dataclass(slots=True)
class Drawing:
    """What `admin/figures/drawing.html` draws."""

    label: str
    height: int
    width: int = WIDTH
    bars: list[Bar] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Row:
    """One horizontal bar: what it shows, how long it is, what is written after it."""

    label: str
    value: int
    said: str
    note: str = ""
    is_few: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A value to compare all bars with."""

    value: int
    words: str


# --- horizontal bars, one below the other ---

ROW, THICK = 28, 16
NAMES_END, BARS_START, BARS_END, SAID_END, NOTES_END = 226, 236, 470, 528, 616


def lying(label: str, rows: Sequence[Row], mark: Mark | None = None) -> Drawing:
    """Draws horizontal bars of one measure; the longest takes the whole width."""
    top = 14 if mark else 0
    drawing = Drawing(label, top + ROW * len(rows) + 8)
    most = max([row.value for row in rows] + ([mark.value] if mark else []), default=0)
    for place, row in enumerate(rows):
        y = top + 6 + ROW * place
        drawing.texts.append(Text(NAMES_END, y + 13, END, LABEL, row.label))
        drawing.bars.append(Bar(BARS_START, y, _part(row.value, most), THICK, SMALL if row.is_few else FIRST))
        drawing.texts.append(Text(SAID_END, y + 13, END, STRONG, row.said))
        drawing.texts.append(Text(NOTES_END, y + 13, END, AXIS, row.note))
    if mark:
        x = BARS_START + _part(mark.value, most)
        drawing.lines.append(Line(x, x, top - 2, drawing.height, LIMIT))
        drawing.texts.append(Text(x, 10, MIDDLE, STRONG, mark.words))
    return drawing


def _part(value: int, most: int) -> int:
    return round((BARS_END - BARS_START) * value / most) if most else 0


# --- stacked bars of equal length ---

STACK_ROW, STACK_THICK, STACK_START, STACK_END, STACK_NOTE = 26, 18, 96, 560, 616
FILLS = (FIRST, SECOND, WARN, BAD)


@dataclass(frozen=True, slots=True)
class Stack:
    """One bar of parts, in the order of `FILLS` or of the fills that the chart names."""

    label: str
    parts: tuple[int, ...]


def stacked_bars(label: str, rows: Sequence[Stack], fills: tuple[str, ...] = FILLS) -> Drawing:
    """Draws bars of equal length, whose parts are shares; the total is written after each."""
    drawing = Drawing(label, STACK_ROW * len(rows) + 8)
    for place, row in enumerate(rows):
        y, x, whole = 6 + STACK_ROW * place, STACK_START, sum(row.parts)
        drawing.texts.append(Text(STACK_START - 10, y + 14, END, LABEL, row.label))
        drawing.texts.append(Text(STACK_NOTE, y + 14, END, AXIS, f"n {whole}"))
        for part, fill in zip(row.parts, fills, strict=False):
            width = round((STACK_END - STACK_START) * part / whole) if whole else 0
            if width:
                drawing.bars.append(Bar(x, y, max(width - 1, 1), STACK_THICK, fill))
            x += width
    return drawing


# --- pairs of columns over time, and curves ---

LEFT, TOP, BOTTOM, HEIGHT = 40, 14, 190, 220
CURVE_END = 508
STEPS = (1, 2, 3, 5, 10, 15, 20, 30, 50, 100, 200, 300, 500, 1000, 2000, 3000, 5000, 10_000)
GRID_LINES, TEXT_LINE = 4, 16


def columns(label: str, names: Sequence[str], pairs: Sequence[tuple[int, int]]) -> Drawing:
    """Draws two columns side by side for each name. Of many names, only some are written."""
    drawing = Drawing(label, HEIGHT)
    most = _grid(drawing, max((max(pair) for pair in pairs), default=0), WIDTH)
    room = (WIDTH - LEFT) / max(len(pairs), 1)
    wide = max(int(room * 0.38), 1)
    for place, (name, pair) in enumerate(zip(names, pairs, strict=True)):
        x = LEFT + round(room * place + room * 0.1)
        for number, value in enumerate(pair):
            height = _height(value, most)
            drawing.bars.append(Bar(x + number * (wide + 1), BOTTOM - height, wide, height, FILLS[number]))
        _name(drawing, place, len(pairs), x + wide, name)
    return drawing


@dataclass(frozen=True, slots=True)
class Series:
    """A curve: its values, and what is written at its end."""

    values: Sequence[int | None]
    words: str
    css: str


def curves(label: str, names: Sequence[str], series: Sequence[Series], limit: Mark, unit: int = 1) -> Drawing:
    """Draws a curve for each series over the same names, with a line to compare with; unknown values are left out.

    `unit` is how many of what is counted make one of the numbers beside the grid.
    """
    drawing = Drawing(label, HEIGHT)
    known = [value for each in series for value in each.values if value is not None]
    most = _grid(drawing, max([*known, limit.value]), CURVE_END, unit)
    step = (CURVE_END - LEFT) / max(len(names) - 1, 1)
    level = BOTTOM - _height(limit.value, most)
    drawing.lines.append(Line(LEFT, CURVE_END, level, level, LIMIT))
    ends = [(level, limit.words)]
    for each in series:
        points = [
            (LEFT + round(step * place), BOTTOM - _height(value, most))
            for place, value in enumerate(each.values)
            if value is not None
        ]
        if points:
            x, y = points[-1]
            drawing.curves.append(Curve(" ".join(f"{x},{y}" for x, y in points), each.css, x, y))
            ends.append((y, each.words))
    drawing.texts += [Text(CURVE_END + 8, y + 4, START, STRONG, words) for y, words in _apart(ends)]
    for place, name in enumerate(names):
        _name(drawing, place, len(names), LEFT + round(step * place), name)
    return drawing


def _apart(ends: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Moves the words at the ends of lines apart, so that each is at least a line of text below the one above it."""
    lowest = -TEXT_LINE
    for y, words in sorted(ends):
        lowest = max(y, lowest + TEXT_LINE)
        yield lowest, words


def _grid(drawing: Drawing, most: int, end: int, unit: int = 1) -> int:
    """The lines at round numbers, and the value at the top of the grid."""
    step = next((each for each in STEPS if each * GRID_LINES * unit >= most), -(-most // (GRID_LINES * unit)))
    for number in range(GRID_LINES + 1):
        y = BOTTOM - _height(number * step, GRID_LINES * step)
        drawing.lines.append(Line(LEFT - 6, end, y, y, GRID))
        drawing.texts.append(Text(LEFT - 14, y + 4, END, AXIS, str(number * step)))
    return step * GRID_LINES * unit


def _height(value: int, most: int) -> int:
    return round((BOTTOM - TOP) * value / most) if most else 0


def _name(drawing: Drawing, place: int, names: int, x: int, name: str) -> None:
    every = -(-names // 5)
    if place % every == 0:
        drawing.texts.append(Text(x, HEIGHT - 10, MIDDLE, AXIS, name))
