"""The measured part of docs/performance.md, written from the result files by `python -m bench --write-docs`."""

import math
import shutil
from pathlib import Path

from bench import capacity, runs
from bench.harness import results
from bench.harness.tables import Table
from bench.targets import Result

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "performance.md"
CHARTS = ROOT / "docs" / "pictures" / "bench"
BEGIN, END = "<!-- measured: written by `python -m bench --write-docs` -->\n", "<!-- measured: end -->"


def write() -> None:
    """Writes the text between the two marks, and the charts it shows."""
    before, _, rest = DOCUMENT.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    CHARTS.mkdir(parents=True, exist_ok=True)
    measured = {name: kept for name in runs.PARTS if (kept := results.load(name))}
    chapters = [
        _targets(measured),
        *(_chapter(name, kept) for name, kept in measured.items()),
        capacity.chapter(measured),
    ]
    DOCUMENT.write_text(f"{before}{BEGIN}\n" + "\n\n".join(chapters) + f"\n\n{END}{after}", "utf-8")


def _targets(measured: dict[str, dict]) -> str:
    lines = ["## Targets", "", "| target | measured | must | goal | |", "| --- | ---: | ---: | ---: | --- |"]
    for name in measured:
        lines += [_target(each) for each in results.read(name)]
    return "\n".join(lines)


def _target(result: Result) -> str:
    target = result.target
    sign = "≥" if target.larger else "≤"
    goal = "" if target.goal is None else f"{sign} {target.goal:,g}"
    measured = "not measured" if math.isnan(result.value) else f"{result.value:,.4g} {target.unit}"
    verdict = "**missed**" if result.missed else "ok, goal missed" if result.goal_missed else "ok"
    return f"| {target.name} | {measured.strip()} | {sign} {target.must:,g} | {goal} | {verdict} |"


def _chapter(name: str, kept: dict) -> str:
    """The tables of a part, its charts, and how calm its rounds were."""
    lines = [f"## {name}: {runs.PARTS[name]}", "", f"Measured {kept['at']}; the loop took {kept['spin_ms']} ms."]
    lines += [f"{each['note'].capitalize()}." for each in kept["rounds"].values()]
    drawn = 0
    for each in kept["tables"]:
        table = Table(**each)
        lines += ["", f"**{table.title}**", "", table.markdown()]
        if table.chart is not None:
            drawn += 1
            file = f"{name}-{drawn}.svg"
            shutil.copy(results.FOLDER / file, CHARTS / file)
            lines += ["", f"![{table.title}](pictures/bench/{file})"]
    return "\n".join(lines)
