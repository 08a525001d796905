"""Tables that leave the desk as files: nothing in them is taken for a formula by the program that opens them."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

Cell = str | int | float
# what a text begins with that a spreadsheet would calculate, also as a Chinese keyboard writes it
FORMULA = (*"=+-@\t\r\n", *"＝＋－＠")
BOM = "\ufeff"  # by which spreadsheets know that Chinese is written in UTF-8


def neutral(cell: Cell) -> Cell:
    """The cell as it may stand in a file: a text that looks like a formula has an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def csv_file(name: str, rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """The rows, the first of them the headings, as a CSV file to be saved under this name."""
    answer = HttpResponse(BOM, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    csv.writer(answer).writerows([neutral(cell) for cell in row] for row in rows)
    return answer


def xlsx_file(name: str, rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """The same as a workbook of one sheet."""
    from openpyxl import Workbook  # noqa: PLC0415 -- large, and needed here alone

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([neutral(cell) for cell in row])
    answer = HttpResponse(content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    book.save(answer)
    return answer
