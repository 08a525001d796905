"""The counters of all processes that share our data folder: web, workers and beat, in any number of containers.

prometheus-client keeps each process's counters in files named by its id; ids repeat between containers, so each host
has a folder. Series name their process: they end with the files of a process, and no sum falls.
"""

import socket
import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

KEPT_SECONDS = 24 * 3600.0  # after the last count of a process


class ProcessCounters:
    """A collector for prometheus-client over every process's counters."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def collect(self) -> Iterable[Metric]:
        """Every family once, each sample with its process."""
        families: dict[str, Metric] = {}
        for process, files in sorted(_files(self.folder).items()):
            for metric in MultiProcessCollector.merge([str(file) for file in files]):
                family = families.setdefault(metric.name, Metric(metric.name, metric.documentation, metric.type))
                for sample in metric.samples:
                    family.add_sample(sample.name, {**sample.labels, "process": process}, sample.value)
        return families.values()


def _files(folder: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = defaultdict(list)
    for file in folder.glob("*/*.db"):
        found[f"{file.parent.name}-{_process_of(file)}"].append(file)
    return found


def _process_of(file: Path) -> str:
    return file.stem.rpartition("_")[2]


def forget_old(*, now: datetime | None = None, dry_run: bool = False) -> int:  # noqa: ARG001 -- a job of the tidying
    """Deletes counters of processes that ended a day ago; returns how many files."""
    before = time.time() - KEPT_SECONDS
    old = [
        file
        for files in _files(settings.METRICS_DIR.parent).values()
        for file in files
        if file.stat().st_mtime < before and not _is_alive(file)
    ]
    return len(old) if dry_run else sum(map(_is_deleted, old))


def _is_deleted(file: Path) -> bool:
    try:
        file.unlink()
    except OSError:  # gone already, or in a folder that root made: the log of each process tells of those
        return False
    return True


def _is_alive(file: Path) -> bool:
    """Whether it belongs to a running process of this host."""
    process = _process_of(file)
    return file.parent.name == socket.gethostname() and process.isdecimal() and Path(f"/proc/{process}").exists()
