"""Bar charts as SVG, readable on light and dark pages."""

from html import escape

from bench.harness.tables import Table, format_cell

ROW, BAR, LEFT, WIDE, RIGHT = 26, 16, 260, 420, 120
STYLE = """<style>text{font:13px sans-serif;fill:#24323a}.bar{fill:#0b7a75}.title{font-weight:600}
@media (prefers-color-scheme:dark){text{fill:#dfe8ec}.bar{fill:#4fc3b8}}</style>"""


def bars(table: Table) -> str:
    """The table's chart column, one bar per row; cells that are no numbers are left out."""
    column = table.chart or 1
    drawn = [(format_cell(row[0]), row[column]) for row in table.rows if isinstance(row[column], int | float)]
    most = max((value for _name, value in drawn), default=1) or 1
    parts = [f'<text class="title" x="0" y="16">{escape(table.title)}: {escape(table.columns[column])}</text>']
    for place, (name, value) in enumerate(drawn):
        top, length = 28 + place * ROW, max(1.0, WIDE * value / most)
        parts += [
            f'<text x="{LEFT - 8}" y="{top + 13}" text-anchor="end">{escape(name)}</text>',
            f'<rect class="bar" x="{LEFT}" y="{top}" width="{length:.1f}" height="{BAR}" rx="2"/>',
            f'<text x="{LEFT + length + 6:.1f}" y="{top + 13}">{escape(format_cell(value))}</text>',
        ]
    size = f'width="{LEFT + WIDE + RIGHT}" height="{36 + len(drawn) * ROW}"'
    lines = "\n".join((STYLE, *parts))
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">\n{lines}\n</svg>\n'
