"""Two lists of cases that form a grid: each case once with the first of the other list, all pairs in `.ci/long`."""

from collections.abc import Iterable
from itertools import product
from typing import Any

import pytest


def pairs(first: Iterable[Any], second: Iterable[Any]) -> list[Any]:
    """The parameters of a test that takes both."""
    first, second = list(first), list(second)
    return [
        pytest.param(one, other, marks=() if one == first[0] or other == second[0] else pytest.mark.long)
        for one, other in product(first, second)
    ]
