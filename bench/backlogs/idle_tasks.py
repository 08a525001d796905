"""Celery tasks that do nothing, in a Redis queue, and a worker that takes them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable

from celery import Celery
from redis import Redis

from bench.backlogs.done import Run
from bench.harness.servers import LIGHT

START_SECONDS, MOST_SECONDS = 60.0, 120.0
app = Celery("idle", broker=os.environ.get("IDLE_BROKER", ""))
app.conf.update(task_ignore_result=True, task_acks_late=True, worker_prefetch_multiplier=1)  # as the portal's


@app.task(name="nothing")
def nothing() -> None:
    """Does nothing."""


class Queue:
    """A number of tasks, and a worker that takes them; timed from the first task taken to the last."""

    def __init__(self, number: int, workers: int, broker: str, used: Callable[[], float]) -> None:
        self.number, self.workers, self.broker, self.used = number, workers, broker, used
        app.conf.broker_url = broker

    def done(self) -> Run:
        """Runs the worker and returns how long the tasks took."""
        with app.connection_for_write() as connection, connection.Producer() as producer:
            for _ in range(self.number):
                nothing.apply_async(producer=producer)
        options = ("--concurrency", str(self.workers), "--loglevel", "ERROR", *LIGHT)
        command = [sys.executable, "-m", "celery", "-A", "bench.backlogs.idle_tasks", "worker", *options]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        worker = subprocess.Popen(command, env={**os.environ, "IDLE_BROKER": self.broker}, **quiet)
        try:
            self._wait(lambda left: left < self.number, START_SECONDS)
            before, began = self.used(), time.perf_counter()
            self._wait(lambda left: not left, MOST_SECONDS)
            return Run(self.number, time.perf_counter() - began, self.used() - before)
        finally:
            worker.terminate()
            worker.wait()

    def _wait(self, holds: Callable[[int], bool], seconds: float) -> None:
        ends = time.monotonic() + seconds
        with Redis.from_url(self.broker) as redis:
            while not holds(redis.llen("celery") + redis.hlen("unacked")):
                if time.monotonic() > ends:
                    raise AssertionError("the worker takes no tasks")
                time.sleep(0.005)
