"""Celery's broker on files, for one machine without Redis: kombu's, with atomic writes.

kombu writes under the final name, so a worker that reads in between finds half a message and dies of it, and a process
that publishes while another starts finds half a routing table.
"""

import fcntl
import os
import uuid
from pathlib import Path
from time import time_ns

from kombu.transport import filesystem
from kombu.utils.json import dumps

from icpportal.fields.types import Json, JsonObject


class Channel(filesystem.Channel):
    """Writes to a temporary file and renames it: a file is complete or absent."""

    def _put(self, queue: str, payload: JsonObject, **kwargs: Json) -> None:  # type: ignore[override]
        name = f"{time_ns()}_{uuid.uuid4()}.{queue}.msg"  # sorted by time of sending
        _write(Path(self.data_folder_out) / name, dumps(payload))

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        bound = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with (self.control_folder / "lock").open("a") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            table = self.get_table(exchange)
            if bound not in table:
                _write(self._exchange_file(exchange), dumps([bound, *table]))


def _write(path: Path, text: str) -> None:
    unfinished = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
    unfinished.write_text(text)
    os.replace(unfinished, path)


class Transport(filesystem.Transport):
    """`CELERY_BROKER_TRANSPORT` without Redis."""

    Channel = Channel
