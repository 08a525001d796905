"""The longest tests start first, each process with a share of them."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from xdist.scheduler import WorkStealingScheduling

from tests.environment import is_real
from tests.starting_order import LONGEST_FIRST, LONGEST_OF_SLOW, TOGETHER, place, spread


def item(path: str, number: int = 0, *, slow: bool = False) -> SimpleNamespace:
    """A test as the order sees it."""
    return SimpleNamespace(
        nodeid=f"{path}::{number}", path=Path(path), get_closest_marker=lambda name: slow and name == "slow"
    )


class Process:
    """A process as xdist's scheduler sees it; it runs nothing."""

    shutting_down = False

    def __init__(self) -> None:
        self.gateway = self
        self.id = str(id(self))
        self.tests: list[int] = []

    def send_runtest_some(self, numbers: list[int]) -> None:
        self.tests += numbers


def parts(items: list[SimpleNamespace], processes: int) -> list[list[str]]:
    """What xdist gives each process at first."""
    config = SimpleNamespace(getvalue=lambda _name: [f"{processes}*popen"], option=SimpleNamespace(verbose=0))
    scheduler = WorkStealingScheduling(config)
    nodes = [Process() for _ in range(processes)]
    names = [each.nodeid for each in items]
    for node in nodes:
        scheduler.add_node(node)
    for node in nodes:
        scheduler.add_node_collection(node, names)
    scheduler.schedule()
    return [[names[number] for number in node.tests] for node in nodes]


def test_the_longest_journeys_exist_and_start_first():
    real = filter(is_real, Path(__file__).parent.rglob("test_*.py"))
    files = sorted(real, key=place)

    named = [path.stem.removeprefix("test_") for path in files[: len(LONGEST_FIRST)]]
    assert named == list(LONGEST_FIRST)


def test_the_longest_of_the_slow_files_exist():
    names = {name for path in Path(__file__).parent.rglob("test_*.py") for name in (path.name, path.parent.name)}

    assert {TOGETHER, *LONGEST_OF_SLOW} <= names


def test_each_process_begins_with_its_share_of_the_slow_files():
    """All slow files lay in the parts of two processes, and one of them still ran for minutes after the others."""
    quick = [item(f"quick{number}.py") for number in range(14)]
    slow = [item(f"slow{file}.py", number, slow=True) for file in range(4) for number in range(2)]

    for process in parts(spread([*quick, *slow, item("test_walk.py", slow=True)], 3), 3):
        names = [name.partition("::")[0] for name in process]
        kinds = ["quick" if name.startswith("quick") else "slow" for name in names]
        assert kinds == sorted(kinds, reverse=True)
        assert 2 <= kinds.count("slow") <= 4
        assert "test_walk.py" not in names[1:]


def test_files_that_build_the_same_world_start_in_one_process():
    """Each of three processes built it, for four seconds of computing and twice."""
    walk = [item(f"walk/test_{name}.py", number, slow=True) for name in ("a", "b", "c") for number in range(2)]
    quick = [item(f"quick{number}.py") for number in range(20)]
    others = [item(f"slow{number}.py", slow=True) for number in range(2)]

    found = [
        process for process in parts(spread([*quick, *walk, *others], 3), 3) if any("walk/" in name for name in process)
    ]

    assert [sum("walk/" in name for name in process) for process in found] == [len(walk)]


@pytest.mark.parametrize("processes", [1, 2, 3, 7])
def test_no_test_is_lost_or_runs_twice(processes: int):
    items = [item(f"file{number % 5}.py", number, slow=number % 5 < 3) for number in range(23)]

    assert sorted(each.nodeid for each in spread(items, processes)) == sorted(each.nodeid for each in items)


def test_the_tests_of_a_slow_file_stay_together():
    items = [item("one.py", 1, slow=True), item("two.py", 1, slow=True), item("one.py", 2, slow=True)]

    assert [each.nodeid for each in spread(items, 1)] == ["one.py::1", "one.py::2", "two.py::1"]
