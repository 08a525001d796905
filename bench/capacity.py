"""The people, orders and bytes that the measured figures allow; what was not measured is marked."""

from bench.harness.tables import format_cell

BUSY = 0.5  # of a core: the rest is for peaks, beat and the desk
DAY_HOURS = 12  # during which applicants come
MEASURED, EXTRAPOLATED, NOT = "measured", "extrapolated", "not measured"
FILINGS, OPEN, AN_HOUR = 5_000_000, 100_000, 2_000  # a large provider: on file, open, submitted in an hour

Row = tuple[str, float | str | None, str]


def chapter(measured: dict[str, dict]) -> str:
    """The table of docs/performance.md, from the results of the parts."""
    rows = [*_people(measured), *_storage(measured), *_large(measured)]
    lines = [
        f"| {what} | {format_cell(value)} | {how if value is not None or NOT in how else NOT} |"
        for what, value, how in rows
    ]
    head = ["## Capacity", "", f"A core is taken to be busy for {BUSY:.0%} of {DAY_HOURS} hours a day.", ""]
    return "\n".join([*head, "| | | |", "| --- | ---: | --- |", *lines])


def _cell(measured: dict[str, dict], part: str, table: str, row: str, column: int) -> float | None:
    """A figure found by a part; None if it was not measured."""
    for each in measured.get(part, {}).get("tables", []):
        if each["title"].startswith(table):
            return next((cells[column] for cells in each["rows"] if str(cells[0]).startswith(row)), None)
    return None


def _order_cpu(measured: dict[str, dict]) -> dict[str, float | None]:
    """Milliseconds of an order, by who causes them."""
    case, queue = (_cell(measured, "pages", "Pages", f"desk: {name}", 1) for name in ("case", "queue"))
    reported = [
        _cell(measured, "reports", "Reports", phase, column)
        for phase in ("report q", "report b", "answer")
        for column in (1, 2)
    ]
    return {
        "applicant: the journey until it is sent, all processes": _cell(measured, "journeys", "Processor", "all", 2),
        "reviewer: the queue once, the case four times": None if case is None or queue is None else queue + 4 * case,
        "ministry: report and answer": None if None in reported else sum(each or 0.0 for each in reported),
    }


def _people(measured: dict[str, dict]) -> list[Row]:
    costs = _order_cpu(measured)
    known = [cost for cost in costs.values() if cost is not None]
    seconds = DAY_HOURS * 3600 * BUSY * 1000
    rows: list[Row] = [(f"{name}, ms of a core", cost, MEASURED) for name, cost in costs.items()]
    whole = sum(known) if len(known) == len(costs) else None
    journey = costs["applicant: the journey until it is sent, all processes"]
    return [
        *rows,
        ("applicants a day for each core, until the order is sent", journey and seconds / journey, EXTRAPOLATED),
        ("orders a day for each core, from start to approval", whole and seconds / whole, EXTRAPOLATED),
    ]


def _storage(measured: dict[str, dict]) -> list[Row]:
    rows_kb = _cell(measured, "journeys", "Storage", "rows", 1)
    files_kb = _cell(measured, "journeys", "Storage", "files", 1)
    return [
        ("rows of an order that was sent, kB of PostgreSQL", rows_kb, MEASURED),
        ("pictures of an order that was sent, kB, for 30 days after its approval", files_kb, MEASURED),
        ("the photo of step 6, kB, kept as long", 300.0, f"{NOT}: taken as one more picture of 300 kB"),
        ("files of a report and its answer, kept for 100 days", None, NOT),
    ]


def _large(measured: dict[str, dict]) -> list[Row]:
    journey = _order_cpu(measured)["applicant: the journey until it is sent, all processes"]
    rows_kb = _cell(measured, "journeys", "Storage", "rows", 1)
    files_kb = _cell(measured, "journeys", "Storage", "files", 1)
    name = f"a provider with {FILINGS:,} filings, {OPEN:,} open orders, {AN_HOUR:,} submissions an hour"
    return [
        (f"{name}: cores for the submissions", journey and AN_HOUR * journey / 3_600_000 / BUSY, EXTRAPOLATED),
        ("the same: GB of PostgreSQL for its filings", rows_kb and FILINGS * rows_kb / 1e6, EXTRAPOLATED),
        ("the same: GB of pictures of its open orders", files_kb and OPEN * files_kb / 1e6, EXTRAPOLATED),
        ("the same: lists and search", None, f"{NOT} beyond the world of `make bench-world`"),
        ("the same: reports an hour over the ministry's one line", None, f"{NOT}: the ministry sets its pace"),
    ]
