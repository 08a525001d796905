"""The bench itself: what was not measured counts as missed, only calm rounds count, and clicks are counted right."""

import math
import os
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from bench import runs
from bench.harness import machine, processes, results, rounds
from bench.harness.charts import bars
from bench.harness.services import Missing
from bench.harness.tables import Table
from bench.targets import Result, Target
from bench.walks.visitor import Visitor

COST = Target("cost of a page", "ms", 20, 10)
SPEED = Target("orders moved", "/s", 2000, 5000, larger=True)


@pytest.mark.parametrize(("target", "value", "verdict"), [
    (COST, 9, "ok"), (COST, 15, "ok, goal missed"), (COST, 21, "MISSED"),
    (SPEED, 6000, "ok"), (SPEED, 3000, "ok, goal missed"), (SPEED, 100, "MISSED"),
    (COST, math.nan, "MISSED"), (SPEED, math.nan, "MISSED"),
])  # fmt: skip
def test_a_line_says_whether_must_and_goal_are_met(target: Target, value: float, verdict: str) -> None:
    assert Result(target, value).line().endswith(f" {verdict}")


def test_what_was_not_measured_counts_as_missed_with_the_reason(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    def measure() -> list[Result]:
        raise Missing("no PostgreSQL answers")

    part = SimpleNamespace(TARGETS=[COST, SPEED], measure=measure)
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    monkeypatch.setattr(runs.importlib, "import_module", lambda _name: part)

    runs.run("journeys")

    found = results.read("journeys")
    assert [each.missed for each in found] == [True, True]
    assert all("no PostgreSQL answers" in each.note for each in found)


def test_a_part_that_measures_fewer_than_its_targets_misses_the_rest(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    part = SimpleNamespace(TARGETS=[COST, SPEED], measure=lambda: [Result(COST, 9)])
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    monkeypatch.setattr(runs.importlib, "import_module", lambda _name: part)

    runs.run("journeys")

    assert [each.missed for each in results.read("journeys")] == [False, True]


def test_a_part_without_a_result_file_has_missed(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(results, "FOLDER", tmp_path)

    assert [each.missed for each in results.read("journeys")] == [True]


class Noise:
    """The share of others on the machine, as a test sets it."""

    def __init__(self, *shares: float) -> None:
        self.shares = iter(shares)

    def __call__(self, _beside: Any) -> "Noise":
        return self

    def share(self) -> float:
        return next(self.shares)


def test_only_calm_rounds_count(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = iter(range(100))
    monkeypatch.setattr(rounds, "Others", Noise(0.5, 0.02, 0.3, 0.01))

    found = rounds.interleave({"a": lambda: next(turns)}, count=2)

    assert found.of("a") == [3, 1]
    assert found.tried == 4
    assert "calm" not in found.note


def test_with_too_few_calm_rounds_the_calmest_are_used_and_the_note_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    turns = iter(range(100))
    monkeypatch.setattr(rounds, "Others", Noise(0.5, 0.4, 0.05, 0.6))

    found = rounds.interleave({"a": lambda: next(turns)}, count=2, limit=4)

    assert found.of("a") == [2, 1]
    assert "only 1 of them calm" in found.note


def test_a_round_judged_invalid_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = iter(range(100))
    monkeypatch.setattr(rounds, "Others", Noise(0.01, 0.02, 0.03))

    found = rounds.interleave(
        {"a": lambda: next(turns)}, count=2, judge=lambda sides, _spin: "too dear" if sides["a"] == 0 else ""
    )

    assert found.of("a") == [1, 2]


def test_the_sides_of_a_round_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(rounds, "Others", Noise(0, 0))

    rounds.interleave({"a": lambda: seen.append("a"), "b": lambda: seen.append("b")}, count=2)

    assert seen == ["a", "b", "a", "b"]


@pytest.mark.parametrize(("percent", "value"), [(0, 1), (50, 3), (100, 5), (75, 4), (90, 4.6)])
def test_a_percentile_lies_between_the_neighbouring_values(percent: float, value: float) -> None:
    assert rounds.percentile([5, 1, 4, 2, 3], percent) == pytest.approx(value)


def test_what_a_child_used_still_counts_after_its_end() -> None:
    before = machine.ours()

    subprocess.run([sys.executable, "-c", "sum(range(40_000_000))"], check=True)

    assert machine.ours() - before > 0.2


def test_memory_of_this_process_is_read() -> None:
    assert processes.pss([os.getpid()]) > 10


def test_a_process_that_does_not_exist_has_used_nothing() -> None:
    assert processes.cpu([2**22 + 1]) == 0
    assert processes.pss([2**22 + 1]) == 0


def test_a_chart_has_one_bar_per_row_and_names_are_escaped() -> None:
    drawn = bars(Table("Pages", ("", "ms"), [("a <b>", 2.0), ("not measured", None), ("c", 4.0)], 1))

    assert drawn.count('class="bar"') == 2
    assert "a &lt;b&gt;" in drawn


def answer(method: str, status: int, seconds: float, history: tuple[Any, ...] = ()) -> Any:
    elapsed = SimpleNamespace(total_seconds=lambda: seconds)
    request = SimpleNamespace(method=method)
    return SimpleNamespace(request=request, status_code=status, elapsed=elapsed, history=history)


def test_a_form_and_the_page_after_it_are_two_requests_and_a_redirect_is_none() -> None:
    me = Visitor("http://127.0.0.1")

    me.note(answer("GET", 200, 4.0, (answer("POST", 302, 1.0), answer("GET", 302, 2.0))))

    assert me.took == [1.0, 6.0]
