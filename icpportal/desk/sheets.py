"""Tables exported from the desk, with nothing that spreadsheets would take for a formula."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

Cell = str | int | float
# first characters of formulas, also in the width of Chinese keyboards
FORMULA = (*"=+-@\t\r\n", *"＝＋－＠")
BOM = "\ufeff"  # tells spreadsheets that the file is UTF-8


def neutral(cell: Cell) -> Cell:
    """The cell, with an apostrophe before anything that looks like a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def csv_file(name: str, rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """The rows, the first being the headings, as a CSV download with this name."""
    answer = HttpResponse(BOM, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    csv.writer(answer).writerows([neutral(cell) for cell in row] for row in rows)
    return answer


def xlsx_file(name: str, rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """The same as a workbook with one sheet."""
    from openpyxl import Workbook  # noqa: PLC0415 -- large, and needed here alone

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([neutral(cell) for cell in row])
    answer = HttpResponse(content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    book.save(answer)
    return answer
