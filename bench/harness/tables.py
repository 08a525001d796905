"""Tables, as printed and as shown in docs/performance.md."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

Cell = str | float | int | None


@dataclass(frozen=True)
class Table:
    """Rows found by a part; `chart` is the column drawn as a chart, if any."""

    title: str
    columns: Sequence[str]
    rows: list[Sequence[Cell]] = field(default_factory=list)
    chart: int | None = None

    def text(self) -> str:
        """For the terminal."""
        rows = [list(map(format_cell, row)) for row in self.rows]
        widths = [max(map(_width, column)) for column in zip(self.columns, *rows, strict=True)]
        lines = [self.title, *(_line(row, widths) for row in (list(self.columns), *rows))]
        return "\n".join(lines)

    def markdown(self) -> str:
        """For docs/performance.md."""
        head = f"| {' | '.join(self.columns)} |\n|{' --- |' + ' ---: |' * (len(self.columns) - 1)}"
        return "\n".join([head, *(f"| {' | '.join(map(format_cell, row))} |" for row in self.rows)])

    def as_json(self) -> dict[str, object]:
        return {"title": self.title, "columns": list(self.columns), "rows": self.rows, "chart": self.chart}


def format_cell(cell: Cell) -> str:
    """A cell as text; numbers are rounded to their significant digits."""
    if cell is None:
        return "—"
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int):
        return f"{cell:,}"
    return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.1f}" if abs(cell) >= 10 else f"{cell:.2f}"


def _line(cells: list[str], widths: list[int]) -> str:
    padded = (" " * (width - _width(cell)) + cell for cell, width in zip(cells[1:], widths[1:], strict=True))
    return "  ".join((cells[0] + " " * (widths[0] - _width(cells[0])), *padded)).rstrip()


def _width(words: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in words)
