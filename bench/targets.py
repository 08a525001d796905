"""The targets of `make bench`: one row each, with the value required and the value aimed at.

Each part of the bench (a module with `measure() -> list[Result]`) names its own targets.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """One figure: at most `must` (at least, if `larger`); `goal` is the value aimed at."""

    name: str
    unit: str
    must: float
    goal: float | None = None
    larger: bool = False

    def holds(self, value: float, limit: float) -> bool:
        return value >= limit if self.larger else value <= limit


@dataclass(frozen=True)
class Result:
    """The measured value of a target: the median of calm rounds, and a `note` on how it was measured."""

    target: Target
    value: float
    note: str = ""

    @property
    def missed(self) -> bool:
        """Whether the must is missed: the bench then exits with 1."""
        return not self.target.holds(self.value, self.target.must)

    @property
    def goal_missed(self) -> bool:
        return self.target.goal is not None and not self.target.holds(self.value, self.target.goal)

    def line(self) -> str:
        """name, measured, must, goal, ok or missed."""
        target, sign = self.target, "≥" if self.target.larger else "≤"
        goal = "" if target.goal is None else f"goal {sign} {target.goal:g}"
        verdict = "MISSED" if self.missed else "ok, goal missed" if self.goal_missed else "ok"
        measured = "not measured" if math.isnan(self.value) else f"{self.value:,.4g} {target.unit}"
        return f"{target.name:56} {measured:>18}  must {sign} {target.must:<8g} {goal:14} {verdict}"
