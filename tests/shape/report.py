"""All measures of a checkout, as a table, as JSON, and with the offenders by name."""

import json
from pathlib import Path

from tests.shape import demo, layout, lives, looseness, reach, templates
from tests.shape.tree import Measure, Tree

ROOT = Path(__file__).resolve().parent.parent.parent
VALUES = Path(__file__).with_name("values.json")  # the last counts; they may only shrink
SUBJECTS = (lives, layout, looseness, reach, demo, templates)


def measure_all(root: Path = ROOT) -> list[Measure]:
    tree = Tree(root)
    return [measure for subject in SUBJECTS for measure in subject.measures(tree)]


def kept_values() -> dict[str, float]:
    return json.loads(VALUES.read_text("utf-8"))


def keep(found: list[Measure]) -> None:
    """Saves what has shrunk; what has grown keeps its old value, so that its test fails."""
    before = kept_values() if VALUES.exists() else {}
    values = {measure.key: min(measure.value, before.get(measure.key, measure.value)) for measure in found}
    VALUES.write_text(json.dumps(values, indent=2) + "\n", "utf-8")


def worse(found: list[Measure], before: dict[str, float]) -> list[str]:
    """What exceeds both the saved value and its target, or is saved but no longer measured, or the reverse."""
    grown = [
        f"{measure.key} is {measure.value:g}, was {before[measure.key]:g} (python -m tests.shape --names lists them)"
        for measure in found
        if measure.key in before and measure.value > max(before[measure.key], measure.target)
    ]
    return grown + sorted(f"{key} is not on both sides" for key in {measure.key for measure in found} ^ set(before))


def as_table(found: list[Measure], *, with_names: bool = False) -> str:
    lines = []
    for measure in found:
        word = "ok" if measure.ok else "misses"
        lines.append(f"{measure.key:<16} {measure.value:>8g}  ≤ {measure.target:<6g} {word:<7} {measure.name}")
        lines += [f"    {offender}" for offender in (measure.offenders if with_names and not measure.ok else ())]
    missed = sum(not measure.ok for measure in found)
    return "\n".join([*lines, f"{len(found)} measures, {missed} missed"])


def as_json(found: list[Measure]) -> str:
    rows = [
        {"key": each.key, "name": each.name, "value": each.value, "target": each.target, "ok": each.ok}
        | {"offenders": each.offenders}
        for each in found
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False)
