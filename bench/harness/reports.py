"""What a part found beyond its targets: printed at once, kept for the result file and docs/performance.md."""

from bench.harness.rounds import Rounds
from bench.harness.tables import Table

_tables: list[Table] = []
_rounds: dict[str, dict[str, object]] = {}


def show(table: Table) -> None:
    """Prints a table and keeps it for the results of the current part."""
    print(f"\n{table.text()}\n", flush=True)
    _tables.append(table)


def keep(name: str, rounds: Rounds) -> None:
    """Records how calm the rounds of a part were."""
    print(f"{name}: {rounds.note}", flush=True)
    _rounds[name] = rounds.as_json()


def take() -> tuple[list[Table], dict[str, dict[str, object]]]:
    """What was recorded since the last call."""
    found = list(_tables), dict(_rounds)
    _tables.clear()
    _rounds.clear()
    return found
