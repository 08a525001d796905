"""The result files: var/bench/PART.json and the charts of its tables."""

import json
import math
import time
from dataclasses import asdict
from pathlib import Path

from bench.harness.charts import bars
from bench.harness.machine import spin
from bench.harness.tables import Table
from bench.targets import Result, Target

FOLDER = Path(__file__).resolve().parents[2] / "var" / "bench"


def forget(part: str) -> None:
    """Deletes the results of an earlier run."""
    _file(part).unlink(missing_ok=True)


def write(part: str, found: list[Result], tables: list[Table], rounds: dict[str, dict[str, object]]) -> None:
    """Writes what a part found."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    drawn = [table for table in tables if table.chart is not None]
    for number, table in enumerate(drawn, 1):
        (FOLDER / f"{part}-{number}.svg").write_text(bars(table), "utf-8")
    kept = {
        "part": part,
        "at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "spin_ms": round(spin() * 1000, 2),
        "results": [_as_json(each) for each in found],
        "tables": [table.as_json() for table in tables],
        "rounds": rounds,
    }
    _file(part).write_text(json.dumps(kept, ensure_ascii=False, indent=1), "utf-8")


def _as_json(result: Result) -> dict[str, object]:
    measured = None if math.isnan(result.value) else result.value
    return {"target": asdict(result.target), "value": measured, "missed": result.missed, "note": result.note}


def read(part: str) -> list[Result]:
    """What a part found in its last run; without a file all its targets are missed."""
    kept = load(part)
    if not kept:
        return [Result(Target(f"{part}: ended without a result", "", 0), math.nan)]
    return [
        Result(Target(**each["target"]), math.nan if each["value"] is None else each["value"], each["note"])
        for each in kept["results"]
    ]


def load(part: str) -> dict:
    """The whole file of a part, empty if there is none."""
    try:
        return json.loads(_file(part).read_text("utf-8"))
    except FileNotFoundError:
        return {}


def _file(part: str) -> Path:
    return FOLDER / f"{part}.json"
