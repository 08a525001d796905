"""Workers, broker, database and clock fail while orders are in progress: all arrive, once, and in time."""

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from tests.journeys.scene import ENDS, Scene, is_over, opened, wait
from tests.transfers import states

pytestmark = [pytest.mark.worker, pytest.mark.services]

ORDERS = 100
DIES_EVERY = 2  # seconds
SETTLED = 180


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with opened(tmp_path, MIIT_CONNECT_SECONDS="2", MIIT_FILES_SECONDS="3") as scene:
        yield scene


def beat(scene: Scene, name: str = "beat") -> subprocess.Popen:
    return scene.run(*scene.celery, "-A", "icpportal", "beat", "--schedule", str(scene.folder / name))


def set_off(scene: Scene, number: int) -> list[str]:
    """So many orders whose photo was just accepted."""
    references: list[str] = scene.ask("place", number=number)
    accept_photos(scene, references)
    return references


def check_arrival(scene: Scene, number: int) -> dict[str, Any]:
    """All are in the right state; nothing is lost or doubled."""
    told: dict[str, Any] = scene.ask("summary")
    ends = Counter(map(tuple, told["orders"].values()))
    assert ends == {tuple(ENDS["12"]): number // 2, tuple(ENDS["44"]): number // 2}
    assert told["reports"] == told["keys_of_reports"]
    assert told["sequences"] == list(range(1, number + 1))
    received = scene.ministry.client.reports(limit=2 * number)
    assert sorted(row["own_id"] for row in received) == told["own_ids"]
    assert told["parked"] == 0
    return told


@pytest.mark.long
def test_a_hundred_orders_arrive_while_a_worker_dies_every_two_seconds(scene: Scene) -> None:
    references = scene.ask("place", number=ORDERS)
    beat(scene)
    mortal = Mortal(scene)
    for place, reference in enumerate(references):
        scene.ask("move", reference=reference, kill=0, silent=bool(place % 2))
        mortal.live()
    settles = time.monotonic() + SETTLED
    while not is_over(scene.ask("summary")):
        assert time.monotonic() < settles, scene.ask("summary")
        mortal.live()
        time.sleep(0.1)

    check_arrival(scene, ORDERS)
    assert mortal.deaths > 5


class Mortal:
    """A worker that dies every two seconds and is restarted."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.deaths = scene, 0
        self.worker, self.dies = scene.worker(), time.monotonic() + DIES_EVERY

    def live(self) -> None:
        """Dies when it is time."""
        if time.monotonic() < self.dies:
            return
        os.killpg(self.worker.pid, signal.SIGKILL)
        self.deaths += 1
        self.worker, self.dies = self.scene.worker(), time.monotonic() + DIES_EVERY


def empty_redis(scene: Scene) -> None:
    """Deletes all tasks, locks and counters in Redis."""
    client = redis.Redis.from_url(scene.environment["REDIS_URL"])
    for _turn in range(3):
        client.flushdb()
        time.sleep(0.5)


def cut_connections(scene: Scene) -> None:
    """Cuts every connection to the database, as a restart does, again and again."""
    name = scene.environment["DATABASE_URL"].rpartition("/")[2]
    with psycopg.connect(scene.environment["DATABASE_URL"].rpartition("/")[0] + "/postgres", autocommit=True) as server:
        cut = 0
        for _turn in range(3):
            cut += server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND application_name = ''",
                [name],
            ).rowcount
            time.sleep(0.5)
        assert cut


def start_second_beat(scene: Scene) -> None:
    """A second beat sends everything once more."""
    beat(scene, "second-beat")


FAULTS: dict[str, Callable[[Scene], None]] = {
    "Redis is flushed": empty_redis,
    "the database cuts its connections": cut_connections,
    "there are two beats": start_second_beat,
}


@pytest.mark.parametrize(
    "fault", [*list(FAULTS)[:2], *(pytest.param(fault, marks=pytest.mark.long) for fault in list(FAULTS)[2:])]
)
def test_orders_arrive_once_although(scene: Scene, fault: str) -> None:
    beat(scene)
    scene.worker()
    set_off(scene, 4)

    FAULTS[fault](scene)

    wait(lambda: is_over(scene.ask("summary")), "something is still owed", seconds=90)
    check_arrival(scene, 4)


HOUR = 3600


@pytest.mark.parametrize("by", [-HOUR, pytest.param(HOUR, marks=pytest.mark.long)])
def test_orders_arrive_once_and_in_time_although_the_clock_is_set_by_an_hour(scene: Scene, by: int) -> None:
    scene.celery = ("-m", "tests.journeys.clock")
    beat(scene)
    scene.worker()
    before, after, last = in_turn(scene, 2, 2, 2)
    accept_photos(scene, before)

    set_clock(scene, by)
    accept_photos(scene, after)

    wait(lambda: len(scene.ask("summary")["sequences"]) == 4, "not all was sent", seconds=150)
    wait(lambda: len(waiting_for_phones(scene)) == 2, "an order never came to its phones")
    scene.ask("due", seconds=-1)
    wait(lambda: len(lapses(scene)) == 2, "a deadline was missed", seconds=150)
    set_clock(scene, 0)
    accept_photos(scene, last)
    wait(lambda: len(scene.ask("summary")["sequences"]) == 6, "nothing goes on", seconds=150)
    result = scene.ask("summary")
    assert result["reports"] == result["keys_of_reports"]
    assert result["sequences"] == list(range(1, 7))
    assert set(lapses(scene).values()) == {1}


def in_turn(scene: Scene, *numbers: int) -> list[list[str]]:
    """So many orders, and so many more."""
    placed = iter(scene.ask("place", number=sum(numbers)))
    return [[next(placed) for _turn in range(number)] for number in numbers]


def accept_photos(scene: Scene, references: list[str]) -> None:
    for reference in references:
        scene.ask("move", reference=reference, kill=0, silent=False)


def set_clock(scene: Scene, by: int) -> None:
    asked = scene.folder / "clock.new"
    asked.write_text(str(by))
    asked.rename(scene.folder / "clock")
    wait(lambda: scene.ask("clock") == by, "the mover keeps its clock")


def waiting_for_phones(scene: Scene) -> list[str]:
    orders = scene.ask("summary")["orders"]
    return [reference for reference, (_province, state, *_moves) in orders.items() if state == states.PHONE_DUE]


def lapses(scene: Scene) -> dict[str, int]:
    """How often each order was returned for unconfirmed phones."""
    orders = scene.ask("summary")["orders"]
    return {
        reference: moves.count("lapse") for reference, (_province, _state, *moves) in orders.items() if "lapse" in moves
    }
